/**
 * Buffered output to a descriptor or a file: one big write instead of many small ones.
 * @module
 */
import { isBrokenPipe, PipeClosed, writeFailure } from "./errors.ts";

/** What {@linkcode Output} writes to: stdout, stderr or an open file. */
export interface Sink {
  writeSync(octets: Uint8Array): number;
  write(octets: Uint8Array): Promise<number>;
}

const encoder = new TextEncoder();

/** A text and octet writer over a {@linkcode Sink}. */
export class Output {
  readonly #sink: Sink;
  readonly #name: string;
  readonly #buffer: Uint8Array<ArrayBuffer>;
  #used = 0;
  #isClosed = false;

  /** @param name What the sink is called in errors. */
  constructor(sink: Sink, name: string, capacity = 1 << 16) {
    this.#sink = sink;
    this.#name = name;
    this.#buffer = new Uint8Array(capacity);
  }

  /** Octets waiting to be written. */
  get pending(): number {
    return this.#used;
  }

  /** True once the reader is known to be gone. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Appends text; writes when the buffer is full. */
  text(text: string): void {
    let rest = text;
    while (rest.length > 0) {
      const { read, written } = encoder.encodeInto(rest, this.#buffer.subarray(this.#used));
      this.#used += written;
      if (read === rest.length) return;
      rest = rest.slice(read);
      this.flush();
    }
  }

  /** Appends text and writes everything at once: for lines a person or a program waits for. */
  line(text: string): void {
    this.text(text);
    this.text("\n");
    this.flush();
  }

  /** Appends octets; writes when the buffer is full. */
  octets(octets: Uint8Array): void {
    if (octets.length > this.#buffer.length - this.#used) this.flush();
    if (octets.length >= this.#buffer.length) return this.#writeAll(octets);
    this.#buffer.set(octets, this.#used);
    this.#used += octets.length;
  }

  /** Writes everything now; blocks while the reader is slow. Throws `PipeClosed` when it is gone. */
  flush(): void {
    const used = this.#used;
    this.#used = 0;
    this.#writeAll(this.#buffer.subarray(0, used));
  }

  /** Like {@linkcode flush} but lets signals and timers run while the reader is slow. */
  async drain(): Promise<void> {
    const used = this.#used;
    this.#used = 0;
    if (used > 0) await this.#pass(this.#buffer.subarray(0, used));
  }

  /** Writes what is pending, then `octets` without copying them; they must stay until it resolves. */
  async pass(octets: Uint8Array): Promise<void> {
    await this.drain();
    await this.#pass(octets);
  }

  async #pass(octets: Uint8Array): Promise<void> {
    if (this.#isClosed) throw new PipeClosed();
    try {
      for (let at = 0; at < octets.length;) at += await this.#sink.write(octets.subarray(at));
    } catch (error) {
      throw this.#failed(error);
    }
  }

  #writeAll(octets: Uint8Array): void {
    if (octets.length === 0) return;
    if (this.#isClosed) throw new PipeClosed();
    for (let at = 0; at < octets.length;) {
      try {
        at += this.#sink.writeSync(octets.subarray(at));
      } catch (error) {
        if (error instanceof Deno.errors.WouldBlock) pause();
        else if (!(error instanceof Deno.errors.Interrupted)) throw this.#failed(error);
      }
    }
  }

  #failed(error: unknown): unknown {
    if (!isBrokenPipe(error)) return writeFailure(this.#name, error);
    this.#isClosed = true;
    return new PipeClosed();
  }
}

/** A millisecond, for a descriptor that someone else made nonblocking. */
function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
}
