/**
 * Network interfaces: names, addresses, state, and what their time stamping can do.
 * @module
 */
import { Family, formatAddress } from "../lib/base/address.ts";
import { Arena } from "./arena.ts";
import { Errno, OsError } from "./errno.ts";
import {
  Af,
  ETHTOOL_GET_TS_INFO,
  HWTSTAMP_CONFIG,
  IFADDRS,
  Iff,
  IFREQ,
  Ioctl,
  Sock,
  SOCKADDR_IN,
  SOCKADDR_IN6,
  SOCKADDR_LL,
  Stamping,
  TS_INFO,
} from "./layout.ts";
import { checked, closeDescriptor, libc } from "./libc.ts";

const NAME_LENGTH = 15;

/** An IPv4 or IPv6 address of an interface. */
export interface InterfaceAddress {
  readonly family: Family;
  /** The literal, without a scope. */
  readonly text: string;
  readonly prefixLength: number;
}

/** One interface as it is now. */
export interface NetInterface {
  readonly name: string;
  readonly index: number;
  /** `02:00:5e:00:53:01`; "" where it has none. */
  readonly mac: string;
  /** ARPHRD_*: 1 Ethernet, 772 loopback, 65534 none (tun). */
  readonly hardwareType: number;
  readonly flags: number;
  readonly isUp: boolean;
  /** Up and with a carrier. */
  readonly isRunning: boolean;
  readonly isLoopback: boolean;
  readonly hasMulticast: boolean;
  readonly mtu: number;
  readonly addresses: readonly InterfaceAddress[];
}

/** What a driver offers (ethtool -T). */
export interface StampingAbility {
  readonly transmitSoftware: boolean;
  readonly receiveSoftware: boolean;
  readonly transmitHardware: boolean;
  readonly receiveHardware: boolean;
  /** n of /dev/ptpN; -1: none. */
  readonly phcIndex: number;
  /** Bits by HWTSTAMP_TX_*: 1 on, 2 one-step Sync. */
  readonly txTypes: number;
  /** Bits by HWTSTAMP_FILTER_*. */
  readonly rxFilters: number;
}

/** All interfaces, by index. @throws OsError */
export function interfaces(): NetInterface[] {
  const c = libc();
  const head = new Uint8Array(8);
  checked("getifaddrs", "", c.getifaddrs(head));
  const first = pointerIn(new DataView(head.buffer), 0);
  const found = new Map<string, Draft>();
  try {
    for (let p = first; p !== null;) p = readEntry(p, found);
  } finally {
    c.freeifaddrs(first);
  }
  const drafts = [...found.values()].filter((d) => d.index > 0);
  return drafts.sort((a, b) => a.index - b.index).map(finish);
}

/** The interface with this name. @throws OsError ENODEV, naming those there are. */
export function interfaceByName(name: string): NetInterface {
  const all = interfaces();
  const found = all.find((one) => one.name === name);
  if (found !== undefined) return found;
  const names = all.map((one) => one.name).join(", ");
  throw new OsError("interface", Errno.ENODEV, `${name} (there are: ${names})`);
}

/** The name of an index; "" where there is none. */
export function interfaceName(index: number): string {
  return interfaces().find((one) => one.index === index)?.name ?? "";
}

/** What time stamps the interface can give; none where the driver does not say. */
export function stampingAbility(name: string): StampingAbility {
  const arena = new Arena(IFREQ.size + TS_INFO.size + 32);
  try {
    const request = arena.reserve(IFREQ.size);
    const reply = arena.reserve(TS_INFO.size);
    arena.view.setUint32(reply + TS_INFO.command, ETHTOOL_GET_TS_INFO, true);
    ioctlByName(arena, request, reply, {
      name,
      request: Ioctl.Ethtool,
      call: "ETHTOOL_GET_TS_INFO",
    });
    return readAbility(arena.view, reply);
  } catch (error) {
    if (!(error instanceof OsError) || error.errno !== Errno.EOPNOTSUPP) throw error;
    return readAbility(new DataView(new ArrayBuffer(TS_INFO.size)), 0, -1);
  } finally {
    arena.close();
  }
}

/** Reads an `ethtool_ts_info` at `at`. */
export function readAbility(
  view: DataView,
  at: number,
  phcIndex = view.getInt32(at + TS_INFO.phcIndex, true),
): StampingAbility {
  const bits = view.getUint32(at + TS_INFO.stamping, true);
  const canReport = (bits & Stamping.Software) !== 0;
  const canReportHardware = (bits & Stamping.RawHardware) !== 0;
  return {
    transmitSoftware: canReport && (bits & Stamping.TxSoftware) !== 0,
    receiveSoftware: canReport && (bits & Stamping.RxSoftware) !== 0,
    transmitHardware: canReportHardware && (bits & Stamping.TxHardware) !== 0,
    receiveHardware: canReportHardware && (bits & Stamping.RxHardware) !== 0,
    phcIndex,
    txTypes: view.getUint32(at + TS_INFO.txTypes, true),
    rxFilters: view.getUint32(at + TS_INFO.rxFilters, true),
  };
}

/**
 * Switches the card's stamping (SIOCSHWTSTAMP).
 * @returns the receive filter the driver really set, at least what was asked for.
 * @throws OsError; needs CAP_NET_ADMIN.
 */
