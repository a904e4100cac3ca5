/**
 * Child processes of tests: their lines kept, waited for by pattern, ended in bounded time.
 *
 * Every child runs under `timeout`, so that it ends even where the test process is killed.
 * @module
 */

/** How a child ended and what it said. */
export interface Ended {
  readonly code: number;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
}

/** What {@linkcode Running.start} may be told. */
export interface StartOptions {
  /** Seconds until the child is ended from outside; 60 if left out. */
  limitSeconds?: number;
  /** The network namespace to run in. */
  namespace?: string;
  cwd?: string;
  env?: Record<string, string>;
  /** Keeps stdin open as a pipe: its end tells a guard that the test is over. */
  stdin?: "null" | "piped";
}

interface Waiter {
  readonly pattern: RegExp;
  readonly resolve: (line: string) => void;
  readonly reject: (error: Error) => void;
}

/** A child process whose output is collected line by line. */
export class Running {
  readonly stdout: string[] = [];
  readonly stderr: string[] = [];
  /** `performance.now()` of each stdout line. */
  readonly at: number[] = [];
  readonly ended: Promise<Ended>;
  readonly #child: Deno.ChildProcess;
  readonly #title: string;
  #waiters: Waiter[] = [];
  #isOver = false;

  private constructor(title: string, child: Deno.ChildProcess) {
    this.#title = title;
    this.#child = child;
    const out = this.#collect(child.stdout, this.stdout);
    const err = this.#collect(child.stderr, this.stderr);
    this.ended = this.#finish(out, err);
  }

  /** Starts `command`, in a namespace if asked. */
  static start(command: string, args: readonly string[], options: StartOptions = {}): Running {
    const inside = options.namespace === undefined
      ? []
      : ["ip", "netns", "exec", options.namespace];
    const limit = String(options.limitSeconds ?? 60);
    const child = new Deno.Command("timeout", {
      args: ["-k", "2", limit, ...inside, command, ...args],
      stdin: options.stdin ?? "null",
      stdout: "piped",
      stderr: "piped",
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.env === undefined ? {} : { env: options.env }),
    }).spawn();
    return new Running(`${command} ${args.join(" ")}`, child);
  }

  /** The first line, past or to come, on stdout or stderr, that matches. */
  line(pattern: RegExp, timeoutMs = 15_000): Promise<string> {
    const seen = this.stdout.find((l) => pattern.test(l)) ??
      this.stderr.find((l) => pattern.test(l));
    if (seen !== undefined) return Promise.resolve(seen);
    if (this.#isOver) return Promise.reject(this.#failure(`ended without ${pattern}`));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters = this.#waiters.filter((w) => w !== waiter);
        reject(this.#failure(`said nothing like ${pattern} in ${timeoutMs} ms`));
      }, timeoutMs);
      const waiter: Waiter = {
        pattern,
        resolve: (line) => (clearTimeout(timer), resolve(line)),
        reject: (error) => (clearTimeout(timer), reject(error)),
      };
      this.#waiters.push(waiter);
    });
  }

  /** Sends `signal` and waits for the end; kills where that takes more than 5 s. */
  async stop(signal: Deno.Signal = "SIGTERM"): Promise<Ended> {
    this.signal(signal);
    const timer = setTimeout(() => this.signal("SIGKILL"), 5_000);
    const ended = await this.ended;
    clearTimeout(timer);
    return ended;
  }

  /** Sends `signal` if the child still runs (`timeout` passes it on). */
  signal(signal: Deno.Signal): void {
    if (this.#isOver) return;
    try {
      this.#child.kill(signal);
    } catch (error) {
      if (!(error instanceof TypeError) && !(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  /** Closes the stdin of a child that was started with a pipe. */
  async closeStdin(): Promise<void> {
    await this.#child.stdin.close();
  }

  /** The JSON objects on stdout whose `event` is `name`. */
  events(name: string): Record<string, unknown>[] {
    const found: Record<string, unknown>[] = [];
    for (const line of this.stdout) {
      if (!line.startsWith("{")) continue;
      const object = JSON.parse(line) as Record<string, unknown>;
      if (object["event"] === name) found.push(object);
    }
    return found;
  }

  async #finish(out: Promise<void>, err: Promise<void>): Promise<Ended> {
    const status = await this.#child.status;
    await Promise.all([out, err]);
    this.#isOver = true;
    for (const waiter of this.#waiters) {
      waiter.reject(this.#failure(`ended without ${waiter.pattern}`));
    }
    this.#waiters = [];
    return { code: status.code, stdout: this.stdout, stderr: this.stderr };
  }

  async #collect(stream: ReadableStream<Uint8Array>, into: string[]): Promise<void> {
    let rest = "";
    const text = stream.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>);
    for await (const chunk of text) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.#take(line, into);
    }
    if (rest !== "") this.#take(rest, into);
  }

  #take(line: string, into: string[]): void {
    into.push(line);
    if (into === this.stdout) this.at.push(performance.now());
    if (this.#waiters.length === 0) return;
    const done = this.#waiters.filter((w) => w.pattern.test(line));
    if (done.length === 0) return;
    this.#waiters = this.#waiters.filter((w) => !done.includes(w));
    for (const waiter of done) waiter.resolve(line);
  }

  #failure(what: string): Error {
    const tail = [...this.stdout.slice(-8), ...this.stderr.slice(-12)].join("\n  ");
    return new Error(`${this.#title}: ${what}; its last lines:\n  ${tail}`);
  }
}

/** Runs a command to its end and returns its stdout; throws with its stderr where it fails. */
export async function run(command: string, args: readonly string[]): Promise<string> {
  const output = await new Deno.Command(command, { args: [...args], stdin: "null" }).output();
  const text = new TextDecoder();
  if (!output.success) {
    throw new Error(`${command} ${args.join(" ")}: ${text.decode(output.stderr).trim()}`);
  }
  return text.decode(output.stdout);
}

/** A figure for whoever reads the test's output: one line on stderr. */
export function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`  ${line}\n`));
}
