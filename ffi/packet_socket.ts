/**
 * AF_PACKET as a {@linkcode Link}: every frame of an interface, in and out, with kernel stamps.
 *
 * Batch columns in: `length` is what was captured, `ticket` the frame's length on the wire (so a
 * cut frame has `ticket > length`), `traffic` the direction as a `PacketType` (4 is outgoing).
 * When the interface goes down or away, one `LinkError` slot says so: `length` is ENETDOWN (100).
 * Stamps are CLOCK_REALTIME's, `stampInstant` too. A VLAN tag that the kernel took off is put back.
 *
 * On one Ethernet interface a slot holds the frame from its destination address on. On all
 * interfaces at once, or on one without Ethernet headers, it holds a 20-octet LINUX_SLL2 header
 * (link type 276) and then the network layer: see {@linkcode PacketLink.linkType}.
 * @module
 */
import { AddressTable } from "../lib/base/address.ts";
import { type PacketBatch, SlotKind } from "../lib/base/batch.ts";
import type { Link } from "../lib/base/link.ts";
import { Arena } from "./arena.ts";
import { SystemClock } from "./clock.ts";
import { Errno } from "./errno.ts";
import { canHoldTag, restoreTag, SLL2, TAG, writeSll2 } from "./frame_repair.ts";
import {
  CMSGHDR,
  IOVEC,
  MMSGHDR,
  Msg,
  MSGHDR,
  PacketOption,
  So,
  SOCKADDR_LL,
  Sol,
  TPACKET_AUXDATA,
  TPACKET_STATS,
  TpStatus,
} from "./layout.ts";
import { checked, closeDescriptor, errno, type Libc, libc } from "./libc.ts";
import type { NetInterface } from "./netif.ts";
import {
  attachFilter,
  DROP_ALL,
  hasEthernet,
  openPacketSocket,
  PacketLinkType,
  type PacketOptions,
  type PacketStatistics,
} from "./packet_open.ts";
import type { Pollable } from "./pollable.ts";
import { beginConversion, type Converters, StampConverter, takeStamp } from "./timestamping.ts";

const WIDTH = 64;
const NAME = 32;
const CONTROL = 160;
const MAX_REGIONS = 255;
/** The largest frame of an interface without a limit of its own. */
const ANY_MTU = 65535;
const ETHERNET_HEADER = 14;

/** See the module. */
export class PacketLink implements Link, Pollable {
  readonly mtu: number;
  readonly maxSegments = 1;
  readonly addresses = new AddressTable(16);
  /** The interface; `undefined` for all. */
  readonly device: NetInterface | undefined;
  /** A {@linkcode PacketLinkType}. */
  readonly linkType: number;
  /** Frames refused when sending. */
  refused = 0;
  readonly #c: Libc = libc();
  readonly #fd: number;
  readonly #fds: readonly number[];
  readonly #arena = new Arena(WIDTH * (MMSGHDR.size + IOVEC.size + NAME + CONTROL) + 64);
  readonly #headers: number;
  readonly #vectors: number;
  readonly #names: number;
  readonly #controls: number;
  readonly #pointer: Deno.PointerValue;
  readonly #isCooked: boolean;
  readonly #snapLength: number;
  readonly #converters: Converters;
  readonly #regions: (Uint8Array<ArrayBuffer> | undefined)[] = [undefined];
  readonly #tag = { tpid: 0, tci: 0 };
  #packets = 0;
  #drops = 0;
  #isConverting = false;
  #isBlocked = false;
  #isClosed = false;

