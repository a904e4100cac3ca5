/**
 * One EtherType of one interface as a {@linkcode Link}: PTP over IEEE 802.3 (IEEE 1588-2019 Annex E).
 *
 * ```ts
 * const link = EthernetLink.open({
 *   interface: "eth0", etherType: 0x88f7, join: ["01:1b:19:00:00:00"], stamps: "software",
 * });
 * ```
 *
 * A slot holds what follows the EtherType; the kernel makes and takes off the Ethernet header.
 * `peer` is a station (a MAC handle in {@linkcode EthernetLink.addresses}): in, the sender; out, the
 * destination. All channels leave by the one socket, and everything arrives on channel 0. `local`
 * and `traffic` are not used. A `ticket` other than 0 asks for a transmit stamp.
 *
 * When the interface goes down, one `LinkError` slot says so: `length` is ENETDOWN (100).
 * @module
 */
import { AddressTable, Family, parseAddress } from "../lib/base/address.ts";
import type { PacketBatch } from "../lib/base/batch.ts";
import type { Link } from "../lib/base/link.ts";
import { SystemClock } from "./clock.ts";
import { Af, HardwareType, PACKET_MREQ, PacketMembership, PacketOption } from "./layout.ts";
import { So, Sock, SOCKADDR_LL, Sol } from "./layout.ts";
import { checked, closeDescriptor, libc } from "./libc.ts";
import { interfaceByName, type NetInterface } from "./netif.ts";
import type { Pollable } from "./pollable.ts";
import { awaitKernelStamps } from "./stamp_start.ts";
import {
  type Converters,
  enableStamps,
  StampConverter,
  type StampMode,
  type SteppedClock,
  TicketRing,
} from "./timestamping.ts";
import { UdpCounters } from "./udp_counters.ts";
import { UdpReceiver } from "./udp_receive.ts";
import { UdpSender } from "./udp_send.ts";
import { setBuffer, setIntOption, type UdpSocket } from "./udp_socket.ts";

const MAX_REGIONS = 255;

/** How a link is made. */
export interface EthernetOptions {
  /** Name of the interface: Ethernet or loopback. */
  readonly interface: string;
  readonly etherType: number;
  /** Group addresses to hear besides the interface's own. */
  readonly join?: readonly string[];
  /** "none" if left out. */
  readonly stamps?: StampMode;
  /** A table to share with other links; a fresh one if left out. */
  readonly addresses?: AddressTable;
  /** The PHC of the interface: what hardware stamps are converted by. */
  readonly hardwareClock?: SteppedClock;
  /** SO_PRIORITY, which a VLAN device's egress map makes a PCP of. */
  readonly priority?: number;
  readonly receiveBuffer?: number;
}

/** See the module. */
export class EthernetLink implements Link, Pollable {
  readonly mtu: number;
  readonly maxSegments = 1;
  readonly addresses: AddressTable;
  readonly counters = new UdpCounters();
  readonly device: NetInterface;
  readonly #fds: number[] = [];
  readonly #regions: (Uint8Array<ArrayBuffer> | undefined)[] = [undefined];
  readonly #converters: Converters;
  readonly #tickets = new TicketRing();
  readonly #receiver: UdpReceiver;
  readonly #sender: UdpSender;
  #isClosed = false;

