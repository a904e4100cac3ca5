/**
 * One UDP socket of a link: opened, bound, and with every option it was asked for.
 * @module
 */
import { AddressTable, Family } from "../lib/base/address.ts";
import { checked, closeDescriptor, cString, libc } from "./libc.ts";
import { Af, Ip, IP_MREQN, Ipv6, IPV6_MREQ, So, Sock, Sol, Udp } from "./layout.ts";
import {
  addressFamily,
  type EthernetBinding,
  isMulticast,
  readSockaddr,
  writeSockaddr,
} from "./sockaddr.ts";
import { enableStamps, type StampMode } from "./timestamping.ts";

/** A multicast group and the interface to hear it on. */
export interface Membership {
  /** An IPv4 or IPv6 literal. */
  readonly group: string;
  /** 0: the kernel chooses by its routes. */
  readonly interfaceIndex: number;
}

/** How a socket is made; what is left out keeps the kernel's default. */
export interface UdpSocketOptions {
  /** Literal to bind to, `0.0.0.0` if left out. Its family is the socket's. */
  readonly address?: string;
  /** Port to bind to; 0 or left out: any free one. */
  readonly port?: number;
  /** Lets several sockets have the same port (SO_REUSEADDR). */
  readonly reuse?: boolean;
  /** Lets several sockets share the port's unicast load (SO_REUSEPORT). */
  readonly reusePort?: boolean;
  /** Name of the only interface to use (SO_BINDTODEVICE). */
  readonly device?: string;
  /** Connects to one peer, which handle 0 then means; others are not heard. */
  readonly connect?: { readonly address: string; readonly port: number };
  readonly join?: readonly Membership[];
  /** Index of the interface multicasts leave by. */
  readonly multicastInterface?: number;
  /** Whether this host hears its own multicasts; false if left out. */
  readonly multicastLoop?: boolean;
  readonly multicastTtl?: number;
  readonly ttl?: number;
  /** TOS octet (DSCP in its upper six bits) of packets whose `traffic` is 0. */
  readonly traffic?: number;
  /** Octets; beyond the system's limit only with CAP_NET_ADMIN. */
  readonly receiveBuffer?: number;
  readonly sendBuffer?: number;
  /** An IPv6 socket on `::` that takes IPv4 too, as ::ffff:a.b.c.d. */
  readonly dualStack?: boolean;
  /** Joins equal datagrams of a flow into one slot (UDP_GRO); not for PTP event sockets. */
  readonly gro?: boolean;
  /** "none" if left out. */
  readonly stamps?: StampMode;
}

/** An open socket. */
export interface UdpSocket {
  readonly fd: number;
  readonly isIpv6: boolean;
  /** The bound address as text, for errors and reports. */
  readonly name: string;
  /** The port bound to. */
  readonly port: number;
  readonly isConnected: boolean;
  readonly stamps: StampMode;
  /** Set for an AF_PACKET socket, whose peers are stations. */
  readonly ethernet?: EthernetBinding;
}

/**
 * Opens a socket.
 * @throws OsError; nothing stays open then.
 */
export function openUdpSocket(options: UdpSocketOptions): UdpSocket {
  const table = new AddressTable(16);
  const literal = options.address ?? "0.0.0.0";
  const handle = table.internText(literal, options.port ?? 0);
  const family = addressFamily(table.family(handle));
  if (family === 0) throw new Error(`${literal}: not an IPv4 or IPv6 address`);
  const subject = table.text(handle);
  const type = Sock.Dgram | Sock.NonBlock | Sock.CloseOnExec;
  const fd = checked("socket", subject, libc().socket(family, type, 0));
  try {
    setPlainOptions(fd, options, family === Af.Inet6, subject);
    const address = new Uint8Array(32);
    const length = writeSockaddr(table, handle, address, 0);
    checked("bind", subject, libc().bind(fd, address, length));
    setMulticastOptions(fd, options, family === Af.Inet6);
    if (options.connect !== undefined) connectTo(fd, options.connect);
    enableStamps(fd, options.stamps ?? "none", subject);
    const bound = boundAddress(fd, table, subject);
    return {
      fd,
      isIpv6: family === Af.Inet6,
      name: table.text(bound),
      port: table.port(bound),
      isConnected: options.connect !== undefined,
      stamps: options.stamps ?? "none",
    };
  } catch (error) {
    closeDescriptor(fd);
    throw error;
  }
}