export function setHardwareStamping(name: string, txType: number, rxFilter: number): number {
  const arena = new Arena(IFREQ.size + HWTSTAMP_CONFIG.size + 32);
  try {
    const request = arena.reserve(IFREQ.size);
    const config = arena.reserve(HWTSTAMP_CONFIG.size);
    arena.view.setInt32(config + HWTSTAMP_CONFIG.txType, txType, true);
    arena.view.setInt32(config + HWTSTAMP_CONFIG.rxFilter, rxFilter, true);
    ioctlByName(arena, request, config, {
      name,
      request: Ioctl.SetHwTstamp,
      call: "SIOCSHWTSTAMP",
    });
    return arena.view.getInt32(config + HWTSTAMP_CONFIG.rxFilter, true);
  } finally {
    arena.close();
  }
}

interface NamedIoctl {
  readonly name: string;
  readonly request: number;
  readonly call: string;
}

/** An ioctl whose ifreq at `request` names the interface and points to `target`. */
function ioctlByName(arena: Arena, request: number, target: number, what: NamedIoctl): void {
  writeName(arena.bytes, request, what.name);
  arena.link(request + IFREQ.value, target);
  const c = libc();
  const fd = checked("socket", "", c.socket(Af.Inet, Sock.Dgram | Sock.CloseOnExec, 0));
  try {
    const bytes = arena.bytes.subarray(request, request + IFREQ.size);
    checked(what.call, what.name, c.ioctl(fd, what.request, bytes));
  } finally {
    closeDescriptor(fd);
  }
}

function writeName(into: Uint8Array, at: number, name: string): void {
  const octets = new TextEncoder().encode(name);
  if (octets.length > NAME_LENGTH) throw new OsError("interface", Errno.ENODEV, name);
  into.set(octets, at);
}

interface Draft {
  name: string;
  index: number;
  mac: string;
  hardwareType: number;
  flags: number;
  addresses: InterfaceAddress[];
}

function finish(draft: Draft): NetInterface {
  const { flags } = draft;
  return {
    ...draft,
    isUp: (flags & Iff.Up) !== 0,
    isRunning: (flags & Iff.Up) !== 0 && (flags & Iff.Running) !== 0,
    isLoopback: (flags & Iff.Loopback) !== 0,
    hasMulticast: (flags & Iff.Multicast) !== 0,
    mtu: mtuOf(draft.name),
  };
}

/** The MTU; 0 where the interface has just gone. */
function mtuOf(name: string): number {
  const request = new Uint8Array(IFREQ.size);
  writeName(request, 0, name);
  const c = libc();
  const fd = checked("socket", "", c.socket(Af.Inet, Sock.Dgram | Sock.CloseOnExec, 0));
  const result = c.ioctl(fd, Ioctl.GetMtu, request);
  closeDescriptor(fd);
  return result < 0 ? 0 : new DataView(request.buffer).getInt32(IFREQ.value, true);
}

/** Reads one `struct ifaddrs` into the draft of its interface; returns the next one. */
function readEntry(entry: Deno.PointerObject, found: Map<string, Draft>): Deno.PointerValue {
  const view = new DataView(Deno.UnsafePointerView.getArrayBuffer(entry, IFADDRS.size));
  const namePointer = pointerIn(view, IFADDRS.name);
  const next = pointerIn(view, IFADDRS.next);
  if (namePointer === null) return next;
  // An IPv4 alias carries a label (`eth0:1`) in place of its interface's name.
  const name = new Deno.UnsafePointerView(namePointer).getCString().split(":", 1)[0]!;
  let draft = found.get(name);
  if (draft === undefined) {
    draft = { name, index: 0, mac: "", hardwareType: 0, flags: 0, addresses: [] };
    found.set(name, draft);
  }
  draft.flags = view.getUint32(IFADDRS.flags, true);
  const address = pointerIn(view, IFADDRS.address);
  if (address !== null) takeAddress(draft, address, pointerIn(view, IFADDRS.netmask));
  return next;
}

function takeAddress(draft: Draft, address: Deno.PointerObject, mask: Deno.PointerValue): void {
  const family = new Deno.UnsafePointerView(address).getUint16();
  if (family === Af.Packet) {
    const octets = copyOf(address, SOCKADDR_LL.size);
    const view = new DataView(octets.buffer);
    draft.index = view.getInt32(SOCKADDR_LL.ifindex, true);
    draft.hardwareType = view.getUint16(SOCKADDR_LL.hatype, true);
    const hasMac = octets[SOCKADDR_LL.halen] === 6;
    if (hasMac) draft.mac = formatAddress(Family.Mac, octets, SOCKADDR_LL.address);
  } else if (family === Af.Inet || family === Af.Inet6) {
    const isIpv4 = family === Af.Inet;
    const size = isIpv4 ? SOCKADDR_IN.size : SOCKADDR_IN6.size;
    const at = isIpv4 ? SOCKADDR_IN.address : SOCKADDR_IN6.address;
    const kind = isIpv4 ? Family.Ipv4 : Family.Ipv6;
    const text = formatAddress(kind, copyOf(address, size), at);
    const prefixLength = mask === null ? kind * 8 : onesIn(copyOf(mask, size), at, kind);
    draft.addresses.push({ family: kind, text, prefixLength });
  }
}

function onesIn(octets: Uint8Array, at: number, length: number): number {
  let ones = 0;
  for (let k = at; k < at + length; k++) {
    for (let b = octets[k]!; b !== 0; b &= b - 1) ones++;
  }
  return ones;
}

function copyOf(pointer: Deno.PointerObject, size: number): Uint8Array<ArrayBuffer> {
  const octets = new Uint8Array(size);
  new Deno.UnsafePointerView(pointer).copyInto(octets);
  return octets;
}

function pointerIn(view: DataView, at: number): Deno.PointerValue {
  return Deno.UnsafePointer.create(view.getBigUint64(at, true));
}
