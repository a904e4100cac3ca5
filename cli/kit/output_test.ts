import { deepStrictEqual as assertEquals, rejects, throws } from "node:assert/strict";
import { PipeClosed } from "./errors.ts";
import { Output, type Sink } from "./output.ts";

class Recording implements Sink {
  readonly writes: number[] = [];
  readonly octets: number[] = [];
  #mostAtOnce: number;
  constructor(mostAtOnce = Infinity) {
    this.#mostAtOnce = mostAtOnce;
  }
  writeSync(octets: Uint8Array): number {
    const n = Math.min(octets.length, this.#mostAtOnce);
    this.writes.push(n);
    this.octets.push(...octets.subarray(0, n));
    return n;
  }
  write(octets: Uint8Array): Promise<number> {
    return Promise.resolve(this.writeSync(octets));
  }
  text(): string {
    return new TextDecoder().decode(new Uint8Array(this.octets));
  }
}

Deno.test("Output: many small texts are one write, also across a character that does not fit", () => {
  const sink = new Recording();
  const out = new Output(sink, "x", 8);
  out.text("abc");
  out.text("déf€");
  assertEquals(sink.writes, [7]);
  out.flush();
  assertEquals(sink.text(), "abcdéf€");
});

Deno.test("Output: octets larger than the buffer keep their place", () => {
  const sink = new Recording();
  const out = new Output(sink, "x", 4);
  out.text("ab");
  out.octets(new TextEncoder().encode("0123456789"));
  out.text("c");
  out.flush();
  assertEquals(sink.text(), "ab0123456789c");
});

Deno.test("Output: a sink that takes little at a time gets everything", async () => {
  const sink = new Recording(3);
  const out = new Output(sink, "x");
  out.text("0123456789");
  out.flush();
  out.text("abcdefg");
  await out.drain();
  assertEquals(sink.text(), "0123456789abcdefg");
});

Deno.test("Output: a broken pipe becomes PipeClosed, now and later", async () => {
  const out = new Output({
    writeSync: () => {
      throw new Deno.errors.BrokenPipe("Broken pipe (os error 32)");
    },
    write: () => Promise.reject(new Deno.errors.BrokenPipe("Broken pipe (os error 32)")),
  }, "x");
  out.text("x");
  throws(() => out.flush(), PipeClosed);
  assertEquals(out.isClosed, true);
  out.text("y");
  await rejects(() => out.drain(), PipeClosed);
  throws(() => out.line("z"), PipeClosed);
});

Deno.test("Output: an error of the sink names it", () => {
  const full = new Output({
    writeSync: () => {
      throw new Error("No space left on device (os error 28)");
    },
    write: () => Promise.resolve(0),
  }, "stdout");
  full.text("x");
  throws(
    () => full.flush(),
    /^Failure: write stdout: no space left on the device; free some space/,
  );
});