  private constructor(fd: number, device: NetInterface | undefined, options: PacketOptions) {
    this.#fd = fd;
    this.#fds = [fd];
    this.device = device;
    this.mtu = device === undefined || device.mtu === 0 ? ANY_MTU : device.mtu + ETHERNET_HEADER;
    this.#isCooked = !hasEthernet(device);
    this.linkType = this.#isCooked ? PacketLinkType.LinuxSll2 : PacketLinkType.Ethernet;
    this.#snapLength = options.snapLength ?? Infinity;
    this.#converters = {
      software: new StampConverter(new SystemClock()),
      hardware: undefined,
    };
    const a = this.#arena;
    this.#headers = a.reserve(WIDTH * MMSGHDR.size);
    this.#vectors = a.reserve(WIDTH * IOVEC.size);
    this.#names = a.reserve(WIDTH * NAME);
    this.#controls = a.reserve(WIDTH * CONTROL);
    for (let k = 0; k < WIDTH; k++) {
      const header = this.#headers + k * MMSGHDR.size;
      a.link(header + MSGHDR.iov, this.#vectors + k * IOVEC.size);
      a.setPointer(header + MSGHDR.iovLength, 1);
      a.link(header + MSGHDR.name, this.#names + k * NAME);
    }
    this.#pointer = a.pointer(this.#headers);
  }

  /**
   * Opens the socket; the first frame it gives arrived after filter and membership were set.
   * @throws OsError: EPERM names CAP_NET_RAW, ENODEV an interface that is not there.
   */
  static open(options: PacketOptions): PacketLink {
    const { fd, device } = openPacketSocket(options, () => {});
    try {
      return new PacketLink(fd, device, options);
    } catch (error) {
      closeDescriptor(fd);
      throw error;
    }
  }

  lend(region: Uint8Array<ArrayBuffer>): number {
    if (this.#regions.length > MAX_REGIONS) throw new Error("255 regions are lent already");
    return this.#regions.push(region) - 1;
  }

  receive(into: PacketBatch): number {
    const before = into.count;
    this.#isConverting = false;
    while (into.count < into.capacity) {
      const room = Math.min(WIDTH, into.capacity - into.count);
      const n = this.#read(into, room);
      if (n === 0) break;
      for (let k = 0; k < n; k++) this.#append(into, k);
      if (n < room) break;
    }
    return into.count - before;
  }

  /** Sends whole Ethernet frames by the bound interface. */
  send(from: PacketBatch, first: number): number {
    if (this.#isCooked) throw new Error("frames are sent by one Ethernet interface");
    this.#isBlocked = false;
    let i = first;
    while (i < from.count) {
      if (from.kind[i] !== SlotKind.Packet) {
        i++;
        continue;
      }
      this.#prepareFrame(from, i);
      const n = this.#c.sendmmsg(this.#fd, this.#pointer, 1, Msg.DontWait | Msg.NoSignal);
      if (n < 1) {
        const why = errno();
        if (why === Errno.EAGAIN || why === Errno.EINTR) {
          this.#isBlocked = true;
          break;
        }
        this.refused++;
      }
      i++;
    }
    return i - first;
  }

  /** Replaces the filter; what the old one let through and is still queued is dropped. */
  setFilter(program: Uint8Array<ArrayBuffer>): void {
    attachFilter(this.#fd, DROP_ALL);
    const scratch = new Uint8Array(64);
    while (this.#c.read(this.#fd, scratch, 64n) >= 0);
    attachFilter(this.#fd, program);
  }

  /** What the kernel has counted since the socket was opened. */
  statistics(): PacketStatistics {
    if (!this.#isClosed) {
      const counts = new Uint32Array(TPACKET_STATS.size / 4);
      const length = new Uint8Array(new Uint32Array([TPACKET_STATS.size]).buffer);
      const bytes = new Uint8Array(counts.buffer);
      checked(
        "PACKET_STATISTICS",
        this.device?.name ?? "any",
        this.#c.getsockopt(this.#fd, Sol.Packet, PacketOption.Statistics, bytes, length),
      );
      this.#packets += counts[0]!; // the kernel starts anew at each reading
      this.#drops += counts[1]!;
    }
    return { packets: this.#packets, drops: this.#drops };
  }

  fds(): readonly number[] {
    return this.#fds;
  }

  isBlocked(_k: number): boolean {
    return this.#isBlocked;
  }

  /** Reads the statistics a last time, then lets go. */
  close(): void {
    if (this.#isClosed) return;
    try {
      this.statistics();
    } finally {
      this.#isClosed = true;
      closeDescriptor(this.#fd);
      this.#arena.close();
    }
  }

  /** Octets kept free before what the kernel writes: for a VLAN tag, and a cooked header. */
  get #headroom(): number {
    return this.#isCooked ? TAG + SLL2 : TAG;
  }

  #read(into: PacketBatch, room: number): number {
    const a = this.#arena;
    const base = a.hold(into.bytes.buffer) + into.bytes.byteOffset + this.#headroom;
    const size = Math.min(into.slotSize - this.#headroom, this.#snapLength);
    for (let k = 0; k < room; k++) {
      const header = this.#headers + k * MMSGHDR.size;
      const vector = this.#vectors + k * IOVEC.size;
      a.setPointer(vector + IOVEC.base, base + (into.count + k) * into.slotSize);
      a.setPointer(vector + IOVEC.length, size);
      a.link(header + MSGHDR.name, this.#names + k * NAME);
      a.words[(header + MSGHDR.nameLength) >> 2] = NAME;
      a.link(header + MSGHDR.control, this.#controls + k * CONTROL);
      a.words[(header + MSGHDR.controlLength) >> 2] = CONTROL;
    }
    const flags = Msg.DontWait | Msg.Truncated;
    const n = this.#c.recvmmsg(this.#fd, this.#pointer, room, flags, null);
    if (n >= 0) return n;
    const why = errno();
    if (why !== Errno.EAGAIN && why !== Errno.EINTR) {
      const i = into.open();
      into.kind[i] = SlotKind.LinkError;
      into.length[i] = why;
    }
    return 0;
  }

  #append(into: PacketBatch, k: number): void {
    const a = this.#arena;
    const i = into.open();
    const header = this.#headers + k * MMSGHDR.size;
    const name = this.#names + k * NAME;
    const wire = a.words[(header + MMSGHDR.length) >> 2]!;
    const room = Math.min(into.slotSize - this.#headroom, this.#snapLength);
    into.offset[i] = into.offset[i]! + TAG;
    into.length[i] = Math.min(wire, room);
    into.ticket[i] = wire;
    into.traffic[i] = a.bytes[name + SOCKADDR_LL.pkttype]!;
    if (this.#isCooked) {
      writeSll2(into.view, into.offset[i]!, a.view, name);
      into.length[i]! += SLL2;
      into.ticket[i]! += SLL2;
    }
    const control = this.#controls + k * CONTROL;
    const end = control + a.words[(header + MSGHDR.controlLength) >> 2]!;
    for (let at = control; at + CMSGHDR.size <= end;) {
      const length = a.words[at >> 2]!;
      if (length < CMSGHDR.size) return;
      const level = a.words[(at + CMSGHDR.level) >> 2]!;
      const type = a.words[(at + CMSGHDR.type) >> 2]!;
      if (level === Sol.Socket && type === So.Timestamping) this.#stamp(into, i, at + CMSGHDR.data);
      else if (level === Sol.Packet && type === PacketOption.AuxData) {
        this.#restoreTag(into, i, at + CMSGHDR.data);
      }
      at += (length + 7) & ~7;
    }
  }

  #stamp(into: PacketBatch, i: number, at: number): void {
    if (!this.#isConverting) {
      this.#isConverting = true;
      beginConversion(this.#converters);
    }
    takeStamp(this.#arena.words, at, into, i, this.#converters);
  }

  /** Puts back the VLAN tag that the card or the kernel took off the frame. */
  #restoreTag(into: PacketBatch, i: number, at: number): void {
    const { view } = this.#arena;
    const status = view.getUint32(at + TPACKET_AUXDATA.status, true);
    if ((status & TpStatus.VlanValid) === 0) return;
    if (!canHoldTag(into.length[i]!, this.#isCooked)) return;
    const hasTpid = (status & TpStatus.VlanTpidValid) !== 0;
    this.#tag.tpid = hasTpid ? view.getUint16(at + TPACKET_AUXDATA.vlanTpid, true) : 0;
    this.#tag.tci = view.getUint16(at + TPACKET_AUXDATA.vlanTci, true);
    restoreTag(into.view, into.bytes, into.offset[i]!, this.#tag, this.#isCooked);
    into.offset[i]! -= TAG;
    into.length[i]! += TAG;
    into.ticket[i]! += TAG;
  }

  #prepareFrame(from: PacketBatch, i: number): void {
    const a = this.#arena;
    const memory = from.region[i] === 0 ? from.bytes : this.#regions[from.region[i]!];
    if (memory === undefined) throw new Error(`region ${from.region[i]} was not lent to this link`);
    const base = a.hold(memory.buffer) + memory.byteOffset;
    a.setPointer(this.#vectors + IOVEC.base, base + from.offset[i]!);
    a.setPointer(this.#vectors + IOVEC.length, from.length[i]!);
    a.setPointer(this.#headers + MSGHDR.name, 0);
    a.words[(this.#headers + MSGHDR.nameLength) >> 2] = 0;
    a.setPointer(this.#headers + MSGHDR.control, 0);
    a.setPointer(this.#headers + MSGHDR.controlLength, 0);
  }
}
