/**
 * `rptp ptp pmc`: asks a running clock by PTP management, as linuxptp's pmc does.
 * @module
 */
import type { FlagParametersForType, TypedPositionalParameters } from "@stricli/core";
import { after, type Instant, type Nanos } from "../../../lib/base/time.ts";
import { parseCommand, type Typed, vocabulary } from "../../../lib/ptp/management/command.ts";
import { jsonMessage, textLines, valuesOf } from "../../../lib/ptp/management/print.ts";
import { portIdentity } from "../../../lib/ptp/wire/identity.ts";
import { type CliCommand, type Context, defineCommand } from "../../kit/command.ts";
import { Failure, isOsError, UsageError } from "../../kit/errors.ts";
import { ExitCode } from "../../kit/exit.ts";
import type { Kit } from "../../kit/kit.ts";
import { integer, positiveDuration, text } from "../../kit/parse.ts";
import { rawNow } from "../wiring.ts";
import { type Asked, type Heard, ManagementClient } from "./client.ts";
import { type ManagementSocket, openManagementSocket, waitFor } from "./wiring.ts";

interface PmcFlags {
  readonly socket?: string;
  readonly domain: number;
  readonly transportSpecific: number;
  readonly boundaryHops: number;
  readonly own?: string;
  readonly timeout: Nanos;
  readonly follow: boolean;
  readonly list: boolean;
}

/** Where ptp4l listens: of 3.1 and before, of 4.0 and later. */
const USUAL_PATHS = ["/var/run/ptp4l", "/var/run/ptp/ptp4l"];
/** Only the server, who is root or of the same user, has anything to say to us. */
const OWN_MODE = 0o600;
/** A subscription is renewed when this part of its duration is over. */
const RENEWAL = 0.75;

const FLAGS: FlagParametersForType<PmcFlags, Context> = {
  socket: {
    kind: "parsed",
    parse: text,
    brief: "The clock's management socket; /var/run/ptp4l or /var/run/ptp/ptp4l if left out",
    placeholder: "PATH",
    optional: true,
  },
  domain: {
    kind: "parsed",
    parse: integer(0, 255),
    brief: "PTP domain, 0 to 255",
    placeholder: "N",
    default: "0",
  },
  transportSpecific: {
    kind: "parsed",
    parse: hexDigit,
    brief: "majorSdoId, one hexadecimal digit (gPTP: 1)",
    placeholder: "HEX",
    default: "0",
  },
  boundaryHops: {
    kind: "parsed",
    parse: integer(0, 255),
    brief: "Clocks behind this one to ask, too (linuxptp passes the question on)",
    placeholder: "N",
    default: "0",
  },
  own: {
    kind: "parsed",
    parse: text,
    brief: "Path of our own socket; beside the clock's, or in /tmp",
    placeholder: "PATH",
    optional: true,
  },
  timeout: {
    kind: "parsed",
    parse: positiveDuration,
    brief: "How long an answer may take (us, ms, s)",
    placeholder: "TIME",
    default: "1s",
  },
  follow: {
    kind: "boolean",
    brief: "Stay after the commands, renew subscriptions, tell notifications",
    default: false,
    withNegated: false,
  },
  list: {
    kind: "boolean",
    brief: "Print every management id with the actions it takes",
    default: false,
    withNegated: false,
  },
};

const COMMANDS: TypedPositionalParameters<string[], Context> = {
  kind: "array",
  parameter: {
    brief: "'GET ID', 'SET ID VALUE...', 'COMMAND ID', 'TARGET PORT'; from stdin if left out",
    parse: (given: string) => given,
    placeholder: "COMMAND",
  },
};

