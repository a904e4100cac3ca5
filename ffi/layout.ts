/**
 * Layouts and constants of the Linux interfaces, the same on x86-64 and aarch64.
 *
 * Every number here is compared with what the C compiler says by `layout_test.ts`. `epoll_event`,
 * whose layout differs between the two, is not used.
 * @module
 */

/** `struct timespec`. */
export const TIMESPEC = { size: 16, seconds: 0, nanos: 8 } as const;
/** `struct iovec`. */
export const IOVEC = { size: 16, base: 0, length: 8 } as const;
/** `struct msghdr`. */
export const MSGHDR = {
  size: 56,
  name: 0,
  nameLength: 8,
  iov: 16,
  iovLength: 24,
  control: 32,
  controlLength: 40,
  flags: 48,
} as const;
/** `struct mmsghdr`: a msghdr and the octets moved. */
export const MMSGHDR = { size: 64, length: 56 } as const;
/** `struct cmsghdr`; data follow at 16, the next header at a multiple of 8. */
export const CMSGHDR = { size: 16, length: 0, level: 8, type: 12, data: 16 } as const;
/** `struct sockaddr_in`. */
export const SOCKADDR_IN = { size: 16, family: 0, port: 2, address: 4 } as const;
/** `struct sockaddr_in6`. */
export const SOCKADDR_IN6 = {
  size: 28,
  family: 0,
  port: 2,
  flow: 4,
  address: 8,
  scope: 24,
} as const;
/** `struct sockaddr_ll`. */
export const SOCKADDR_LL = {
  size: 20,
  family: 0,
  protocol: 2,
  ifindex: 4,
  hatype: 8,
  pkttype: 10,
  halen: 11,
  address: 12,
} as const;
/** `struct sockaddr_nl`. */
export const SOCKADDR_NL = { size: 12, family: 0, pid: 4, groups: 8 } as const;
/** `struct sockaddr_un`. */
export const SOCKADDR_UN = { size: 110, family: 0, path: 2 } as const;
/** `struct sockaddr_storage`: room for any of them. */
export const SOCKADDR_STORAGE_SIZE = 128;
/** `struct timex`. */
export const TIMEX = {
  size: 208,
  modes: 0,
  offset: 8,
  freq: 16,
  maxError: 24,
  estError: 32,
  status: 40,
  constant: 48,
  seconds: 72,
  micros: 80,
  tick: 88,
  tai: 160,
} as const;
/** `struct ifreq`. */
export const IFREQ = { size: 40, name: 0, value: 16 } as const;
/** `struct pollfd`. */
export const POLLFD = { size: 8, fd: 0, events: 4, revents: 6 } as const;
/** `struct itimerspec`. */
export const ITIMERSPEC = { size: 32, interval: 0, value: 16 } as const;
/** `struct ip_mreqn`. */
export const IP_MREQN = { size: 12, group: 0, address: 4, ifindex: 8 } as const;
/** `struct ipv6_mreq`. */
export const IPV6_MREQ = { size: 20, group: 0, ifindex: 16 } as const;
/** `struct in_pktinfo`. */
export const IN_PKTINFO = { size: 12, ifindex: 0, local: 4, destination: 8 } as const;
/** `struct in6_pktinfo`. */
export const IN6_PKTINFO = { size: 20, address: 0, ifindex: 16 } as const;
/** `struct sock_extended_err`; the offender's sockaddr follows. */
export const EXTENDED_ERR = {
  size: 16,
  errno: 0,
  origin: 4,
  type: 5,
  code: 6,
  value: 8,
  extra: 12,
} as const;
/** `struct scm_timestamping`: software, (unused), hardware. */
export const SCM_TIMESTAMPING_LAYOUT = { size: 48, software: 0, hardware: 32 } as const;
/** `struct ethtool_ts_info`. */
export const TS_INFO = {
  size: 44,
  command: 0,
  stamping: 4,
  phcIndex: 8,
  txTypes: 12,
  rxFilters: 28,
} as const;
/** `struct hwtstamp_config`. */
export const HWTSTAMP_CONFIG = { size: 12, flags: 0, txType: 4, rxFilter: 8 } as const;
/** `struct ifaddrs`. */
export const IFADDRS = {
  size: 56,
  next: 0,
  name: 8,
  flags: 16,
  address: 24,
  netmask: 32,
} as const;
/** `struct packet_mreq`. */
export const PACKET_MREQ = { size: 16, ifindex: 0, type: 4, length: 6, address: 8 } as const;
/** `struct tpacket_auxdata`. */
export const TPACKET_AUXDATA = {
  size: 20,
  status: 0,
  length: 4,
  snapLength: 8,
  mac: 12,
  net: 14,
  vlanTci: 16,
  vlanTpid: 18,
} as const;
/** `struct tpacket_req3`. */
export const TPACKET_REQ3 = {
  size: 28,
  blockSize: 0,
  blockCount: 4,
  frameSize: 8,
  frameCount: 12,
  retireMillis: 16,
  privateSize: 20,
  features: 24,
} as const;
/** `struct tpacket_block_desc` with its `tpacket_hdr_v1`. */
export const TPACKET_BLOCK = {
  size: 48,
  status: 8,
  packets: 12,
  first: 16,
  length: 20,
} as const;
/** `struct tpacket3_hdr`; a `sockaddr_ll` follows at 48. */
export const TPACKET3 = {
  size: 48,
  next: 0,
  seconds: 4,
  nanos: 8,
  snapLength: 12,
  length: 16,
  status: 20,
  mac: 24,
  net: 26,
  vlanTci: 32,
  vlanTpid: 36,
} as const;
/** `struct tpacket_stats` (v3 adds `freeze`). */
export const TPACKET_STATS = { size: 8, packets: 0, drops: 4, sizeV3: 12, freeze: 8 } as const;
/** `struct sock_fprog`. */
export const SOCK_FPROG = { size: 16, length: 0, filter: 8 } as const;
/** `struct sock_filter`, one classic BPF instruction. */
export const SOCK_FILTER = { size: 8, code: 0, jt: 2, jf: 3, k: 4 } as const;
/** `struct dirent` of the 64-bit C library. */
export const DIRENT = { recordLength: 16, type: 18, name: 19 } as const;

