/**
 * Who has been granted what: a bounded table of clients, each with one grant per message type
 * (IEEE 1588-2019 16.1.3), as columns.
 * @module
 */
import type { AddressHandle, AddressTable } from "../../base/address.ts";
import type { Instant } from "../../base/time.ts";
import { MessageType } from "../wire/header.ts";
import type { PortIdentity } from "../wire/identity.ts";

/** Message types that can be granted, by their index among a client's grants. */
export const GRANTED_TYPES: readonly number[] = [
  MessageType.Announce,
  MessageType.Sync,
  MessageType.DelayResp,
];
export const Index = { Announce: 0, Sync: 1, DelayResp: 2 } as const;
/** Grants of a client; grant id = client x 4 + index. */
const STRIDE = 4;
const NONE = -1;
/** Addresses left for groups and strangers. */
const SPARE = 8;

/** Grants by id; ids of a client are `client * 4 + index`. */
export class GrantTable {
  readonly capacity: number;
  /** logInterMessagePeriod. */
  readonly log: Int8Array;
  /** When the grant ends; 0: not granted. */
  readonly expires: Float64Array;
  /** When the next message is due, or for Delay_Resp what has been earned. */
  readonly due: Float64Array;
  readonly sequenceId: Uint16Array;
  readonly #addresses: AddressTable;
  readonly #event: Int32Array;
  readonly #general: Int32Array;
  readonly #high: Uint32Array;
  readonly #low: Uint32Array;
  readonly #port: Uint16Array;
  /** Clients of one host, and free clients, as chains. */
  readonly #next: Int32Array;
  readonly #ofHost = new Map<AddressHandle, number>();
  #free = 0;
  #size = 0;
  #highest = 0;
  #rate = 0;

  /** @param clients At most; fewer where `addresses` has no room for two addresses of each. */
  constructor(addresses: AddressTable, clients: number) {
    this.#addresses = addresses;
    const capacity = Math.min(clients, Math.floor((addresses.capacity - SPARE) / 2));
    this.capacity = capacity;
    const n = capacity * STRIDE;
    this.log = new Int8Array(n);
    this.expires = new Float64Array(n);
    this.due = new Float64Array(n);
    this.sequenceId = new Uint16Array(n);
    this.#event = new Int32Array(capacity);
    this.#general = new Int32Array(capacity);
    this.#high = new Uint32Array(capacity);
    this.#low = new Uint32Array(capacity);
    this.#port = new Uint16Array(capacity);
    this.#next = new Int32Array(capacity);
    for (let k = 0; k < capacity; k++) this.#next[k] = k + 1 < capacity ? k + 1 : NONE;
  }

  /** Clients known. */
  get size(): number {
    return this.#size;
  }

  /** Clients are numbered below this. */
  get highest(): number {
    return this.#highest;
  }

  /** Messages a second that all grants in force promise. */
  get rate(): number {
    return this.#rate;
  }

  event(client: number): AddressHandle {
    return this.#event[client]!;
  }

  /** 0 where the number is nobody's. */
  general(client: number): AddressHandle {
    return this.#general[client]!;
  }

  identity(client: number, into: PortIdentity): void {
    into.high = this.#high[client]!;
    into.low = this.#low[client]!;
    into.port = this.#port[client]!;
  }

  /** The client with that address and identity, or -1. */
  find(general: AddressHandle, id: Readonly<PortIdentity>): number {
    for (let c = this.#ofHost.get(general) ?? NONE; c !== NONE; c = this.#next[c]!) {
      if (this.#high[c] === id.high && this.#low[c] === id.low && this.#port[c] === id.port) {
        return c;
      }
    }
    return NONE;
  }

  /** Clients behind one address. */
  countOf(general: AddressHandle): number {
    let n = 0;
    for (let c = this.#ofHost.get(general) ?? NONE; c !== NONE; c = this.#next[c]!) n++;
    return n;
  }

  /** A new client, or -1 where the table is full. */
  add(event: AddressHandle, general: AddressHandle, id: Readonly<PortIdentity>): number {
    const c = this.#free;
    if (c === NONE) return NONE;
    this.#free = this.#next[c]!;
    this.#size++;
    this.#highest = Math.max(this.#highest, c + 1);
    this.#event[c] = event;
    this.#general[c] = general;
    this.#high[c] = id.high;
    this.#low[c] = id.low;
    this.#port[c] = id.port;
    this.#next[c] = this.#ofHost.get(general) ?? NONE;
    this.#ofHost.set(general, c);
    this.#addresses.retain(event);
    this.#addresses.retain(general);
    this.expires.fill(0, c * STRIDE, (c + 1) * STRIDE);
    return c;
  }

  /** Grants, or changes a grant; `expires` is an instant. */
  grant(id: number, log: number, expires: Instant): void {
    this.revoke(id);
    this.log[id] = log;
    this.expires[id] = expires;
    this.#rate += 2 ** -log;
  }

  isGranted(id: number): boolean {
    return this.expires[id]! > 0;
  }

  revoke(id: number): void {
    if (this.expires[id] === 0) return;
    this.expires[id] = 0;
    this.#rate -= 2 ** -this.log[id]!;
  }

  /** True where the client has no grant left. */
  isIdle(client: number): boolean {
    for (let k = 0; k < GRANTED_TYPES.length; k++) {
      if (this.expires[client * STRIDE + k]! > 0) return false;
    }
    return true;
  }

  /** Forgets an idle client. */
  remove(client: number): void {
    const general = this.#general[client]!;
    let before = this.#ofHost.get(general) ?? NONE;
    if (before === client) {
      if (this.#next[client] === NONE) this.#ofHost.delete(general);
      else this.#ofHost.set(general, this.#next[client]!);
    } else {
      while (this.#next[before] !== client) before = this.#next[before]!;
      this.#next[before] = this.#next[client]!;
    }
    this.#addresses.release(this.#event[client]!);
    this.#addresses.release(general);
    this.#general[client] = 0;
    this.#next[client] = this.#free;
    this.#free = client;
    this.#size--;
  }
}

/** The grant of `client` for the type of that index. */
export function grantId(client: number, index: number): number {
  return client * STRIDE + index;
}

export function clientOf(id: number): number {
  return id >> 2;
}

export function indexOf(id: number): number {
  return id & 3;
}