/** The command. */
export const command: CliCommand = defineCommand<PmcFlags, string[]>({
  brief: "Ask and set a running clock by PTP management",
  description:
    `Speaks PTP management (IEEE 1588-2019 15) to rptp or ptp4l over its UNIX socket and prints the
answers as linuxptp's pmc does. Names may be shortened and case does not matter. It ends with 1
where a question was refused or not answered.`,
  examples: [
    ["sudo rptp ptp pmc 'GET CURRENT_DATA_SET'", "offset and path delay"],
    ["sudo rptp ptp pmc -s /var/run/rptp 'SET PRIORITY1 10'", "another grandmaster, now"],
    [
      "sudo rptp ptp pmc --follow --json 'SET SUBSCRIBE_EVENTS_NP duration 60 NOTIFY_PORT_STATE on'",
      "every change of a port's state, as it happens",
    ],
  ],
  flags: FLAGS,
  aliases: {
    s: "socket",
    d: "domain",
    t: "transportSpecific",
    b: "boundaryHops",
    i: "own",
    f: "follow",
  },
  positional: COMMANDS,
  hasDuration: true,
  // pmc's -u: there is no other way here.
  rewrite: (argv) => argv.filter((word) => word !== "-u"),
  run: async (kit, flags, ...words) => {
    if (flags.list) return list(kit);
    const typed = words.map(parsed);
    const server = flags.socket ?? usualPath();
    demandSocket(server);
    const socket = openOwn(server, flags.own);
    const wait = waitFor(socket);
    const wake = () => wait.wake();
    kit.signal.addEventListener("abort", wake);
    const client = new ManagementClient(socket, wait, {
      server,
      domainNumber: flags.domain,
      majorSdoId: flags.transportSpecific,
      boundaryHops: flags.boundaryHops,
      timeout: flags.timeout,
      now: rawNow,
      isStopping: () => kit.isStopping,
      source: portIdentity(0, 0, Deno.pid % 0xfffe + 1),
    });
    try {
      const session = new Session(kit, client, server);
      for (const one of typed) await session.take(one);
      if (words.length === 0) await fromStdin(kit, session);
      if (flags.follow) await session.follow();
      return session.code;
    } finally {
      kit.signal.removeEventListener("abort", wake);
      wait.close();
      socket.close();
    }
  },
});

/** One run: what was asked, what was told, and whether all went well. */
class Session {
  code: ExitCode = ExitCode.Ok;
  readonly #kit: Kit;
  readonly #client: ManagementClient;
  readonly #server: string;
  /** The latest subscription granted, and when to renew it. */
  #subscription: { asked: Asked; duration: Nanos; renewAt: Instant } | undefined;

  constructor(kit: Kit, client: ManagementClient, server: string) {
    this.#kit = kit;
    this.#client = client;
    this.#server = server;
  }

  async take(typed: Typed): Promise<void> {
    if (this.#kit.isStopping) return;
    if (typed.kind === "target") {
      this.#client.target = typed.target;
      return;
    }
    this.#kit.say(`sending: ${typed.echo}`);
    const answers = await this.#ask(typed);
    for (const one of answers) this.#tell(one);
    if (answers.length === 0 || answers.some((one) => one.m.error !== 0)) {
      this.code = ExitCode.Failed;
    }
    this.#note(typed, answers);
  }

  /** A line that is no command. */
  refuse(why: string): void {
    this.#kit.note(why);
    this.code = ExitCode.Usage;
  }

  /** Tells notifications until the command is stopped. */
  async follow(): Promise<void> {
    while (!this.#kit.isStopping) {
      const until = this.#subscription?.renewAt ?? after(rawNow(), 1e9 as Nanos);
      const heard = await this.#client.next(until);
      if (heard !== undefined) this.#tell(heard);
      const subscription = this.#subscription;
      if (subscription === undefined || rawNow() < subscription.renewAt) continue;
      this.#note(subscription.asked, await this.#ask(subscription.asked));
    }
  }

  async #ask(asked: Asked): Promise<Heard[]> {
    const answers = await this.#client.ask(asked, (heard) => this.#tell(heard));
    if (answers === undefined) {
      const why = "nobody listens there, or takes no more";
      throw new Failure(ExitCode.Unavailable, this.#server, why);
    }
    if (answers.length === 0 && !this.#kit.isStopping) {
      const why = "no answer; another --domain, --transport-specific or TARGET?";
      this.#kit.note(`${asked.echo}: ${why}`);
    }
    return answers;
  }

  #tell({ view, m }: Heard): void {
    for (const line of textLines(view, m)) this.#kit.say(line);
    this.#kit.json("management", jsonMessage(view, m));
  }

