/**
 * A batch of packets as columns over one buffer: what links fill and cores read, and the reverse.
 *
 * Nothing is allocated per packet. Slot `i` owns `bytes[i * slotSize ... (i + 1) * slotSize)`; its
 * octets start at `offset[i]` (a link may leave room in front) and are `length[i]` long.
 * @module
 */

/** What a slot holds. */
export const SlotKind = {
  /** A datagram or frame. */
  Packet: 0,
  /** The time stamp of a packet sent earlier with the same `ticket`; no octets. */
  TransmitStamp: 1,
  /** The link reports an error (for UDP an ICMP error of `peer`); `length` holds the errno. */
  LinkError: 2,
} as const;
export type SlotKind = typeof SlotKind[keyof typeof SlotKind];

/** Who took a time stamp. */
export const StampSource = {
  None: 0,
  /** The kernel, from CLOCK_REALTIME. */
  Software: 1,
  /** The network card, from its PHC. */
  Hardware: 2,
  /** This process, after the system call returned: tens of microseconds late. */
  User: 3,
} as const;
export type StampSource = typeof StampSource[keyof typeof StampSource];

/** Columns for up to `capacity` packets. Made once and reused; `count` is the only scalar state. */
export class PacketBatch {
  readonly capacity: number;
  readonly slotSize: number;
  count = 0;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView<ArrayBuffer>;
  /** First octet of the packet in `bytes` (or in its region). */
  readonly offset: Int32Array;
  /** Octets of the packet. */
  readonly length: Int32Array;
  /** 0: one datagram; n: equal datagrams of n octets, the last may be shorter (GSO, GRO). */
  readonly segment: Int32Array;
  /** 0: octets are in `bytes`; k: in the region that `Link.lend` numbered k. */
  readonly region: Uint8Array;
  /** The other end, a handle in the link's AddressTable; 0: unknown, or the link's only peer. */
  readonly peer: Int32Array;
  /** Our end, likewise: in, the destination address; out, 0 or the source address to use. */
  readonly local: Int32Array;
  /** Which socket of the link; PTP: 0 event, 1 general. */
  readonly channel: Uint8Array;
  /** A {@linkcode SlotKind}. */
  readonly kind: Uint8Array;
  /** DSCP and ECN, the IPv4 TOS octet. */
  readonly traffic: Uint8Array;
  /** Out: 0, or the core's own number for a packet whose transmit stamp it wants; in: that number. */
  readonly ticket: Uint32Array;
  /** The stamp in the stamping clock's own time (CLOCK_REALTIME or the PHC). */
  readonly stampSeconds: Float64Array;
  readonly stampNanos: Int32Array;
  /** A {@linkcode StampSource}. */
  readonly stampSource: Uint8Array;
  /** The stamp as an `Instant`; NaN where there is none or its conversion was refused. */
  readonly stampInstant: Float64Array;

  /**
   * @param capacity Slots.
   * @param slotSize Octets of a slot: the largest packet, or 48 datagrams of one for a GRO link.
   */
  constructor(capacity: number, slotSize: number) {
    this.capacity = capacity;
    this.slotSize = slotSize;
    const buffer = new ArrayBuffer(capacity * slotSize);
    this.bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
    this.offset = new Int32Array(capacity);
    this.length = new Int32Array(capacity);
    this.segment = new Int32Array(capacity);
    this.region = new Uint8Array(capacity);
    this.peer = new Int32Array(capacity);
    this.local = new Int32Array(capacity);
    this.channel = new Uint8Array(capacity);
    this.kind = new Uint8Array(capacity);
    this.traffic = new Uint8Array(capacity);
    this.ticket = new Uint32Array(capacity);
    this.stampSeconds = new Float64Array(capacity);
    this.stampNanos = new Int32Array(capacity);
    this.stampSource = new Uint8Array(capacity);
    this.stampInstant = new Float64Array(capacity);
  }

  /**
   * Opens the next slot with every column at its neutral value and `offset` at the slot's start.
   * The caller writes octets and sets `length`. Call only while `count < capacity`.
   * @returns the slot's index.
   */
  open(): number {
    const i = this.count++;
    this.offset[i] = i * this.slotSize;
    this.length[i] = 0;
    this.segment[i] = 0;
    this.region[i] = 0;
    this.peer[i] = 0;
    this.local[i] = 0;
    this.channel[i] = 0;
    this.kind[i] = SlotKind.Packet;
    this.traffic[i] = 0;
    this.ticket[i] = 0;
    this.stampSeconds[i] = 0;
    this.stampNanos[i] = 0;
    this.stampSource[i] = StampSource.None;
    this.stampInstant[i] = NaN;
    return i;
  }

  /** True while another slot can be opened. */
  get hasRoom(): boolean {
    return this.count < this.capacity;
  }

  /** Forgets all slots. */
  clear(): void {
    this.count = 0;
  }

  /** Copies slot `i` of `from`, octets included, into a new slot here. Its octets must fit a slot. */
  copyFrom(from: PacketBatch, i: number): number {
    const j = this.open();
    const start = from.offset[i]!;
    const length = from.length[i]!;
    const isPacket = from.kind[i] === SlotKind.Packet;
    if (isPacket) {
      this.bytes.set(from.bytes.subarray(start, start + length), this.offset[j]!);
    }
    this.length[j] = length;
    this.segment[j] = from.segment[i]!;
    this.peer[j] = from.peer[i]!;
    this.local[j] = from.local[i]!;
    this.channel[j] = from.channel[i]!;
    this.kind[j] = from.kind[i]!;
    this.traffic[j] = from.traffic[i]!;
    this.ticket[j] = from.ticket[i]!;
    this.stampSeconds[j] = from.stampSeconds[i]!;
    this.stampNanos[j] = from.stampNanos[i]!;
    this.stampSource[j] = from.stampSource[i]!;
    this.stampInstant[j] = from.stampInstant[i]!;
    return j;
  }
}
