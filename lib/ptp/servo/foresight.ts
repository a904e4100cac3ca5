/**
 * How far the drift of the frequency can be trusted when nothing is measured any more.
 *
 * Every few seconds the line foretells itself over a horizon, once straight on and once bent by its
 * drift; when the time has come both are compared with what was measured. With u the part that drift
 * foretold and v what was left of the straight line, the drift that would have served best is w times the
 * one believed, w = sum(u v)/sum(u u) over the last minutes. Temperature makes w about 1; a
 * frequency that only walks randomly makes it about 0, because then drift is noise.
 * @module
 */

const SPACING = 5;
const HORIZON = 30;
/** Seconds in which a comparison is forgotten. */
const MEMORY = 150;
const RING = 8;
/** The weight at the start, as if from comparisons in which drift had moved the line so far, ns. */
const FIRST_WEIGHT = 0.7;
const FIRST_MOVE = 1000;
const MOST = 1.5;

/** See the module's text. */
export class Foresight {
  readonly #at = new Float64Array(RING);
  readonly #straight = new Float64Array(RING);
  readonly #bend = new Float64Array(RING);
  #first = 0;
  #count = 0;
  #next = -Infinity;
  #uu = FIRST_MOVE * FIRST_MOVE;
  #uv = FIRST_WEIGHT * FIRST_MOVE * FIRST_MOVE;

  /** What drift is to be multiplied with. */
  get weight(): number {
    return Math.max(0, Math.min(MOST, this.#uv / this.#uu));
  }

  /** The line has moved: what it foretold is void. */
  cut(): void {
    this.#count = 0;
    this.#next = -Infinity;
  }

  /** The line at `t` s: phase ns, frequency ppb, drift ppb/s forgotten in `tau` s. */
  observe(t: number, phase: number, frequency: number, drift: number, tau: number): void {
    while (this.#count > 0 && this.#at[this.#first]! <= t) this.#compare(t, phase, frequency);
    if (t < this.#next) return;
    this.#next = t + SPACING;
    if (this.#count === RING) this.#drop();
    const i = (this.#first + this.#count++) % RING;
    this.#at[i] = t + HORIZON;
    this.#straight[i] = phase + frequency * HORIZON;
    this.#bend[i] = drift * tau * (HORIZON - tau * (1 - Math.exp(-HORIZON / tau)));
  }

  #compare(t: number, phase: number, frequency: number): void {
    const i = this.#first;
    const late = t - this.#at[i]!;
    if (late < SPACING) {
      const u = this.#bend[i]!;
      const v = phase - frequency * late - this.#straight[i]!;
      const keep = Math.exp(-SPACING / MEMORY);
      this.#uu = keep * this.#uu + u * u;
      this.#uv = keep * this.#uv + u * v;
    }
    this.#drop();
  }

  #drop(): void {
    this.#first = (this.#first + 1) % RING;
    this.#count--;
  }
}
