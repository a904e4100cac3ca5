/**
 * Keeps ports in step with their interfaces: down, up, gone, made anew, another address
 * (IEEE 1588-2019 9.2.5: FAULTY).
 * @module
 */
import { type Instant, NEVER } from "../../../lib/base/time.ts";
import type { LinkState } from "./wiring.ts";

/** Where the monitor learns from. */
export interface LinkSource {
  /** True where something may have changed since the last call. */
  hasChanged(): boolean;
  /** @param inUse The address of the port's sockets, which stays theirs while the interface has it. */
  stateOf(port: MonitoredPort, inUse: string): LinkState;
}

/** One port and what it stands on. */
export interface MonitoredPort {
  /** The interface's name. */
  readonly name: string;
  setLink(now: Instant, isUp: boolean): void;
  /** Opens the sockets anew. @throws Error where that is refused. */
  reopen(): void;
}

interface Watched {
  readonly port: MonitoredPort;
  /** As the sockets were opened. */
  index: number;
  address: string;
  isUp: boolean;
}

/** How long until sockets that could not be opened are tried again. */
const RETRY_NANOS = 1e9;

/** See the module. Call {@linkcode LinkMonitor.check} once a turn, and drive it as a `Timed`. */
export class LinkMonitor {
  readonly #source: LinkSource;
  readonly #tell: (line: string) => void;
  readonly #watched: Watched[];
  #retry: Instant = NEVER;

  /** @param tell A line for the user about an interface. */
  constructor(
    ports: readonly MonitoredPort[],
    source: LinkSource,
    tell: (line: string) => void,
  ) {
    this.#source = source;
    this.#tell = tell;
    this.#watched = ports.map((port) => {
      const { index, address } = source.stateOf(port, "");
      return { port, index, address, isUp: true };
    });
  }

  /** Looks once at every interface, for what was wrong from the start. */
  begin(now: Instant): void {
    for (const one of this.#watched) this.#look(now, one);
  }

  check(now: Instant): void {
    if (!this.#source.hasChanged()) return;
    for (const one of this.#watched) this.#look(now, one);
  }

  deadline(): Instant {
    return this.#retry;
  }

  expire(now: Instant): void {
    this.#retry = NEVER;
    for (const one of this.#watched) this.#look(now, one);
  }

  #look(now: Instant, one: Watched): void {
    const state = this.#source.stateOf(one.port, one.address);
    if (!state.isUp) {
      if (one.isUp) this.#tell(`interface ${one.port.name}: ${whyNot(state)}`);
      this.#set(now, one, false);
      return;
    }
    const isSame = state.index === one.index && state.address === one.address;
    if (isSame && one.isUp) return;
    if (!isSame && !this.#renew(now, one, state)) return;
    if (!one.isUp) this.#tell(`interface ${one.port.name}: up, ${state.address}`);
    this.#set(now, one, true);
  }

  /** Other sockets for another address or a new interface of the same name. */
  #renew(now: Instant, one: Watched, state: LinkState): boolean {
    if (one.isUp) this.#tell(`interface ${one.port.name}: ${one.address} became ${state.address}`);
    this.#set(now, one, false);
    try {
      one.port.reopen();
    } catch (error) {
      this.#tell(error instanceof Error ? error.message : String(error));
      this.#retry = now + RETRY_NANOS as Instant;
      return false;
    }
    one.index = state.index;
    one.address = state.address;
    return true;
  }

  #set(now: Instant, one: Watched, isUp: boolean): void {
    one.isUp = isUp;
    one.port.setLink(now, isUp);
  }
}

function whyNot(state: LinkState): string {
  if (state.index === 0) return "gone";
  return state.address === "" ? "no address" : "down";
}