  private constructor(socket: UdpSocket, device: NetInterface, options: EthernetOptions) {
    const clock = options.hardwareClock;
    this.device = device;
    this.mtu = device.mtu;
    this.addresses = options.addresses ?? new AddressTable();
    this.#fds.push(socket.fd);
    this.#converters = {
      software: new StampConverter(new SystemClock()),
      hardware: clock === undefined ? undefined : new StampConverter(clock),
    };
    const shared = {
      addresses: this.addresses,
      counters: this.counters,
      converters: this.#converters,
      tickets: this.#tickets,
      channel: 0,
    };
    this.#receiver = new UdpReceiver(socket, shared);
    this.#sender = new UdpSender(socket, shared, this.#regions, false);
  }

  /**
   * Opens the socket; it hears nothing before its groups are joined.
   * @throws OsError: EPERM names CAP_NET_RAW, ENODEV an interface that is not there.
   */
  static open(options: EthernetOptions): EthernetLink {
    const device = interfaceByName(options.interface);
    const { hardwareType, name } = device;
    if (hardwareType !== HardwareType.Ethernet && hardwareType !== HardwareType.Loopback) {
      throw new Error(`${name}: not an Ethernet interface`);
    }
    const socket = openSocket(device, options);
    if ((options.stamps ?? "none") !== "none") awaitKernelStamps();
    return new EthernetLink(socket, device, options);
  }

  lend(region: Uint8Array<ArrayBuffer>): number {
    if (this.#regions.length > MAX_REGIONS) throw new Error("255 regions are lent already");
    return this.#regions.push(region) - 1;
  }

  receive(into: PacketBatch): number {
    return this.#receiver.receive(into);
  }

  send(from: PacketBatch, first: number): number {
    return this.#sender.send(from, first, from.count);
  }

  fds(): readonly number[] {
    return this.#fds;
  }

  isBlocked(_k: number): boolean {
    return this.#sender.isBlocked;
  }

  /** Stamps refused because CLOCK_REALTIME or the PHC was stepped around them. */
  get refusedStamps(): number {
    return this.#converters.software.refused + (this.#converters.hardware?.refused ?? 0);
  }

  /** Tickets whose transmit stamp never came. */
  get lostStamps(): number {
    return this.#tickets.lost;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const fd of this.#fds) closeDescriptor(fd);
    this.#fds.length = 0;
    this.#receiver.close();
    this.#sender.close();
    this.#regions.length = 1;
  }
}

function openSocket(device: NetInterface, options: EthernetOptions): UdpSocket {
  const { etherType, stamps = "none" } = options;
  const { name, index } = device;
  const subject = `${name} EtherType 0x${etherType.toString(16).padStart(4, "0")}`;
  const type = Sock.Dgram | Sock.NonBlock | Sock.CloseOnExec;
  // Protocol 0 hears nothing: the bind below is what opens its ears, after the groups are joined.
  const fd = checked("socket AF_PACKET", subject, libc().socket(Af.Packet, type, 0));
  try {
    setIntOption(fd, Sol.Socket, So.ReceiveQueueOverflow, 1, "SO_RXQ_OVFL");
    setBuffer(fd, options.receiveBuffer, So.ReceiveBuffer, So.ReceiveBufferForce);
    if (options.priority !== undefined) {
      setIntOption(fd, Sol.Socket, So.Priority, options.priority, "SO_PRIORITY");
    }
    enableStamps(fd, stamps, subject);
    for (const group of options.join ?? []) joinGroup(fd, device, group);
    const address = new Uint8Array(SOCKADDR_LL.size);
    const view = new DataView(address.buffer);
    view.setUint16(SOCKADDR_LL.family, Af.Packet, true);
    view.setUint16(SOCKADDR_LL.protocol, etherType, false);
    view.setInt32(SOCKADDR_LL.ifindex, index, true);
    checked("bind", subject, libc().bind(fd, address, address.length));
  } catch (error) {
    closeDescriptor(fd);
    throw error;
  }
  const ethernet = { interfaceIndex: index, etherType };
  return { fd, isIpv6: false, name: subject, port: 0, isConnected: false, stamps, ethernet };
}

function joinGroup(fd: number, device: NetInterface, group: string): void {
  const request = new Uint8Array(PACKET_MREQ.size);
  const view = new DataView(request.buffer);
  const octets = new Uint8Array(16);
  if (parseAddress(group, octets) !== Family.Mac || (octets[0]! & 1) === 0) {
    throw new Error(`${group}: not an Ethernet group address`);
  }
  view.setInt32(PACKET_MREQ.ifindex, device.index, true);
  view.setUint16(PACKET_MREQ.type, PacketMembership.Multicast, true);
  view.setUint16(PACKET_MREQ.length, 6, true);
  request.set(octets.subarray(0, 6), PACKET_MREQ.address);
  checked(
    "PACKET_ADD_MEMBERSHIP",
    `${group} on ${device.name}`,
    libc().setsockopt(fd, Sol.Packet, PacketOption.AddMembership, request, request.length),
  );
}