/** Sets an option whose value is an int. */
export function setIntOption(
  fd: number,
  level: number,
  option: number,
  value: number,
  name: string,
): void {
  const bytes = new Uint8Array(new Int32Array([value]).buffer);
  checked(name, "", libc().setsockopt(fd, level, option, bytes, 4));
}

function setPlainOptions(
  fd: number,
  options: UdpSocketOptions,
  isIpv6: boolean,
  subject: string,
): void {
  const set = (level: number, option: number, value: number | undefined, name: string) => {
    if (value !== undefined) setIntOption(fd, level, option, value, name);
  };
  const c = libc();
  if (options.reuse === true) set(Sol.Socket, So.ReuseAddress, 1, "SO_REUSEADDR");
  if (options.reusePort === true) set(Sol.Socket, So.ReusePort, 1, "SO_REUSEPORT");
  set(Sol.Socket, So.ReceiveQueueOverflow, 1, "SO_RXQ_OVFL");
  if (options.device !== undefined) {
    const device = cString(options.device);
    checked(
      "SO_BINDTODEVICE",
      options.device,
      c.setsockopt(fd, Sol.Socket, So.BindToDevice, device, device.length),
    );
  }
  setBuffer(fd, options.receiveBuffer, So.ReceiveBuffer, So.ReceiveBufferForce);
  setBuffer(fd, options.sendBuffer, So.SendBuffer, So.SendBufferForce);
  if (options.gro === true) set(Sol.Udp, Udp.Gro, 1, "UDP_GRO");
  if (isIpv6) {
    set(Sol.Ipv6, Ipv6.OnlyV6, options.dualStack === true ? 0 : 1, "IPV6_V6ONLY");
    set(Sol.Ipv6, Ipv6.ReceiveError, 1, "IPV6_RECVERR");
    set(Sol.Ipv6, Ipv6.ReceivePacketInfo, 1, "IPV6_RECVPKTINFO");
    set(Sol.Ipv6, Ipv6.ReceiveTrafficClass, 1, "IPV6_RECVTCLASS");
    set(Sol.Ipv6, Ipv6.UnicastHops, options.ttl, "IPV6_UNICAST_HOPS");
    set(Sol.Ipv6, Ipv6.TrafficClass, options.traffic, "IPV6_TCLASS");
    return;
  }
  set(Sol.Ip, Ip.ReceiveError, 1, "IP_RECVERR");
  set(Sol.Ip, Ip.PacketInfo, 1, "IP_PKTINFO");
  set(Sol.Ip, Ip.ReceiveTos, 1, "IP_RECVTOS");
  set(Sol.Ip, Ip.Ttl, options.ttl, `IP_TTL ${subject}`);
  set(Sol.Ip, Ip.Tos, options.traffic, "IP_TOS");
}

/** Sets a buffer's size: beyond the limit if allowed, else up to it, as the kernel caps silently. */
export function setBuffer(
  fd: number,
  octets: number | undefined,
  option: number,
  forced: number,
): void {
  if (octets === undefined) return;
  const bytes = new Uint8Array(new Int32Array([octets]).buffer);
  const c = libc();
  if (c.setsockopt(fd, Sol.Socket, forced, bytes, 4) < 0) {
    checked("SO_RCVBUF or SO_SNDBUF", "", c.setsockopt(fd, Sol.Socket, option, bytes, 4));
  }
}

