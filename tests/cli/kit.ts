/**
 * Runs `./rptp` as a person does: through the launcher, with the product's own permissions.
 * @module
 */
const ROOT = new URL("../../", import.meta.url).pathname;

/** The launcher. */
export const RPTP = `${ROOT}rptp`;

/** What a finished run left. */
export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What {@linkcode rptp} may be told. */
export interface RptpOptions {
  readonly env?: Record<string, string>;
  readonly stdin?: Uint8Array<ArrayBuffer>;
  /** Run as this user id, without groups and capabilities. */
  readonly uid?: number;
}

/** Runs `rptp ARGS` to its end; killed after 30 s. */
export async function rptp(args: readonly string[], options: RptpOptions = {}): Promise<Result> {
  const drop = options.uid === undefined
    ? []
    : ["setpriv", "--reuid", String(options.uid), "--clear-groups"];
  const [program = RPTP, ...rest] = [...drop, RPTP, ...args];
  const child = new Deno.Command(program, {
    args: rest,
    env: { NO_COLOR: "1", ...options.env },
    stdin: options.stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(30_000),
  }).spawn();
  const fed = options.stdin === undefined ? undefined : feed(child, options.stdin);
  const output = await child.output();
  await fed;
  const text = new TextDecoder();
  return {
    code: output.code,
    stdout: text.decode(output.stdout),
    stderr: text.decode(output.stderr),
  };
}

/** Runs a shell script in which `$rptp` is the launcher. */
export async function sh(script: string, env: Record<string, string> = {}): Promise<Result> {
  const output = await new Deno.Command("bash", {
    args: ["-c", script],
    env: { NO_COLOR: "1", rptp: RPTP, ...env },
    stdin: "null",
    signal: AbortSignal.timeout(30_000),
  }).output();
  const text = new TextDecoder();
  return {
    code: output.code,
    stdout: text.decode(output.stdout),
    stderr: text.decode(output.stderr),
  };
}

/** The objects on lines that must all be JSON with an `event`. */
export function jsonLines(text: string): Record<string, unknown>[] {
  const lines = text.split("\n");
  if (lines.pop() !== "") throw new Error("the last line has no end");
  return lines.map((line) => {
    const object: unknown = JSON.parse(line);
    if (typeof object !== "object" || object === null || !("event" in object)) {
      throw new Error(`no event in ${line}`);
    }
    return object as Record<string, unknown>;
  });
}

/** Writes everything to the child, which may end before it has read it. */
async function feed(child: Deno.ChildProcess, octets: Uint8Array<ArrayBuffer>): Promise<void> {
  const writer = child.stdin.getWriter();
  try {
    await writer.write(octets);
    await writer.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
