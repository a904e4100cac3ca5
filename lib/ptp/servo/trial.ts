/**
 * A servo on trial: one master, one slave, one path, in virtual time, judged by the true error.
 *
 * The master is a wandering virtual clock, the slave's clock another, the path a pair of delays drawn
 * from a model; the servo sees what a port would hand it. Nothing here is used by the servos.
 * @module
 */
import type { Clock, ClockPair } from "../../base/clock.ts";
import { Random } from "../../base/random.ts";
import { difference, type Instant, shift, type Timestamp, timestamp } from "../../base/time.ts";
import { VirtualClock } from "../../base/virtual_clock.ts";
import { type TimeStep, WANDER_PERIOD, WanderingClock } from "../../base/wander.ts";
import { type Servo, ServoState } from "./servo.ts";

/** One-way delay of an event message, ns, at `t` seconds; direction 0 is towards the slave. */
export interface Path {
  delay(t: number, direction: 0 | 1): number;
}

/** What happens in a trial. */
export interface TrialOptions {
  seed: number;
  /** Seconds of virtual time. */
  duration: number;
  logSync: number;
  /** As logSync if left out. */
  logDelayReq?: number;
  path: Path;
  /** Slave's clock less the master's at the start, s. */
  offset?: number;
  /** Slave's oscillator against the master's, ppm. */
  ppm?: number;
  /** Master's wander; on unless false; "walk": the random walk alone. */
  wander?: boolean | "walk";
  /** Slave's oscillator wanders too. */
  slaveWander?: boolean;
  masterSteps?: readonly TimeStep[];
  /** From and to, s: no message arrives. */
  outage?: readonly [number, number];
  /** Share of Syncs and of Delay_Reqs lost. */
  loss?: number;
  /** Date of the master at the start, s. */
  epoch?: number;
  /** Standard deviation of a reading of the slave's clock, ns; 6. */
  readNoise?: number;
}

/** What came of it. Columns are samples at 100 Hz. */
export interface TrialResult {
  /** Slave's clock less the master's, ns. */
  error: Float64Array;
  /** Servo's state. */
  state: Uint8Array;
  /** Servo's newest bound, ns. */
  bound: Float64Array;
  /** Servo's newest reported offset, ns. */
  offset: Float64Array;
  /** Seconds of the first Sync with a Delay_Resp before or after it: both in. */
  firstPair: number;
  servo: Servo;
  clock: VirtualClock;
  /** Slave's frequency against raw, apart from its correction, ppb; and the master's, at the end. */
  slaveOscillator: number;
  masterFrequency: number;
}

/** Samples per second. */
export const TRIAL_RATE = 100;

const MASTER_START = 1_800_000_000;

/** A frequency that walks randomly, 1e-9 per root second. */
class Walk {
  readonly #random: Random;
  #ppb = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  next(): number {
    this.#ppb += Math.sqrt(WANDER_PERIOD / 1e9) * this.#random.gaussian();
    return this.#ppb;
  }
}

/** A clock that is read with noise, as a real one is. */
class ReadNoise implements Clock {
  readonly maxPpb: number;
  readonly #clock: VirtualClock;
  readonly #random: Random;
  readonly #sd: number;

  constructor(clock: VirtualClock, random: Random, sd: number) {
    this.#clock = clock;
    this.#random = random;
    this.#sd = sd;
    this.maxPpb = clock.maxPpb;
  }

  read(into: Timestamp): void {
    this.#clock.read(into);
  }

