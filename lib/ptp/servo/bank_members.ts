/**
 * The members of a {@link file://./bank.ts | Bank} as columns of one array, and how they come and go.
 * @module
 */

/**
 * Numbers of one member: x f a d, the upper triangle of their covariance by rows, its weight, the instant it
 * branched off, its kind, the instant its frequency stepped last.
 */
export const STRIDE = 18;
export const XX = 4;
export const XF = 5;
export const XA = 6;
export const XD = 7;
export const FF = 8;
export const FA = 9;
export const FD = 10;
export const AA = 11;
export const AD = 12;
export const DD = 13;
export const WEIGHT = 14;
export const BIRTH = 15;
export const KIND = 16;
export const STEPPED = 17;

/** What a member believes of its frequency between steps. */
export const MemberKind = {
  /** It walks randomly; drift is 0. */
  Steady: 0,
  /** It also drifts, and the drift walks randomly. */
  Drifting: 1,
} as const;

/** A member lighter than this is dropped. */
const LIGHTEST = 1e-7;
/** Members younger than this many seconds are not dropped for weight alone. */
const PROTECTED_SECONDS = 3;

/** See the module's text. */
export class Members {
  readonly capacity: number;
  readonly m: Float64Array;
  count = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.m = new Float64Array(STRIDE * capacity);
  }

  /** Clones the heaviest member, its frequency and delay less certain; the clone takes `share`. */
  spawn(at: number, frequencySd: number, delaySd: number, share: number): void {
    const { m } = this;
    const o = this.#clone(this.#heaviest(), at, share);
    m[o + FF]! += frequencySd * frequencySd;
    m[o + DD]! += delaySd * delaySd;
    if (frequencySd > 0) m[o + STEPPED] = at;
  }

  /** The probability that the last step of the frequency was in [from, to). */
  stepped(from: number, to: number): number {
    const { m } = this;
    let sum = 0;
    for (let i = 0; i < this.count; i++) {
      const o = STRIDE * i;
      if (m[o + STEPPED]! >= from && m[o + STEPPED]! < to) sum += m[o + WEIGHT]!;
    }
    return sum;
  }

  /** Clones the heaviest member as one of the other kind. */
  turn(at: number, driftSd: number, share: number): void {
    const { m } = this;
    const o = this.#clone(this.#heaviest(), at, share);
    const isDrifting = m[o + KIND] === MemberKind.Drifting;
    m[o + KIND] = isDrifting ? MemberKind.Steady : MemberKind.Drifting;
    m[o + 2] = 0;
    m[o + XA] = 0;
    m[o + FA] = 0;
    m[o + AD] = 0;
    m[o + AA] = isDrifting ? 0 : driftSd * driftSd;
  }

  /** Members that tell the same become one. */
  merge(): void {
    const { m } = this;
    for (let i = 0; i < this.count; i++) {
      for (let j = this.count - 1; j > i; j--) {
        const p = STRIDE * i;
        const q = STRIDE * j;
        if (!this.#isAlike(p, q)) continue;
        const weight = m[p + WEIGHT]! + m[q + WEIGHT]!;
        if (m[q + WEIGHT]! > m[p + WEIGHT]!) m.copyWithin(p, q, q + STRIDE);
        m[p + WEIGHT] = weight;
        this.#remove(j);
      }
    }
  }

  /** Makes the weights add up to 1. */
  normalise(): void {
    const { m } = this;
    let sum = 0;
    for (let i = 0; i < this.count; i++) sum += m[STRIDE * i + WEIGHT]!;
    for (let i = 0; i < this.count; i++) {
      const o = STRIDE * i + WEIGHT;
      m[o] = sum > 0 ? m[o]! / sum : 1 / this.count;
    }
  }

  #isAlike(p: number, q: number): boolean {
    const { m } = this;
    if (m[p + KIND] !== m[q + KIND]) return false;
    const dx = m[p]! - m[q]!;
    const df = m[p + 1]! - m[q + 1]!;
    const dd = m[p + 3]! - m[q + 3]!;
    const ratio = m[p + FF]! / m[q + FF]!;
    return dx * dx < 0.04 * m[p + XX]! && df * df < 0.04 * m[p + FF]! && ratio > 0.8 &&
      ratio < 1.25 && dd * dd < 0.04 * m[p + DD]!;
  }

  #heaviest(): number {
    let best = 0;
    for (let i = 1; i < this.count; i++) {
      if (this.m[STRIDE * i + WEIGHT]! > this.m[STRIDE * best + WEIGHT]!) best = i;
    }
    return best;
  }

  /** Returns where the clone lies. */
  #clone(parent: number, at: number, share: number): number {
    const { m } = this;
    let from = parent;
    if (this.count === this.capacity) {
      this.#drop(at, parent);
      from = this.#heaviest();
    }
    const o = STRIDE * this.count++;
    m.copyWithin(o, STRIDE * from, STRIDE * from + STRIDE);
    m[o + WEIGHT] = share;
    m[o + BIRTH] = at;
    return o;
  }

  /** Drops the lightest member but `keep`; the young, who had no time to prove themselves, last. */
  #drop(at: number, keep: number): void {
    const { m } = this;
    let victim = -1;
    let least = Infinity;
    for (let i = 0; i < this.count; i++) {
      if (i === keep) continue;
      const o = STRIDE * i;
      const isYoung = at - m[o + BIRTH]! < PROTECTED_SECONDS && m[o + WEIGHT]! > LIGHTEST;
      const score = m[o + WEIGHT]! + (isYoung ? 2 : 0);
      if (score >= least) continue;
      least = score;
      victim = i;
    }
    this.#remove(victim);
  }

  #remove(i: number): void {
    const last = --this.count;
    if (i !== last) this.m.copyWithin(STRIDE * i, STRIDE * last, STRIDE * last + STRIDE);
  }
}
