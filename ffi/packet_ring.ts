/**
 * AF_PACKET through a memory-mapped ring (TPACKET_V3): frames are read where the kernel put them,
 * a fraction of the cost of recvmmsg per frame.
 *
 * Slots point into {@linkcode PacketRing.memory}: `region` is {@linkcode PacketRing.region}, and the
 * octets are unchanged until the next `receive` that starts a new block, which gives the old ones
 * back to the kernel. Columns are those of `packet_socket.ts`. After `close` the memory is gone:
 * whoever has kept the array would read unmapped pages.
 * @module
 */
import { AddressTable } from "../lib/base/address.ts";
import { type PacketBatch, StampSource } from "../lib/base/batch.ts";
import type { Link } from "../lib/base/link.ts";
import { SystemClock } from "./clock.ts";
import { OsError } from "./errno.ts";
import { canHoldTag, restoreTag, SLL2, TAG, writeSll2 } from "./frame_repair.ts";
import {
  Mmap,
  PacketOption,
  SOCKADDR_LL,
  Sol,
  TPACKET3,
  TPACKET_BLOCK,
  TPACKET_REQ3,
  TPACKET_STATS,
  TpStatus,
} from "./layout.ts";
import { checked, closeDescriptor, errno, type Libc, libc } from "./libc.ts";
import type { NetInterface } from "./netif.ts";
import {
  hasEthernet,
  openPacketSocket,
  PacketLinkType,
  type PacketOptions,
  type PacketStatistics,
} from "./packet_open.ts";
import type { Pollable } from "./pollable.ts";
import { setIntOption } from "./udp_socket.ts";
import { StampConverter } from "./timestamping.ts";

const TPACKET_V3 = 2;
const BLOCK_SIZE = 1 << 20;
/** The kernel wants one although frames of version 3 are packed. */
const FRAME_SIZE = 2048;
const RETIRE_MILLIS = 20;
const DEFAULT_BLOCKS = 64;
/** Where the kernel has put the frame's sockaddr_ll: behind the aligned header. */
const LL_AT = TPACKET3.size;
const STATUS_KERNEL = 0;

/** How a ring is made. */
export interface RingOptions extends PacketOptions {
  /** Blocks of 1 MiB; 64 if left out. */
  readonly blocks?: number;
  /** Longest a frame waits in a block that does not fill; 20 ms if left out. */
  readonly retireMillis?: number;
}

/** See the module. Only receives. */
export class PacketRing implements Link, Pollable {
  readonly mtu = 0;
  readonly maxSegments = 1;
  readonly addresses = new AddressTable(16);
  readonly device: NetInterface | undefined;
  /** A {@linkcode PacketLinkType}. */
  readonly linkType: number;
  /** The ring, all blocks one behind the other. */
  readonly memory: Uint8Array<ArrayBuffer>;
  /** A view of {@linkcode memory}. */
  readonly view: DataView<ArrayBuffer>;
  /** What the `region` column holds for slots of this link. */
  readonly region = 1;
  readonly #c: Libc = libc();
  readonly #fd: number;
  readonly #fds: readonly number[];
  readonly #pointer: Deno.PointerObject;
  readonly #words: Int32Array<ArrayBuffer>;
  readonly #blocks: number;
  readonly #isCooked: boolean;
  readonly #snapLength: number;
  readonly #converter: StampConverter;
  readonly #tag = { tpid: 0, tci: 0 };
  /** The block being read, and the first whose frames the last batch may still point into. */
  #block = 0;
  #lent = 0;
  #lentCount = 0;
  /** Frames of the present block not yet given out, and where the next one is; 0: block not begun. */
  #left = 0;
  #next = 0;
  #packets = 0;
  #drops = 0;
  /** Times the ring was full and reception stood still. */
  #freezes = 0;
  #isClosed = false;

