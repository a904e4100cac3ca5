/**
 * A management client over one socket: asks, waits for the answers, and hears notifications.
 * @module
 */
import { type Instant, type Nanos, NEVER } from "../../../lib/base/time.ts";
import { BODIES } from "../../../lib/ptp/management/bodies.ts";
import type { Typed } from "../../../lib/ptp/management/command.ts";
import * as message from "../../../lib/ptp/management/message.ts";
import type { ManagementMessage } from "../../../lib/ptp/management/message.ts";
import { valuesOf } from "../../../lib/ptp/management/print.ts";
import { Fault } from "../../../lib/ptp/wire/fault.ts";
import { ANY_PORT, type PortIdentity } from "../../../lib/ptp/wire/identity.ts";
import { Action } from "../../../lib/ptp/wire/management.ts";
import type { ManagementSocket, SocketWait } from "./wiring.ts";

/** A request as it was typed. */
export type Asked = Extract<Typed, { kind: "request" }>;

/** A message of the server with the octets it was read from. */
export interface Heard {
  readonly view: DataView;
  readonly m: ManagementMessage;
}

/** How a client asks. */
export interface ClientOptions {
  readonly server: string;
  readonly domainNumber: number;
  readonly majorSdoId: number;
  readonly boundaryHops: number;
  /** How long a first answer may take. */
  readonly timeout: Nanos;
  readonly now: () => Instant;
  readonly isStopping: () => boolean;
  readonly source: Readonly<PortIdentity>;
}

/** Silence after which, of clocks behind the server, no further answer is awaited. */
const SILENCE = 100e6;

export class ManagementClient {
  /** Whom requests are for. */
  target: Readonly<PortIdentity> = ANY_PORT;
  /** Messages that are no management or for somebody else. */
  strange = 0;
  readonly #socket: ManagementSocket;
  readonly #wait: SocketWait;
  readonly #options: ClientOptions;
  #sequenceId = 0;
  #numberPorts: number | undefined;

  constructor(socket: ManagementSocket, wait: SocketWait, options: ClientOptions) {
    this.#socket = socket;
    this.#wait = wait;
    this.#options = options;
  }

  /**
   * Sends a request and waits for its answers.
   * @param other Told of messages that answer something else: notifications.
   * @returns the answers; `undefined` where the request could not be delivered.
   */
  async ask(asked: Asked, other: (heard: Heard) => void): Promise<Heard[] | undefined> {
    const expected = await this.#expected(asked);
    const { now, timeout, boundaryHops } = this.#options;
    const sequenceId = this.#sequenceId;
    this.#sequenceId = sequenceId + 1 & 0xffff;
    const octets = message.write(
      this.#envelope(asked.action, sequenceId),
      BODIES[asked.name].id,
      asked.data,
    );
    if (!this.#socket.send(octets, this.#options.server)) return undefined;
    const answers: Heard[] = [];
    let until = now() + timeout as Instant;
    while (answers.length < expected) {
      const heard = await this.#next(until);
      if (heard === undefined) break;
      if (!isAnswer(heard.m, sequenceId, BODIES[asked.name].id)) {
        other(heard);
        continue;
      }
      answers.push(heard);
      // An error of the whole clock stands for all its ports.
      if (heard.m.error !== 0 && heard.m.source.port === 0 && boundaryHops === 0) break;
      if (expected === Infinity) until = now() + SILENCE as Instant;
    }
    return answers;
  }

  /** The next message, or `undefined` at `until` or when the command is to stop. */
  async next(until: Instant): Promise<Heard | undefined> {
    return await this.#next(until);
  }

  async #next(until: Instant): Promise<Heard | undefined> {
    const { now, isStopping } = this.#options;
    while (!isStopping()) {
      for (let got = this.#socket.receive(); got !== undefined; got = this.#socket.receive()) {
        const { octets } = got;
        const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
        if (message.check(view, 0, octets.length) === Fault.None) {
          const m = message.read(view, 0);
          if (!message.isRequest(m.action)) return { view, m };
        }
        this.strange++;
      }
      if (now() >= until) return undefined;
      const pending = this.#wait.wait(until, false);
      if (pending !== undefined) await pending;
    }
    return undefined;
  }

  /** How many answers will come; Infinity where only silence tells. */
  async #expected(asked: Asked): Promise<number> {
    if (this.#options.boundaryHops > 0) return Infinity;
    if (BODIES[asked.name].scope === "clock" || this.target.port !== ANY_PORT.port) return 1;
    return this.#numberPorts ??= await this.#countPorts();
  }

  async #countPorts(): Promise<number> {
    const data = new Uint8Array(0);
    const name = "DEFAULT_DATA_SET";
    const asked: Asked = { kind: "request", action: Action.Get, name, echo: "", data };
    const sequenceId = this.#sequenceId;
    const [first] = await this.ask(asked, () => {}) ?? [];
    this.#sequenceId = sequenceId;
    const values = first === undefined ? undefined : valuesOf(first.view, first.m)?.values;
    const count = values?.["numberPorts"];
    return typeof count === "number" && count > 0 ? count : Infinity;
  }

  #envelope(action: number, sequenceId: number): message.Envelope {
    const { domainNumber, majorSdoId, boundaryHops, source } = this.#options;
    return {
      majorSdoId,
      minorSdoId: 0,
      minorVersionPtp: 0,
      domainNumber,
      isUnicast: false,
      source,
      target: this.target,
      sequenceId,
      startingBoundaryHops: boundaryHops,
      boundaryHops,
      action,
    };
  }
}

/** Notifications have the id of what they tell, but a sequence of their own. */
function isAnswer(m: ManagementMessage, sequenceId: number, id: number): boolean {
  return m.sequenceId === sequenceId && m.id === id;
}

/** For {@linkcode ManagementClient.next}: until something comes. */
export const FOREVER: Instant = NEVER;