function setMulticastOptions(fd: number, options: UdpSocketOptions, isIpv6: boolean): void {
  const loop = options.multicastLoop === true ? 1 : 0;
  if (isIpv6) {
    setIntOption(fd, Sol.Ipv6, Ipv6.MulticastLoop, loop, "IPV6_MULTICAST_LOOP");
    setIntOption(fd, Sol.Ipv6, Ipv6.MulticastAll, 0, "IPV6_MULTICAST_ALL");
    if (options.multicastTtl !== undefined) {
      setIntOption(fd, Sol.Ipv6, Ipv6.MulticastHops, options.multicastTtl, "IPV6_MULTICAST_HOPS");
    }
    if (options.multicastInterface !== undefined) {
      const index = options.multicastInterface;
      setIntOption(fd, Sol.Ipv6, Ipv6.MulticastInterface, index, "IPV6_MULTICAST_IF");
    }
  } else {
    setIntOption(fd, Sol.Ip, Ip.MulticastLoop, loop, "IP_MULTICAST_LOOP");
    setIntOption(fd, Sol.Ip, Ip.MulticastAll, 0, "IP_MULTICAST_ALL");
    if (options.multicastTtl !== undefined) {
      setIntOption(fd, Sol.Ip, Ip.MulticastTtl, options.multicastTtl, "IP_MULTICAST_TTL");
    }
    if (options.multicastInterface !== undefined) {
      const request = new Uint8Array(IP_MREQN.size);
      new DataView(request.buffer).setInt32(IP_MREQN.ifindex, options.multicastInterface, true);
      checked(
        "IP_MULTICAST_IF",
        `interface ${options.multicastInterface}`,
        libc().setsockopt(fd, Sol.Ip, Ip.MulticastInterface, request, request.length),
      );
    }
  }
  for (const membership of options.join ?? []) join(fd, membership);
}

/** Joins a group. */
export function join(fd: number, membership: Membership): void {
  const table = new AddressTable(16);
  const handle = table.internText(membership.group, 0);
  const octets = new Uint8Array(16);
  table.copyOctets(handle, octets, 0);
  const family = table.family(handle);
  if (handle === 0 || !isMulticast(family, octets)) {
    throw new Error(`${membership.group}: not a multicast group`);
  }
  const isIpv6 = family === Family.Ipv6;
  const request = new Uint8Array(isIpv6 ? IPV6_MREQ.size : IP_MREQN.size);
  request.set(octets.subarray(0, family), 0);
  const at = isIpv6 ? IPV6_MREQ.ifindex : IP_MREQN.ifindex;
  new DataView(request.buffer).setInt32(at, membership.interfaceIndex, true);
  const level = isIpv6 ? Sol.Ipv6 : Sol.Ip;
  const option = isIpv6 ? Ipv6.AddMembership : Ip.AddMembership;
  checked(
    isIpv6 ? "IPV6_ADD_MEMBERSHIP" : "IP_ADD_MEMBERSHIP",
    `${membership.group} on interface ${membership.interfaceIndex}`,
    libc().setsockopt(fd, level, option, request, request.length),
  );
}

function connectTo(fd: number, peer: { readonly address: string; readonly port: number }): void {
  const table = new AddressTable(16);
  const handle = table.internText(peer.address, peer.port);
  const address = new Uint8Array(32);
  const length = writeSockaddr(table, handle, address, 0);
  if (length === 0) throw new Error(`${peer.address}: not an IPv4 or IPv6 address`);
  checked("connect", table.text(handle), libc().connect(fd, address, length));
}

function boundAddress(fd: number, table: AddressTable, subject: string): number {
  const address = new Uint8Array(32);
  const length = new Uint8Array(new Uint32Array([32]).buffer);
  checked("getsockname", subject, libc().getsockname(fd, address, length));
  return readSockaddr(table, address, 0);
}

/** True where this kernel takes UDP_SEGMENT. */
export function hasSegmentation(fd: number): boolean {
  return libc().setsockopt(fd, Sol.Udp, Udp.Segment, new Uint8Array(4), 4) === 0;
}