  private constructor(
    fd: number,
    device: NetInterface | undefined,
    pointer: Deno.PointerObject,
    options: RingOptions,
  ) {
    this.#fd = fd;
    this.#fds = [fd];
    this.device = device;
    this.#pointer = pointer;
    this.#blocks = options.blocks ?? DEFAULT_BLOCKS;
    const buffer = Deno.UnsafePointerView.getArrayBuffer(pointer, this.#blocks * BLOCK_SIZE);
    this.memory = new Uint8Array(buffer);
    this.view = new DataView(buffer);
    this.#words = new Int32Array(buffer);
    this.#isCooked = !hasEthernet(device);
    this.linkType = this.#isCooked ? PacketLinkType.LinuxSll2 : PacketLinkType.Ethernet;
    this.#snapLength = options.snapLength ?? Infinity;
    this.#converter = new StampConverter(new SystemClock());
  }

  /** Opens the socket and maps the ring. @throws OsError; nothing stays open or mapped then. */
  static open(options: RingOptions): PacketRing {
    const size = BigInt((options.blocks ?? DEFAULT_BLOCKS) * BLOCK_SIZE);
    const { fd, device } = openPacketSocket(options, (fd) => requestRing(fd, options));
    let pointer: Deno.PointerValue = null;
    try {
      pointer = mapRing(fd, size);
      return new PacketRing(fd, device, pointer, options);
    } catch (error) {
      if (pointer !== null) libc().munmap(pointer, size);
      closeDescriptor(fd);
      throw error;
    }
  }

  lend(_region: Uint8Array<ArrayBuffer>): number {
    throw new Error("a ring only receives");
  }

  receive(into: PacketBatch): number {
    const before = into.count;
    this.#giveBack();
    while (into.count < into.capacity) {
      if (this.#left === 0 && !this.#beginBlock()) break;
      while (this.#left > 0 && into.count < into.capacity) this.#append(into);
      if (this.#left === 0) this.#finishBlock();
    }
    return into.count - before;
  }

  /** Takes nothing: a ring only receives. */
  send(_from: PacketBatch, _first: number): number {
    throw new Error("a ring only receives");
  }

  /** What the kernel has counted since the socket was opened. */
  statistics(): PacketStatistics & { readonly freezes: number } {
    if (!this.#isClosed) {
      const counts = new Uint32Array(TPACKET_STATS.sizeV3 / 4);
      const length = new Uint8Array(new Uint32Array([TPACKET_STATS.sizeV3]).buffer);
      const bytes = new Uint8Array(counts.buffer);
      checked(
        "PACKET_STATISTICS",
        this.device?.name ?? "any",
        this.#c.getsockopt(this.#fd, Sol.Packet, PacketOption.Statistics, bytes, length),
      );
      this.#packets += counts[0]!; // the kernel starts anew at each reading
      this.#drops += counts[1]!;
      this.#freezes += counts[2]!;
    }
    return { packets: this.#packets, drops: this.#drops, freezes: this.#freezes };
  }

  fds(): readonly number[] {
    return this.#fds;
  }

  isBlocked(_k: number): boolean {
    return false;
  }

  close(): void {
    if (this.#isClosed) return;
    try {
      this.statistics();
    } finally {
      this.#isClosed = true;
      this.#c.munmap(this.#pointer, BigInt(this.#blocks * BLOCK_SIZE));
      closeDescriptor(this.#fd);
    }
  }

  /** Starts on the present block where the kernel has handed it over. */
  #beginBlock(): boolean {
    const start = this.#block * BLOCK_SIZE;
    const status = Atomics.load(this.#words, (start + TPACKET_BLOCK.status) >> 2);
    if (this.#lentCount === this.#blocks || (status & TpStatus.User) === 0) return false;
    this.#left = this.#words[(start + TPACKET_BLOCK.packets) >> 2]!;
    this.#next = start + this.#words[(start + TPACKET_BLOCK.first) >> 2]!;
    this.#converter.begin();
    return true;
  }

  /** The block's frames are all given out; the batch still points into it. */
  #finishBlock(): void {
    this.#block = (this.#block + 1) % this.#blocks;
    this.#lentCount++;
  }

  /** Hands finished blocks back to the kernel. */
  #giveBack(): void {
    while (this.#lentCount > 0) {
      const status = (this.#lent * BLOCK_SIZE + TPACKET_BLOCK.status) >> 2;
      Atomics.store(this.#words, status, STATUS_KERNEL);
      this.#lent = (this.#lent + 1) % this.#blocks;
      this.#lentCount--;
    }
  }

  #append(into: PacketBatch): void {
    const words = this.#words;
    const o = this.#next;
    const w = o >> 2;
    this.#left--;
    this.#next = o + words[w + (TPACKET3.next >> 2)]!;
    const i = into.open();
    const captured = words[w + (TPACKET3.snapLength >> 2)]!;
    const seconds = words[w + (TPACKET3.seconds >> 2)]! >>> 0;
    const nanos = words[w + (TPACKET3.nanos >> 2)]!;
    into.region[i] = this.region;
    into.length[i] = Math.min(captured, this.#snapLength);
    into.ticket[i] = words[w + (TPACKET3.length >> 2)]!;
    into.traffic[i] = this.memory[o + LL_AT + SOCKADDR_LL.pkttype]!;
    into.stampSeconds[i] = seconds;
    into.stampNanos[i] = nanos;
    into.stampSource[i] = StampSource.Software;
    into.stampInstant[i] = this.#converter.convert(seconds, nanos);
    if (this.#isCooked) {
      into.offset[i] = o + this.view.getUint16(o + TPACKET3.net, true) - SLL2;
      writeSll2(this.view, into.offset[i]!, this.view, o + LL_AT);
      into.length[i]! += SLL2;
      into.ticket[i]! += SLL2;
    } else {
      into.offset[i] = o + this.view.getUint16(o + TPACKET3.mac, true);
    }
    const status = words[w + (TPACKET3.status >> 2)]!;
    if ((status & TpStatus.VlanValid) !== 0) this.#restoreTag(into, i, o, status);
  }

  #restoreTag(into: PacketBatch, i: number, o: number, status: number): void {
    if (!canHoldTag(into.length[i]!, this.#isCooked)) return;
    const hasTpid = (status & TpStatus.VlanTpidValid) !== 0;
    this.#tag.tpid = hasTpid ? this.view.getUint16(o + TPACKET3.vlanTpid, true) : 0;
    this.#tag.tci = this.view.getUint16(o + TPACKET3.vlanTci, true);
    restoreTag(this.view, this.memory, into.offset[i]!, this.#tag, this.#isCooked);
    into.offset[i]! -= TAG;
    into.length[i]! += TAG;
    into.ticket[i]! += TAG;
  }
}

function requestRing(fd: number, options: RingOptions): void {
  const blocks = options.blocks ?? DEFAULT_BLOCKS;
  setIntOption(fd, Sol.Packet, PacketOption.Version, TPACKET_V3, "PACKET_VERSION");
  const request = new Uint8Array(TPACKET_REQ3.size);
  const view = new DataView(request.buffer);
  view.setUint32(TPACKET_REQ3.blockSize, BLOCK_SIZE, true);
  view.setUint32(TPACKET_REQ3.blockCount, blocks, true);
  view.setUint32(TPACKET_REQ3.frameSize, FRAME_SIZE, true);
  view.setUint32(TPACKET_REQ3.frameCount, blocks * (BLOCK_SIZE / FRAME_SIZE), true);
  view.setUint32(TPACKET_REQ3.retireMillis, options.retireMillis ?? RETIRE_MILLIS, true);
  checked(
    "PACKET_RX_RING",
    `${blocks} MiB`,
    libc().setsockopt(fd, Sol.Packet, PacketOption.ReceiveRing, request, request.length),
  );
}

function mapRing(fd: number, size: bigint): Deno.PointerObject {
  const protection = Mmap.Read | Mmap.Write;
  const pointer = libc().mmap(null, size, protection, Mmap.Shared | Mmap.Populate, fd, 0n);
  const why = errno();
  if (pointer === null || Deno.UnsafePointer.value(pointer) === 0xffff_ffff_ffff_ffffn) {
    throw new OsError("mmap", why, `${size} octets of packet ring`);
  }
  return pointer;
}