  capture(into: ClockPair): void {
    this.#clock.capture(into);
    into.widthNanos = 40;
    shift(into, Math.round(this.#sd * this.#random.gaussian()), into);
  }

  readAt(raw: Instant, into: Timestamp): void {
    this.#clock.readAt(raw, into);
  }

  step(seconds: number, nanoseconds: number): void {
    this.#clock.step(seconds, nanoseconds);
  }

  adjustFrequency(ppb: number): void {
    this.#clock.adjustFrequency(ppb);
  }

  frequency(): number {
    return this.#clock.frequency();
  }

  setLeap(leap: -1 | 0 | 1): void {
    this.#clock.setLeap(leap);
  }

  setTaiOffset(seconds: number): void {
    this.#clock.setTaiOffset(seconds);
  }
}

interface Delivery {
  at: number;
  isForward: boolean;
  local: Instant;
  master: Timestamp;
}

/** One trial in progress. */
class Trial {
  readonly #o: TrialOptions;
  readonly #random: Random;
  readonly #gm: VirtualClock;
  readonly #gmPlan: WanderingClock;
  readonly #slave: VirtualClock;
  readonly #slavePlan: WanderingClock;
  readonly #servo: Servo;
  readonly #pending: Delivery[] = [];
  readonly #result: TrialResult;
  #now = 1e9;
  #sync: number;
  #request: number;
  #sampleAt = 1e9;
  #samples = 0;
  #steerLag = 0;
  #bound = Infinity;
  #offset = NaN;
  #seen = 0;

  constructor(options: TrialOptions, make: (clock: Clock) => Servo) {
    this.#o = options;
    this.#random = new Random(options.seed, "trial");
    const now = () => this.#now as Instant;
    const epoch = options.epoch ?? MASTER_START;
    this.#gm = new VirtualClock({ now, start: timestamp(epoch, 0) });
    const offset = options.offset ?? 0.2;
    const start = timestamp(epoch + Math.floor(offset), 0);
    shift(start, (offset - Math.floor(offset)) * 1e9, start);
    this.#slave = new VirtualClock({ now, start });
    const wanders = options.wander ?? true;
    const begin = this.#now as Instant;
    this.#gmPlan = new WanderingClock(this.#gm, {
      ppb: 0,
      steps: options.masterSteps ?? [],
      ...(wanders === true ? { seed: options.seed } : {}),
      ...(wanders === "walk" ? { profile: new Walk(this.#random.derive("walk")) } : {}),
    }, begin);
    this.#slavePlan = new WanderingClock(this.#slave, {
      ppb: (options.ppm ?? 30) * 1000,
      steps: [],
      ...(options.slaveWander === true ? { seed: options.seed + 1_000_003 } : {}),
    }, begin);
    const noisy = new ReadNoise(this.#slave, this.#random.derive("read"), options.readNoise ?? 6);
    this.#servo = make(noisy);
    const n = Math.floor(options.duration * TRIAL_RATE);
    this.#result = {
      error: new Float64Array(n),
      state: new Uint8Array(n),
      bound: new Float64Array(n),
      offset: new Float64Array(n),
      firstPair: NaN,
      servo: this.#servo,
      clock: this.#slave,
      slaveOscillator: 0,
      masterFrequency: 0,
    };
    this.#sync = this.#now + this.#random.between(0, 2 ** options.logSync * 1e9);
    this.#request = this.#sync + this.#random.between(1e6, this.#requestInterval());
  }

  run(): TrialResult {
    const end = this.#result.error.length;
    while (this.#samples < end) {
      const steerAt = this.#servo.deadline() + this.#steerLag;
      const delivery = this.#pending[0];
      this.#now = Math.max(
        this.#now,
        Math.min(
          this.#sync,
          this.#request,
          this.#sampleAt,
          steerAt,
          this.#gmPlan.deadline(),
          this.#slavePlan.deadline(),
          delivery === undefined ? Infinity : delivery.at,
        ),
      );
      this.#gmPlan.expire(this.#now as Instant);
      this.#slavePlan.expire(this.#now as Instant);
      if (this.#sync <= this.#now) this.#sendSync();
      if (this.#request <= this.#now) this.#sendRequest();
      while (this.#pending[0] !== undefined && this.#pending[0].at <= this.#now) this.#deliver();
      if (this.#servo.deadline() + this.#steerLag <= this.#now) this.#steer();
      if (this.#sampleAt <= this.#now) this.#take();
    }
    this.#result.slaveOscillator = this.#slave.oscillator();
    this.#result.masterFrequency = this.#gm.oscillator();
    return this.#result;
  }

  #requestInterval(): number {
    return 2 ** (this.#o.logDelayReq ?? this.#o.logSync) * 1e9;
  }

  #seconds(): number {
    return (this.#now - 1e9) / 1e9;
  }

  #isLost(): boolean {
    const t = this.#seconds();
    const outage = this.#o.outage;
    if (outage !== undefined && t >= outage[0] && t < outage[1]) return true;
    return this.#random.chance(this.#o.loss ?? 0);
  }

  #sendSync(): void {
    const interval = 2 ** this.#o.logSync * 1e9;
    this.#sync += interval * this.#random.between(0.98, 1.02);
    const delay = this.#o.path.delay(this.#seconds(), 0);
    const master = timestamp();
    this.#gm.read(master);
    if (this.#isLost()) return;
    master.nanoseconds = Math.floor(master.nanoseconds);
    const local = Math.round(this.#now + delay) as Instant;
    this.#post({ at: local + this.#random.between(50e3, 500e3), isForward: true, local, master });
  }

  #sendRequest(): void {
    this.#request += this.#requestInterval() * this.#random.between(0.02, 2);
    const local = Math.round(this.#now) as Instant;
    const arrives = this.#now + this.#o.path.delay(this.#seconds(), 1);
    const master = timestamp();
    this.#gm.readAt(arrives as Instant, master);
    if (this.#isLost()) return;
    master.nanoseconds = Math.floor(master.nanoseconds);
    this.#post({
      at: arrives + this.#random.between(100e3, 900e3),
      isForward: false,
      local,
      master,
    });
  }

  #post(delivery: Delivery): void {
    this.#pending.push(delivery);
    this.#pending.sort((a, b) => a.at - b.at);
  }

  #deliver(): void {
    const d = this.#pending.shift()!;
    if (d.isForward) this.#servo.forward(d.master, d.local);
    else this.#servo.reverse(d.local, d.master);
    this.#seen |= d.isForward ? 1 : 2;
    if (this.#seen === 3 && Number.isNaN(this.#result.firstPair)) {
      this.#result.firstPair = this.#seconds();
    }
    this.#takeSample();
  }

  #steer(): void {
    this.#servo.steer(this.#now as Instant);
    this.#takeSample();
    this.#steerLag = this.#random.between(10e3, 1e6);
  }

  #takeSample(): void {
    const s = this.#servo.sample();
    if (s === undefined) return;
    this.#bound = s.bound;
    this.#offset = s.offset;
  }

