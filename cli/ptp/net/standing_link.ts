/**
 * A link that outlives its sockets: closed while the interface is away, opened anew when it is back.
 * Handles of the address table stay what they are.
 * @module
 */
import type { AddressTable } from "../../../lib/base/address.ts";
import type { PacketBatch } from "../../../lib/base/batch.ts";
import type { Link } from "../../../lib/base/link.ts";

/** A link over kernel sockets. */
export interface SocketLink extends Link {
  fds(): readonly number[];
  isBlocked(k: number): boolean;
  readonly counters: {
    readonly overflowed: number;
    readonly truncated: number;
    refusedTotal(): number;
  };
  readonly refusedStamps: number;
  readonly lostStamps: number;
}

const NO_DESCRIPTORS: readonly number[] = [];

/** See the module. While it is shut, what is sent is taken and counted as refused. */
export class StandingLink implements Link {
  readonly mtu: number;
  readonly maxSegments: number;
  readonly addresses: AddressTable;
  readonly #open: (addresses: AddressTable | undefined) => SocketLink;
  readonly #losses: Record<string, number> = {};
  #link: SocketLink | undefined;

  /** @param open Opens the sockets over the given table; over one of its own the first time. */
  constructor(open: (addresses: AddressTable | undefined) => SocketLink) {
    this.#open = open;
    this.#link = open(undefined);
    this.mtu = this.#link.mtu;
    this.maxSegments = this.#link.maxSegments;
    this.addresses = this.#link.addresses;
  }

  get isOpen(): boolean {
    return this.#link !== undefined;
  }

  /** Closes the sockets and opens them again. @throws OsError; it is shut then. */
  reopen(): void {
    this.shut();
    this.#link = this.#open(this.addresses);
  }

  /** Closes the sockets until {@linkcode reopen}. */
  shut(): void {
    const link = this.#link;
    this.#link = undefined;
    if (link === undefined) return;
    this.#count(link);
    link.close();
  }

  lend(_region: Uint8Array<ArrayBuffer>): number {
    throw new Error("unreachable: PTP lends no memory");
  }

  receive(into: PacketBatch): number {
    return this.#link === undefined ? 0 : this.#link.receive(into);
  }

  send(from: PacketBatch, first: number): number {
    if (this.#link !== undefined) return this.#link.send(from, first);
    const n = from.count - first;
    this.#add("refused", n);
    return n;
  }

  fds(): readonly number[] {
    return this.#link?.fds() ?? NO_DESCRIPTORS;
  }

  isBlocked(k: number): boolean {
    return this.#link?.isBlocked(k) ?? false;
  }

  /** Packets and stamps that went missing, over all sockets there were. */
  losses(): Record<string, number> {
    return this.#link === undefined ? { ...this.#losses } : sum(this.#losses, lossesOf(this.#link));
  }

  close(): void {
    this.shut();
  }

  #count(link: SocketLink): void {
    Object.assign(this.#losses, sum(this.#losses, lossesOf(link)));
  }

  #add(name: string, n: number): void {
    this.#losses[name] = (this.#losses[name] ?? 0) + n;
  }
}

function lossesOf(link: SocketLink): Record<string, number> {
  return {
    overflowed: link.counters.overflowed,
    truncated: link.counters.truncated,
    refused: link.counters.refusedTotal(),
    stampsRefused: link.refusedStamps,
    stampsLost: link.lostStamps,
  };
}

function sum(a: Record<string, number>, b: Record<string, number>): Record<string, number> {
  const all: Record<string, number> = { ...a };
  for (const [name, n] of Object.entries(b)) all[name] = (all[name] ?? 0) + n;
  return all;
}
