/**
 * The TLVs behind our Announce: path trace, what must be propagated from the parent's Announce
 * (IEEE 1588-2019 14.2, Table 52), and a grandmaster's own alternate time offsets.
 * @module
 */
import * as alternate from "./wire/alternate_time_offset.ts";
import type { AlternateTimeOffset } from "./wire/alternate_time_offset.ts";
import { type ClockIdentity, writeClock } from "./wire/identity.ts";
import * as pathTrace from "./wire/path_trace.ts";
import * as tlv from "./wire/tlv.ts";
import { TlvType } from "./wire/tlv.ts";

/** Octets of TLVs in one Announce at most: with UDP and IPv6 it still fits an Ethernet frame. */
const MAX_OCTETS = 1280;
/** Types that a boundary clock propagates with Announce, known to it or not. */
const FIRST_PROPAGATED = 0x4000;
const LAST_PROPAGATED = 0x7fff;

/** True for a TLV that goes on from the parent's Announce into ours. */
export function isPropagated(type: number): boolean {
  return type === TlvType.ALTERNATE_TIME_OFFSET_INDICATOR ||
    (type >= FIRST_PROPAGATED && type <= LAST_PROPAGATED);
}

/** A row of TLVs kept of some message. */
export interface TlvRow {
  readonly view: DataView;
  /** Octets in use, from 0 on. */
  readonly length: number;
}

/** What an instance appends to each Announce; composed at changes, copied at each message. */
export class AnnounceTlvs {
  /** Appended as they are. */
  octets: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  /** `pathTraceDS.list` (16.2.2.2): the clocks before us, the grandmaster first. */
  path: ClockIdentity[] = [];
  /** As the grandmaster says, or as we do where we are it. */
  alternates: AlternateTimeOffset[] = [];
  readonly #own: Readonly<ClockIdentity>;
  readonly #hasPathTrace: boolean;

  constructor(own: Readonly<ClockIdentity>, hasPathTrace: boolean) {
    this.#own = own;
    this.#hasPathTrace = hasPathTrace;
  }

  /** We are the grandmaster. */
  composeOwn(alternates: readonly AlternateTimeOffset[]): void {
    this.path = [];
    this.alternates = [...alternates];
    const parts = alternates.map((a) => alternate.encode(a));
    this.#join([...this.#trace(), ...parts]);
  }

  /** The parent's Announce carries `row`. */
  compose(row: TlvRow): void {
    this.path = [];
    this.alternates = [];
    const parts: Uint8Array<ArrayBuffer>[] = [];
    const v = row.view;
    for (let t = 0; t < row.length; t = tlv.next(v, t)) {
      const type = tlv.type(v, t);
      if (type === TlvType.PATH_TRACE) this.#readPath(v, t);
      if (!isPropagated(type)) continue;
      const end = tlv.next(v, t);
      parts.push(new Uint8Array(v.buffer.slice(t, end) as ArrayBuffer));
      const known = type === TlvType.ALTERNATE_TIME_OFFSET_INDICATOR
        ? alternate.read(v, t)
        : undefined;
      if (known !== undefined) this.alternates.push(known);
    }
    this.#join([...this.#trace(), ...parts]);
  }

  #readPath(v: DataView, t: number): void {
    for (let k = 0; k < pathTrace.count(v, t); k++) {
      const id = { high: 0, low: 0 };
      pathTrace.identity(v, t, k, id);
      this.path.push(id);
    }
  }

  /** The path so far and ourselves; nothing where it would not fit (16.2.3). */
  #trace(): Uint8Array<ArrayBuffer>[] {
    const length = tlv.TLV_HEADER_LENGTH + 8 * (this.path.length + 1);
    if (!this.#hasPathTrace || length > MAX_OCTETS) return [];
    const bytes = new Uint8Array(length);
    const v = new DataView(bytes.buffer);
    tlv.writeHeader(v, 0, TlvType.PATH_TRACE, length - tlv.TLV_HEADER_LENGTH);
    [...this.path, this.#own].forEach((id, k) => writeClock(v, tlv.value(0) + 8 * k, id));
    return [bytes];
  }

  /** All parts in order; one that does not fit any more is left out. */
  #join(parts: readonly Uint8Array<ArrayBuffer>[]): void {
    const taken: Uint8Array<ArrayBuffer>[] = [];
    let length = 0;
    for (const part of parts) {
      if (length + part.length > MAX_OCTETS) continue;
      taken.push(part);
      length += part.length;
    }
    this.octets = new Uint8Array(length);
    let at = 0;
    for (const part of taken) {
      this.octets.set(part, at);
      at += part.length;
    }
  }
}
