/**
 * A kit that keeps what is printed, for tests of commands.
 * @module
 */
import { Kit, type KitOptions } from "../../cli/kit/kit.ts";
import { Output, type Sink } from "../../cli/kit/output.ts";
import { style } from "../../cli/kit/style.ts";

/** A sink that remembers. */
export class TextSink implements Sink {
  #text = "";
  readonly #decoder = new TextDecoder();

  /** Everything written so far. */
  get text(): string {
    return this.#text;
  }

  writeSync(octets: Uint8Array): number {
    this.#text += this.#decoder.decode(octets, { stream: true });
    return octets.length;
  }

  write(octets: Uint8Array): Promise<number> {
    return Promise.resolve(this.writeSync(octets));
  }
}

/** A kit with remembering streams. */
export interface FakeKit {
  readonly kit: Kit;
  readonly out: TextSink;
  readonly err: TextSink;
}

/** A kit without colour; with `--json` where `isJson`, with a payload on stdout where told so. */
export function fakeKit(
  options: { isJson?: boolean; stdoutIsPayload?: boolean } & Partial<KitOptions> = {},
): FakeKit {
  const { isJson = false, stdoutIsPayload = false, ...rest } = options;
  const out = new TextSink();
  const err = new TextSink();
  const streams = {
    out: new Output(out, "stdout"),
    err: new Output(err, "stderr"),
    outIsTerminal: false,
    errIsTerminal: false,
  };
  const kit = new Kit({
    streams,
    jsonSink: isJson ? (stdoutIsPayload ? streams.err : streams.out) : undefined,
    outStyle: style(false),
    errStyle: style(false),
    program: "./rptp",
    commandLine: ["test"],
    isDebug: false,
    stdoutIsPayload,
    ...rest,
  });
  return { kit, out, err };
}
