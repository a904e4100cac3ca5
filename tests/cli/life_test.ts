import { deepStrictEqual as assertEquals, match, ok } from "node:assert/strict";

const STUCK = new URL("./stuck.ts", import.meta.url).pathname;
const MAIN = new URL("../../main.ts", import.meta.url).href;

/** A run of `stuck.ts`; not by timeout(1), which passes on only one signal. */
class Stuck {
  readonly #child: Deno.ChildProcess;
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = "";

  constructor(...args: string[]) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--cached-only", "--no-check", STUCK, ...args],
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
      signal: AbortSignal.timeout(30_000),
    }).spawn();
    const decoder = new TextDecoderStream() as TransformStream<Uint8Array, string>;
    this.#reader = this.#child.stderr.pipeThrough(decoder).getReader();
  }

  /** Everything on stderr until it matches. */
  async said(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.#text)) {
      const { done, value } = await this.#reader.read();
      if (done) throw new Error(`ended without ${pattern}: ${this.#text}`);
      this.#text += value;
    }
  }

  /** Sends the signal a while after the one before, so that it is another press of the keys. */
  async press(signal: Deno.Signal, millis = 400): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, millis));
    this.#child.kill(signal);
  }

  /** Two signals at one moment, as timeout(1) sends them. */
  double(): void {
    this.#child.kill("SIGINT");
    this.#child.kill("SIGTERM");
  }

  async ended(): Promise<{ code: number; stderr: string }> {
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (done) break;
      this.#text += value;
    }
    return { code: (await this.#child.status).code, stderr: this.#text };
  }
}

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`the kit: the second ${signal} ends a command that does not end by itself`, async () => {
    const run = new Stuck("wait");
    await run.said(/waiting/);
    await run.press(signal);
    await run.said(new RegExp(`stopped by ${signal}`));
    await run.press(signal);
    const begin = performance.now();
    assertEquals((await run.ended()).code, code);
    ok(performance.now() - begin < 1500);
  });
}

Deno.test("the kit: Ctrl-C again 150 ms after the first ends a hanging shutdown at once, 130", async () => {
  const run = new Stuck("wait");
  await run.said(/waiting/);
  await run.press("SIGINT");
  await run.said(/stopped by SIGINT/);
  await run.press("SIGINT", 150);
  const begin = performance.now();
  assertEquals((await run.ended()).code, 130);
  ok(performance.now() - begin < 500, `${performance.now() - begin} ms`);
});

Deno.test("the kit: one press that arrives as two signals is one", async () => {
  const run = new Stuck("wait");
  await run.said(/waiting/);
  run.double();
  await run.said(/stopped by SIG(INT|TERM)/);
  await run.said(/still here/);
  await run.press("SIGINT", 0);
  assertEquals((await run.ended()).code, 130);
});

Deno.test("the kit: after --duration one signal is the first, the next ends it", async () => {
  const run = new Stuck("wait", "--duration", "50ms");
  await run.said(/stopped by duration/);
  await run.press("SIGTERM");
  await run.press("SIGINT");
  assertEquals((await run.ended()).code, 130);
});

Deno.test("the kit: an error outside the command's own call is one line, exit 70", async () => {
  const { code, stderr } = await new Stuck("bug").ended();
  assertEquals([code, stderr.split("\n").length], [70, 2]);
  match(stderr, /^rptp: internal error: RangeError: in a timer; .*--debug/);
});

Deno.test("main.ts in a Worker enters the role named, never the command line", async () => {
  const worker = new Worker(MAIN, { type: "module", name: "nobody" });
  const message = await new Promise<string>((resolve) => {
    worker.onerror = (event) => {
      event.preventDefault();
      resolve(event.message);
    };
  });
  worker.terminate();
  match(message, /no worker role "nobody"/);
});