  /** Remembers a subscription that was granted. */
  #note(asked: Asked, answers: readonly Heard[]): void {
    const [first] = answers;
    if (asked.name !== "SUBSCRIBE_EVENTS_NP" || asked.data.length === 0) return;
    const values = first === undefined ? undefined : valuesOf(first.view, first.m)?.values;
    const seconds = values?.["duration"];
    if (typeof seconds !== "number" || seconds === 0) return;
    const duration = seconds * 1e9 as Nanos;
    const renewAt = after(rawNow(), duration * RENEWAL as Nanos);
    this.#subscription = { asked, duration, renewAt };
  }
}

function list(kit: Kit): ExitCode {
  for (const { name, actions } of vocabulary()) {
    kit.say(`${name.padEnd(38)} ${actions}`);
    kit.json("id", { name, actions: actions.split(", ") });
  }
  return ExitCode.Ok;
}

function parsed(line: string): Typed {
  try {
    return parseCommand(line);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(`"${line}"`, error.message);
  }
}

async function fromStdin(kit: Kit, session: Session): Promise<void> {
  const decoder = new TextDecoderStream() as TransformStream<Uint8Array, string>;
  const reader = Deno.stdin.readable.pipeThrough(decoder).getReader();
  const stop = () => void reader.cancel();
  kit.signal.addEventListener("abort", stop);
  let rest = "";
  try {
    while (!kit.isStopping) {
      const { done, value } = await reader.read();
      const lines = (rest + (value ?? "")).split("\n");
      rest = done ? "" : lines.pop() ?? "";
      for (const line of lines) await takeLine(line, session);
      if (done) return;
    }
  } finally {
    kit.signal.removeEventListener("abort", stop);
  }
}

async function takeLine(line: string, session: Session): Promise<void> {
  if (/^\s*(#.*)?$/.test(line)) return;
  let typed: Typed;
  try {
    typed = parseCommand(line);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    session.refuse(error.message);
    return;
  }
  await session.take(typed);
}

function usualPath(): string {
  return USUAL_PATHS.find(isThere) ?? USUAL_PATHS[0]!;
}

function isThere(path: string): boolean {
  try {
    return Deno.lstatSync(path).isSocket === true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return false;
    }
    throw error;
  }
}

function demandSocket(path: string): void {
  if (isThere(path)) return;
  const fix = "start the clock with --uds PATH and name it with -s PATH";
  throw new Failure(ExitCode.Unavailable, path, "no such management socket", fix);
}

/** Beside the server's, so that it is seen from its container, too; else in /tmp. */
function openOwn(server: string, own: string | undefined): ManagementSocket {
  if (own !== undefined) return openManagementSocket(own, OWN_MODE);
  const folder = server.replace(/\/?[^/]*$/, "") || (server.startsWith("/") ? "" : ".");
  const name = `rptp-pmc.${Deno.pid}`;
  try {
    return openManagementSocket(`${folder}/${name}`, OWN_MODE);
  } catch (error) {
    if (!isOsError(error)) throw error;
    return openManagementSocket(`/tmp/${name}`, OWN_MODE);
  }
}

function hexDigit(given: string): number {
  if (!/^(0x)?[0-9a-f]$/i.test(given)) throw new Error("expected one hexadecimal digit, 0 to f");
  return parseInt(given, 16);
}
