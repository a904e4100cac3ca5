/**
 * Signaling messages waiting to be sent: to whom, and the TLVs, in a bounded ring.
 * @module
 */
import type { AddressHandle } from "../base/address.ts";
import type { PacketBatch } from "../base/batch.ts";
import type { Random } from "../base/random.ts";
import type { Emitter, SignalingText } from "./emit.ts";
import { type PortIdentity, portIdentity } from "./wire/identity.ts";

/** Octets of TLVs a message may have: eight grants. */
const MAX_TLVS = 96;

/** Messages of one port; made large enough for a storm of requests in one turn. */
export class SignalingQueue {
  /** Messages refused because the queue was full. */
  dropped = 0;
  readonly #emitter: Emitter;
  readonly #capacity: number;
  #octets = new Uint8Array(0);
  #length = new Uint8Array(0);
  #peer = new Int32Array(0);
  #high = new Uint32Array(0);
  #low = new Uint32Array(0);
  #port = new Uint16Array(0);
  readonly #text: SignalingText = {
    target: portIdentity(),
    peer: 0,
    octets: new Uint8Array(MAX_TLVS),
    length: 0,
  };
  /** Where the writer of the message being made puts its TLVs. */
  view: DataView<ArrayBuffer> = new DataView(this.#octets.buffer);
  #sequenceId: number;
  #first = 0;
  #count = 0;
  #open = 0;

  constructor(emitter: Emitter, random: Random, capacity = 64) {
    this.#emitter = emitter;
    this.#capacity = capacity;
    this.#sequenceId = random.integer(0x1_0000);
  }

  get count(): number {
    return this.#count;
  }

  /** Begins a message; false where there is no room for one more. */
  begin(target: Readonly<PortIdentity>, peer: AddressHandle): boolean {
    if (this.#count === this.#capacity) {
      this.dropped++;
      return false;
    }
    if (this.#length.length === 0) this.#make();
    const k = (this.#first + this.#count) % this.#capacity;
    this.#open = k;
    this.#length[k] = 0;
    this.#peer[k] = peer;
    this.#high[k] = target.high;
    this.#low[k] = target.low;
    this.#port[k] = target.port;
    return true;
  }

  /** Where in {@linkcode view} the next TLV of `octets` octets goes; -1 where the message is full. */
  next(octets: number): number {
    const used = this.#length[this.#open]!;
    if (used + octets > MAX_TLVS) return -1;
    this.#length[this.#open] = used + octets;
    return this.#open * MAX_TLVS + used;
  }

  /** Ends the message; one without TLVs is not sent. */
  end(): void {
    if (this.#length[this.#open]! > 0) this.#count++;
  }

  /** False where the batch is full. */
  transmit(out: PacketBatch): boolean {
    const s = this.#text;
    while (this.#count > 0) {
      const k = this.#first;
      s.target.high = this.#high[k]!;
      s.target.low = this.#low[k]!;
      s.target.port = this.#port[k]!;
      s.peer = this.#peer[k]!;
      s.length = this.#length[k]!;
      for (let n = 0; n < s.length; n++) s.octets[n] = this.#octets[k * MAX_TLVS + n]!;
      if (!this.#emitter.signaling(out, this.#sequenceId, s)) return false;
      this.#sequenceId = (this.#sequenceId + 1) & 0xffff;
      this.#first = (this.#first + 1) % this.#capacity;
      this.#count--;
    }
    return true;
  }

  clear(): void {
    this.#count = 0;
  }

  /** Most ports never say a word: room is made for the first. */
  #make(): void {
    const n = this.#capacity;
    this.#octets = new Uint8Array(n * MAX_TLVS);
    this.view = new DataView(this.#octets.buffer);
    this.#length = new Uint8Array(n);
    this.#peer = new Int32Array(n);
    this.#high = new Uint32Array(n);
    this.#low = new Uint32Array(n);
    this.#port = new Uint16Array(n);
  }
}