  #take(): void {
    const a = timestamp();
    const b = timestamp();
    const i = this.#samples++;
    this.#sampleAt += 1e9 / TRIAL_RATE;
    this.#slave.read(a);
    this.#gm.read(b);
    this.#result.error[i] = difference(a, b);
    this.#result.bound[i] = this.#bound;
    this.#result.offset[i] = this.#offset;
    this.#result.state[i] = this.#servo.state;
  }
}

/** Runs one trial with the servo that `make` makes over the slave's clock. */
export function runTrial(options: TrialOptions, make: (clock: Clock) => Servo): TrialResult {
  return new Trial(options, make).run();
}

/** Figures over samples `from` to `to`, in seconds. */
export interface TrialFigures {
  rms: number;
  mean: number;
  p99: number;
  max: number;
  /** Share of samples whose true error lies within the bound around the reported offset. */
  coverage: number;
  /** Median of the bound. */
  bound: number;
  locked: number;
}

/** Figures of `r` between two times. */
export function figures(r: TrialResult, from: number, to: number): TrialFigures {
  const a = Math.floor(from * TRIAL_RATE);
  const b = Math.min(r.error.length, Math.floor(to * TRIAL_RATE));
  const n = b - a;
  const sizes = r.error.slice(a, b).map(Math.abs).sort((x, y) => x - y);
  let sum = 0;
  let squares = 0;
  let covered = 0;
  let locked = 0;
  for (let i = a; i < b; i++) {
    const e = r.error[i]!;
    sum += e;
    squares += e * e;
    if (Math.abs(e - r.offset[i]!) <= r.bound[i]!) covered++;
    if (r.state[i] === ServoState.Locked) locked++;
  }
  const bounds = r.bound.slice(a, b).sort((x, y) => x - y);
  return {
    rms: Math.sqrt(squares / n),
    mean: sum / n,
    p99: sizes[Math.floor(0.99 * n)] ?? NaN,
    max: sizes[n - 1] ?? NaN,
    coverage: covered / n,
    bound: bounds[n >> 1] ?? NaN,
    locked: locked / n,
  };
}

/** Seconds until |error| stays below `limit` ns for `hold` s; Infinity if never. */
export function settled(r: TrialResult, limit: number, hold: number): number {
  const need = Math.floor(hold * TRIAL_RATE);
  let run = 0;
  for (let i = 0; i < r.error.length; i++) {
    run = Math.abs(r.error[i]!) < limit ? run + 1 : 0;
    if (run >= need) return (i + 1 - run) / TRIAL_RATE;
  }
  return Infinity;
}
