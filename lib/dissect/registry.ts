/**
 * Which dissector follows which: by link type, EtherType, IP protocol, UDP port, and for UDP by
 * looking at the payload. Made once; filters and reports add their own entries.
 * @module
 */
import type { Dissection, Dissector } from "./dissection.ts";

/**
 * Says whether a UDP payload is a protocol; may keep what it learns in the flow.
 * @returns true where it is: the dissector is then entered.
 */
export type Heuristic = (d: Dissection, offset: number, limit: number, length: number) => boolean;

/** A heuristic with the dissector it stands for. */
export interface HeuristicEntry {
  readonly matches: Heuristic;
  readonly dissector: Dissector;
}

/** Tables of dissectors. */
export class Registry {
  readonly #link: (Dissector | undefined)[] = [];
  readonly #etherTypes: (Dissector | undefined)[] = [undefined];
  /** Index in `#etherTypes` of each EtherType, 0 where there is none. */
  readonly #etherType = new Uint8Array(65536);
  readonly #ipProtocol: (Dissector | undefined)[] = new Array(256).fill(undefined);
  readonly #udpPort = new Map<number, HeuristicEntry>();
  readonly #heuristics: HeuristicEntry[] = [];
  readonly #ports = new Uint8Array(65536);

  /** Adds the dissector of a LINKTYPE_ value. */
  addLink(linktype: number, dissector: Dissector): this {
    this.#link[linktype] = dissector;
    return this;
  }

  addEtherType(etherType: number, dissector: Dissector): this {
    this.#etherType[etherType] = this.#etherTypes.push(dissector) - 1;
    return this;
  }

  addIpProtocol(protocol: number, dissector: Dissector): this {
    this.#ipProtocol[protocol] = dissector;
    return this;
  }

  /** Adds a dissector for a UDP port, source or destination, that `matches` must still confirm. */
  addUdpPort(port: number, dissector: Dissector, matches: Heuristic): this {
    this.#udpPort.set(port, { matches, dissector });
    this.#ports[port] = 1;
    return this;
  }

  /** Adds a look at UDP payloads on any port; asked in the order of adding. */
  addUdpHeuristic(dissector: Dissector, matches: Heuristic): this {
    this.#heuristics.push({ matches, dissector });
    return this;
  }

  link(linktype: number): Dissector | undefined {
    return this.#link[linktype];
  }

  etherType(etherType: number): Dissector | undefined {
    return this.#etherTypes[this.#etherType[etherType] ?? 0];
  }

  ipProtocol(protocol: number): Dissector | undefined {
    return this.#ipProtocol[protocol];
  }

  /** The dissector of a UDP payload: by either port, then by heuristics; `undefined` if none. */
  udpPayload(
    d: Dissection,
    ports: number,
    offset: number,
    limit: number,
    length: number,
  ): Dissector | undefined {
    const source = ports >>> 16;
    const destination = ports & 0xffff;
    for (let k = 0; k < 2; k++) {
      const port = k === 0 ? destination : source;
      if (this.#ports[port] === 0) continue;
      const entry = this.#udpPort.get(port)!;
      if (entry.matches(d, offset, limit, length)) return entry.dissector;
    }
    for (let k = 0; k < this.#heuristics.length; k++) {
      const entry = this.#heuristics[k]!;
      if (entry.matches(d, offset, limit, length)) return entry.dissector;
    }
    return undefined;
  }
}
