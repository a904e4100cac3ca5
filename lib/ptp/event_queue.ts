/**
 * A port's events until the application takes them; bounded, the oldest give way.
 * @module
 */
import type { PtpEvent } from "./event.ts";

const CAPACITY = 256;

export class EventQueue {
  /** Events nobody took in time. */
  lost = 0;
  readonly #ring = new Array<PtpEvent | undefined>(CAPACITY).fill(undefined);
  #first = 0;
  #count = 0;

  push(event: PtpEvent): void {
    if (this.#count === CAPACITY) {
      this.#first = (this.#first + 1) % CAPACITY;
      this.#count--;
      this.lost++;
    }
    this.#ring[(this.#first + this.#count) % CAPACITY] = event;
    this.#count++;
  }

  shift(): PtpEvent | undefined {
    if (this.#count === 0) return undefined;
    const event = this.#ring[this.#first];
    this.#ring[this.#first] = undefined;
    this.#first = (this.#first + 1) % CAPACITY;
    this.#count--;
    return event;
  }
}
