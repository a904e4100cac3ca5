/**
 * What the packet socket and the packet ring have in common: options, opening, filter.
 * @module
 */
import { Arena } from "./arena.ts";
import {
  Af,
  ETH_P_ALL,
  HardwareType,
  PACKET_MREQ,
  PacketMembership,
  PacketOption,
  So,
  Sock,
  SOCK_FILTER,
  SOCK_FPROG,
  SOCKADDR_LL,
  Sol,
} from "./layout.ts";
import { checked, closeDescriptor, libc } from "./libc.ts";
import { interfaceByName, type NetInterface } from "./netif.ts";
import { awaitKernelStamps } from "./stamp_start.ts";
import { enableStamps } from "./timestamping.ts";
import { setBuffer, setIntOption } from "./udp_socket.ts";

/** `ret #0`: takes nothing. */
export const DROP_ALL = new Uint8Array([6, 0, 0, 0, 0, 0, 0, 0]);

/** Link-layer types of pcap files that this link gives. */
export const PacketLinkType = { Ethernet: 1, LinuxSll2: 276 } as const;

/** How a packet socket is made. */
export interface PacketOptions {
  /** Name of the interface; left out: all of them. */
  readonly interface?: string;
  /** Asks the card for frames to other stations too; false if left out. */
  readonly promiscuous?: boolean;
  /** A classic BPF program (`sock_filter` octets, 8 each); attached before the first frame. */
  readonly filter?: Uint8Array<ArrayBuffer>;
  /** Octets kept of a frame; the slot's room if left out. */
  readonly snapLength?: number;
  /** Octets of the socket's buffer; 4 MiB if left out. */
  readonly receiveBuffer?: number;
}

/** Frames the kernel has counted since the socket was opened. */
export interface PacketStatistics {
  /** That passed the filter, dropped ones included. */
  readonly packets: number;
  /** That found the buffer full. */
  readonly drops: number;
}

/**
 * Opens and binds an AF_PACKET socket; the first frame it gives arrived after filter and membership
 * were set.
 * @param beforeBind Sets up a ring.
 * @throws OsError; nothing stays open then.
 */
export function openPacketSocket(
  options: PacketOptions,
  beforeBind: (fd: number) => void,
): { readonly fd: number; readonly device: NetInterface | undefined } {
  const device = options.interface === undefined ? undefined : interfaceByName(options.interface);
  const subject = device?.name ?? "any";
  const type = (hasEthernet(device) ? Sock.Raw : Sock.Dgram) | Sock.NonBlock | Sock.CloseOnExec;
  const fd = checked("socket AF_PACKET", subject, libc().socket(Af.Packet, type, 0));
  try {
    setBuffer(fd, options.receiveBuffer ?? 1 << 22, So.ReceiveBuffer, So.ReceiveBufferForce);
    setIntOption(fd, Sol.Packet, PacketOption.AuxData, 1, "PACKET_AUXDATA");
    enableStamps(fd, "software", subject);
    awaitKernelStamps();
    if (options.filter !== undefined) attachFilter(fd, options.filter);
    if (options.promiscuous === true && device !== undefined) bePromiscuous(fd, device);
    beforeBind(fd);
    const address = new Uint8Array(SOCKADDR_LL.size);
    const view = new DataView(address.buffer);
    view.setUint16(SOCKADDR_LL.family, Af.Packet, true);
    view.setUint16(SOCKADDR_LL.protocol, ETH_P_ALL, false);
    view.setInt32(SOCKADDR_LL.ifindex, device?.index ?? 0, true);
    checked("bind", subject, libc().bind(fd, address, address.length));
    return { fd, device };
  } catch (error) {
    closeDescriptor(fd);
    throw error;
  }
}

/** Attaches a classic BPF program (`sock_filter` octets). @throws OsError EINVAL where it is none. */
export function attachFilter(fd: number, program: Uint8Array<ArrayBuffer>): void {
  const count = program.length / SOCK_FILTER.size;
  const arena = new Arena(SOCK_FPROG.size + program.length + 32);
  try {
    const head = arena.reserve(SOCK_FPROG.size);
    const body = arena.reserve(program.length);
    arena.bytes.set(program, body);
    arena.view.setUint16(head + SOCK_FPROG.length, count, true);
    arena.link(head + SOCK_FPROG.filter, body);
    const request = arena.bytes.subarray(head, head + SOCK_FPROG.size);
    checked(
      "SO_ATTACH_FILTER",
      `${count} instructions`,
      libc().setsockopt(fd, Sol.Socket, So.AttachFilter, request, request.length),
    );
  } finally {
    arena.close();
  }
}

function bePromiscuous(fd: number, device: NetInterface): void {
  const request = new Uint8Array(PACKET_MREQ.size);
  const view = new DataView(request.buffer);
  view.setInt32(PACKET_MREQ.ifindex, device.index, true);
  view.setUint16(PACKET_MREQ.type, PacketMembership.Promiscuous, true);
  checked(
    "PACKET_ADD_MEMBERSHIP",
    device.name,
    libc().setsockopt(fd, Sol.Packet, PacketOption.AddMembership, request, request.length),
  );
}

/** True for Ethernet and loopback, whose frames begin with MAC addresses. */
export function hasEthernet(device: NetInterface | undefined): boolean {
  return device?.hardwareType === HardwareType.Ethernet ||
    device?.hardwareType === HardwareType.Loopback;
}