export const Af = { Unix: 1, Inet: 2, Inet6: 10, Netlink: 16, Packet: 17 } as const;
export const Sock = {
  Stream: 1,
  Dgram: 2,
  Raw: 3,
  NonBlock: 0x800,
  CloseOnExec: 0x8_0000,
} as const;
export const Open = {
  ReadOnly: 0,
  WriteOnly: 1,
  ReadWrite: 2,
  Create: 0x40,
  Truncate: 0x200,
  Append: 0x400,
  NonBlock: 0x800,
  CloseOnExec: 0x8_0000,
} as const;
export const Eventfd = { CloseOnExec: 0x8_0000, NonBlock: 0x800 } as const;
export const Msg = {
  Truncated: 0x20,
  DontWait: 0x40,
  ControlTruncated: 0x8,
  ErrorQueue: 0x2000,
  NoSignal: 0x4000,
} as const;
export const Poll = { In: 1, Out: 4, Error: 8, HangUp: 16, Invalid: 32 } as const;

/** Levels of socket options. */
export const Sol = { Socket: 1, Ip: 0, Ipv6: 41, Udp: 17, Packet: 263 } as const;
/** Options and control messages of level SOL_SOCKET. */
export const So = {
  ReuseAddress: 2,
  Error: 4,
  SendBuffer: 7,
  ReceiveBuffer: 8,
  Priority: 12,
  ReusePort: 15,
  BindToDevice: 25,
  AttachFilter: 26,
  DetachFilter: 27,
  TimestampNs: 35,
  Timestamping: 37,
  ReceiveQueueOverflow: 40,
  LockFilter: 44,
  SendBufferForce: 32,
  ReceiveBufferForce: 33,
  BusyPoll: 46,
} as const;
export const Ip = {
  Tos: 1,
  Ttl: 2,
  PacketInfo: 8,
  MtuDiscover: 10,
  ReceiveError: 11,
  ReceiveTos: 13,
  MulticastInterface: 32,
  MulticastTtl: 33,
  MulticastLoop: 34,
  AddMembership: 35,
  DropMembership: 36,
  MulticastAll: 49,
} as const;
export const Ipv6 = {
  UnicastHops: 16,
  MulticastInterface: 17,
  MulticastHops: 18,
  MulticastLoop: 19,
  AddMembership: 20,
  DropMembership: 21,
  ReceiveError: 25,
  OnlyV6: 26,
  MulticastAll: 29,
  ReceivePacketInfo: 49,
  PacketInfo: 50,
  ReceiveTrafficClass: 66,
  TrafficClass: 67,
} as const;
export const Udp = { Segment: 103, Gro: 104 } as const;
/** Origins in `sock_extended_err`. */
export const ErrorOrigin = { None: 0, Local: 1, Icmp: 2, Icmp6: 3, Timestamping: 4 } as const;
/** Options of SOL_PACKET. */
export const PacketOption = {
  AddMembership: 1,
  DropMembership: 2,
  ReceiveRing: 5,
  Statistics: 6,
  AuxData: 8,
  Version: 10,
  TransmitTimestamp: 16,
  Timestamp: 17,
} as const;
export const PacketMembership = { Multicast: 0, Promiscuous: 1, AllMulticast: 2 } as const;
/** `tp_status` bits. */
export const TpStatus = { User: 1, Losing: 4, VlanValid: 0x10, VlanTpidValid: 0x40 } as const;
/** `sll_pkttype`. */
export const PacketType = {
  Host: 0,
  Broadcast: 1,
  Multicast: 2,
  OtherHost: 3,
  Outgoing: 4,
} as const;
/** `SOF_TIMESTAMPING_*`. */
export const Stamping = {
  TxHardware: 1 << 0,
  TxSoftware: 1 << 1,
  RxHardware: 1 << 2,
  RxSoftware: 1 << 3,
  Software: 1 << 4,
  RawHardware: 1 << 6,
  OptId: 1 << 7,
  OptCmsg: 1 << 10,
  OptTsOnly: 1 << 11,
} as const;
export const HwTx = { Off: 0, On: 1, OneStepSync: 2 } as const;
export const HwRx = {
  None: 0,
  All: 1,
  PtpV2L4Event: 6,
  PtpV2L2Event: 9,
  PtpV2Event: 12,
} as const;
/** Requests of `ioctl`. */
export const Ioctl = {
  GetHardwareAddress: 0x8927,
  GetMtu: 0x8921,
  GetIndex: 0x8933,
  Ethtool: 0x8946,
  SetHwTstamp: 0x89b0,
  GetHwTstamp: 0x89b1,
  TunSetIff: 0x400454ca,
} as const;
export const ETHTOOL_GET_TS_INFO = 0x41;
/** Flags of an interface. */
export const Iff = {
  Up: 0x1,
  Broadcast: 0x2,
  Loopback: 0x8,
  PointToPoint: 0x10,
  Running: 0x40,
  Promiscuous: 0x100,
  Multicast: 0x1000,
} as const;
/** `ARPHRD_*`. */
export const HardwareType = { Ethernet: 1, Loopback: 772, None: 65534 } as const;
export const ETH_P_ALL = 3;
export const NETLINK_ROUTE = 0;
/** Groups of NETLINK_ROUTE as bits: changes of interfaces, of IPv4 and of IPv6 addresses. */
export const RouteGroup = { Link: 0x1, Ipv4Address: 0x10, Ipv6Address: 0x100 } as const;
export const ClockId = { Realtime: 0, Monotonic: 1, MonotonicRaw: 4, Tai: 11 } as const;
/** `modes` of clock_adjtime. */
export const Adj = {
  Offset: 0x1,
  Frequency: 0x2,
  MaxError: 0x4,
  EstError: 0x8,
  Status: 0x10,
  Tai: 0x80,
  SetOffset: 0x100,
  Micro: 0x1000,
  Nano: 0x2000,
  Tick: 0x4000,
} as const;
/** Status bits of the kernel clock. */
export const Sta = { Pll: 0x1, Insert: 0x10, Delete: 0x20, Unsync: 0x40, Nano: 0x2000 } as const;
export const Mmap = { Read: 1, Write: 2, Shared: 1, Locked: 0x2000, Populate: 0x8000 } as const;
/** `CLONE_NEWNET`, what `setns` is told a network namespace is. */
export const CLONE_NEWNET = 0x4000_0000;
