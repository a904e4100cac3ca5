/**
 * Compares every layout and constant of layout.ts with what the C compiler makes of the headers.
 * @module
 */
import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { Capability } from "./privileges.ts";
import { Errno } from "./errno.ts";
import * as layout from "./layout.ts";
import { testNeeding } from "../tests/kit/need.ts";

const HEADERS = `
#define _GNU_SOURCE
#include <stddef.h>
#include <stdio.h>
#include <errno.h>
#include <fcntl.h>
#include <dirent.h>
#include <poll.h>
#include <sched.h>
#include <time.h>
#include <ifaddrs.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <linux/capability.h>
#include <linux/errqueue.h>
#include <linux/ethtool.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/net_tstamp.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#define UDP_GRO 104
#endif
#ifndef IPV6_MULTICAST_ALL
#define IPV6_MULTICAST_ALL 29
#endif
`;

/** Our structs: the table, the C type, and the C name of each field. */
const STRUCTS: readonly [Record<string, number>, string, Record<string, string>][] = [
  [layout.TIMESPEC, "struct timespec", { seconds: "tv_sec", nanos: "tv_nsec" }],
  [layout.IOVEC, "struct iovec", { base: "iov_base", length: "iov_len" }],
  [layout.MSGHDR, "struct msghdr", {
    name: "msg_name",
    nameLength: "msg_namelen",
    iov: "msg_iov",
    iovLength: "msg_iovlen",
    control: "msg_control",
    controlLength: "msg_controllen",
    flags: "msg_flags",
  }],
  [layout.MMSGHDR, "struct mmsghdr", { length: "msg_len" }],
  [layout.CMSGHDR, "struct cmsghdr", {
    length: "cmsg_len",
    level: "cmsg_level",
    type: "cmsg_type",
    data: "__cmsg_data",
  }],
  [layout.SOCKADDR_IN, "struct sockaddr_in", {
    family: "sin_family",
    port: "sin_port",
    address: "sin_addr",
  }],
  [layout.SOCKADDR_IN6, "struct sockaddr_in6", {
    family: "sin6_family",
    port: "sin6_port",
    flow: "sin6_flowinfo",
    address: "sin6_addr",
    scope: "sin6_scope_id",
  }],
  [layout.SOCKADDR_LL, "struct sockaddr_ll", {
    family: "sll_family",
    protocol: "sll_protocol",
    ifindex: "sll_ifindex",
    hatype: "sll_hatype",
    pkttype: "sll_pkttype",
    halen: "sll_halen",
    address: "sll_addr",
  }],
  [layout.SOCKADDR_NL, "struct sockaddr_nl", {
    family: "nl_family",
    pid: "nl_pid",
    groups: "nl_groups",
  }],
  [layout.SOCKADDR_UN, "struct sockaddr_un", { family: "sun_family", path: "sun_path" }],
  [layout.TIMEX, "struct timex", {
    modes: "modes",
    offset: "offset",
    freq: "freq",
    maxError: "maxerror",
    estError: "esterror",
    status: "status",
    constant: "constant",
    seconds: "time.tv_sec",
    micros: "time.tv_usec",
    tick: "tick",
    tai: "tai",
  }],
  [layout.IFREQ, "struct ifreq", { name: "ifr_name", value: "ifr_ifru" }],
  [layout.POLLFD, "struct pollfd", { fd: "fd", events: "events", revents: "revents" }],
  [layout.ITIMERSPEC, "struct itimerspec", { interval: "it_interval", value: "it_value" }],
  [layout.IP_MREQN, "struct ip_mreqn", {
    group: "imr_multiaddr",
    address: "imr_address",
    ifindex: "imr_ifindex",
  }],
  [layout.IPV6_MREQ, "struct ipv6_mreq", {
    group: "ipv6mr_multiaddr",
    ifindex: "ipv6mr_interface",
  }],
  [layout.IN_PKTINFO, "struct in_pktinfo", {
    ifindex: "ipi_ifindex",
    local: "ipi_spec_dst",
    destination: "ipi_addr",
  }],
  [layout.IN6_PKTINFO, "struct in6_pktinfo", { address: "ipi6_addr", ifindex: "ipi6_ifindex" }],
  [layout.EXTENDED_ERR, "struct sock_extended_err", {
    errno: "ee_errno",
    origin: "ee_origin",
    type: "ee_type",
    code: "ee_code",
    value: "ee_info",
    extra: "ee_data",
  }],
  [layout.SCM_TIMESTAMPING_LAYOUT, "struct scm_timestamping", {
    software: "ts[0]",
    hardware: "ts[2]",
  }],
  [layout.TS_INFO, "struct ethtool_ts_info", {
    command: "cmd",
    stamping: "so_timestamping",
    phcIndex: "phc_index",
    txTypes: "tx_types",
    rxFilters: "rx_filters",
  }],
  [layout.HWTSTAMP_CONFIG, "struct hwtstamp_config", {
    flags: "flags",
    txType: "tx_type",
    rxFilter: "rx_filter",
  }],
  [layout.IFADDRS, "struct ifaddrs", {
    next: "ifa_next",
    name: "ifa_name",
    flags: "ifa_flags",
    address: "ifa_addr",
    netmask: "ifa_netmask",
  }],
  [layout.PACKET_MREQ, "struct packet_mreq", {
    ifindex: "mr_ifindex",
    type: "mr_type",
    length: "mr_alen",
    address: "mr_address",
  }],
  [layout.TPACKET_AUXDATA, "struct tpacket_auxdata", {
    status: "tp_status",
    length: "tp_len",
    snapLength: "tp_snaplen",
    mac: "tp_mac",
    net: "tp_net",
    vlanTci: "tp_vlan_tci",
    vlanTpid: "tp_vlan_tpid",
  }],
  [layout.TPACKET_REQ3, "struct tpacket_req3", {
    blockSize: "tp_block_size",
    blockCount: "tp_block_nr",
    frameSize: "tp_frame_size",
    frameCount: "tp_frame_nr",
    retireMillis: "tp_retire_blk_tov",
    privateSize: "tp_sizeof_priv",
    features: "tp_feature_req_word",
  }],
  [layout.TPACKET_BLOCK, "struct tpacket_block_desc", {
    status: "hdr.bh1.block_status",
    packets: "hdr.bh1.num_pkts",
    first: "hdr.bh1.offset_to_first_pkt",
    length: "hdr.bh1.blk_len",
  }],
  [layout.TPACKET3, "struct tpacket3_hdr", {
    next: "tp_next_offset",
    seconds: "tp_sec",
    nanos: "tp_nsec",
    snapLength: "tp_snaplen",
    length: "tp_len",
    status: "tp_status",
    mac: "tp_mac",
    net: "tp_net",
    vlanTci: "hv1.tp_vlan_tci",
    vlanTpid: "hv1.tp_vlan_tpid",
  }],
  [layout.SOCK_FPROG, "struct sock_fprog", { length: "len", filter: "filter" }],
  [layout.SOCK_FILTER, "struct sock_filter", { code: "code", jt: "jt", jf: "jf", k: "k" }],
];

/** Our constant tables and the C name of each entry. */
const CONSTANTS: readonly [Record<string, number>, Record<string, string>][] = [
  [layout.Af, {
    Unix: "AF_UNIX",
    Inet: "AF_INET",
    Inet6: "AF_INET6",
    Netlink: "AF_NETLINK",
    Packet: "AF_PACKET",
  }],
  [layout.Sock, {
    Stream: "SOCK_STREAM",
    Dgram: "SOCK_DGRAM",
    Raw: "SOCK_RAW",
    NonBlock: "SOCK_NONBLOCK",
    CloseOnExec: "SOCK_CLOEXEC",
  }],
  [layout.Open, {
    ReadOnly: "O_RDONLY",
    WriteOnly: "O_WRONLY",
    ReadWrite: "O_RDWR",
    Create: "O_CREAT",
    Truncate: "O_TRUNC",
    Append: "O_APPEND",
    NonBlock: "O_NONBLOCK",
    CloseOnExec: "O_CLOEXEC",
  }],
  [layout.Eventfd, { CloseOnExec: "EFD_CLOEXEC", NonBlock: "EFD_NONBLOCK" }],
  [layout.Msg, {
    Truncated: "MSG_TRUNC",
    DontWait: "MSG_DONTWAIT",
    ControlTruncated: "MSG_CTRUNC",
    ErrorQueue: "MSG_ERRQUEUE",
    NoSignal: "MSG_NOSIGNAL",
  }],
  [layout.Poll, {
    In: "POLLIN",
    Out: "POLLOUT",
    Error: "POLLERR",
    HangUp: "POLLHUP",
    Invalid: "POLLNVAL",
  }],
  [layout.Sol, {
    Socket: "SOL_SOCKET",
    Ip: "SOL_IP",
    Ipv6: "SOL_IPV6",
    Udp: "IPPROTO_UDP",
    Packet: "SOL_PACKET",
  }],
  [layout.So, {
    ReuseAddress: "SO_REUSEADDR",
    Error: "SO_ERROR",
    SendBuffer: "SO_SNDBUF",
    ReceiveBuffer: "SO_RCVBUF",
    Priority: "SO_PRIORITY",
    ReusePort: "SO_REUSEPORT",
    BindToDevice: "SO_BINDTODEVICE",
    AttachFilter: "SO_ATTACH_FILTER",
    DetachFilter: "SO_DETACH_FILTER",
    TimestampNs: "SO_TIMESTAMPNS",
    Timestamping: "SO_TIMESTAMPING",
    ReceiveQueueOverflow: "SO_RXQ_OVFL",
    LockFilter: "SO_LOCK_FILTER",
    SendBufferForce: "SO_SNDBUFFORCE",
    ReceiveBufferForce: "SO_RCVBUFFORCE",
    BusyPoll: "SO_BUSY_POLL",
  }],
  [layout.Ip, {
    Tos: "IP_TOS",
    Ttl: "IP_TTL",
    PacketInfo: "IP_PKTINFO",
    MtuDiscover: "IP_MTU_DISCOVER",
    ReceiveError: "IP_RECVERR",
    ReceiveTos: "IP_RECVTOS",
    MulticastInterface: "IP_MULTICAST_IF",
    MulticastTtl: "IP_MULTICAST_TTL",
    MulticastLoop: "IP_MULTICAST_LOOP",
    AddMembership: "IP_ADD_MEMBERSHIP",
    DropMembership: "IP_DROP_MEMBERSHIP",
    MulticastAll: "IP_MULTICAST_ALL",
  }],
  [layout.Ipv6, {
    UnicastHops: "IPV6_UNICAST_HOPS",
    MulticastInterface: "IPV6_MULTICAST_IF",
    MulticastHops: "IPV6_MULTICAST_HOPS",
    MulticastLoop: "IPV6_MULTICAST_LOOP",
    AddMembership: "IPV6_ADD_MEMBERSHIP",
    DropMembership: "IPV6_DROP_MEMBERSHIP",
    ReceiveError: "IPV6_RECVERR",
    OnlyV6: "IPV6_V6ONLY",
    MulticastAll: "IPV6_MULTICAST_ALL",
    ReceivePacketInfo: "IPV6_RECVPKTINFO",
    PacketInfo: "IPV6_PKTINFO",
    ReceiveTrafficClass: "IPV6_RECVTCLASS",
    TrafficClass: "IPV6_TCLASS",
  }],
  [layout.Udp, { Segment: "UDP_SEGMENT", Gro: "UDP_GRO" }],
  [layout.ErrorOrigin, {
    None: "SO_EE_ORIGIN_NONE",
    Local: "SO_EE_ORIGIN_LOCAL",
    Icmp: "SO_EE_ORIGIN_ICMP",
    Icmp6: "SO_EE_ORIGIN_ICMP6",
    Timestamping: "SO_EE_ORIGIN_TIMESTAMPING",
  }],
  [layout.PacketOption, {
    AddMembership: "PACKET_ADD_MEMBERSHIP",
    DropMembership: "PACKET_DROP_MEMBERSHIP",
    ReceiveRing: "PACKET_RX_RING",
    Statistics: "PACKET_STATISTICS",
    AuxData: "PACKET_AUXDATA",
    Version: "PACKET_VERSION",
    TransmitTimestamp: "PACKET_TX_TIMESTAMP",
    Timestamp: "PACKET_TIMESTAMP",
  }],
  [layout.RouteGroup, {
    Link: "RTMGRP_LINK",
    Ipv4Address: "RTMGRP_IPV4_IFADDR",
    Ipv6Address: "RTMGRP_IPV6_IFADDR",
  }],
  [layout.PacketMembership, {
    Multicast: "PACKET_MR_MULTICAST",
    Promiscuous: "PACKET_MR_PROMISC",
    AllMulticast: "PACKET_MR_ALLMULTI",
  }],
  [layout.TpStatus, {
    User: "TP_STATUS_USER",
    Losing: "TP_STATUS_LOSING",
    VlanValid: "TP_STATUS_VLAN_VALID",
    VlanTpidValid: "TP_STATUS_VLAN_TPID_VALID",
  }],
  [layout.PacketType, {
    Host: "PACKET_HOST",
    Broadcast: "PACKET_BROADCAST",
    Multicast: "PACKET_MULTICAST",
    OtherHost: "PACKET_OTHERHOST",
    Outgoing: "PACKET_OUTGOING",
  }],
  [layout.Stamping, {
    TxHardware: "SOF_TIMESTAMPING_TX_HARDWARE",
    TxSoftware: "SOF_TIMESTAMPING_TX_SOFTWARE",
    RxHardware: "SOF_TIMESTAMPING_RX_HARDWARE",
    RxSoftware: "SOF_TIMESTAMPING_RX_SOFTWARE",
    Software: "SOF_TIMESTAMPING_SOFTWARE",
    RawHardware: "SOF_TIMESTAMPING_RAW_HARDWARE",
    OptId: "SOF_TIMESTAMPING_OPT_ID",
    OptCmsg: "SOF_TIMESTAMPING_OPT_CMSG",
    OptTsOnly: "SOF_TIMESTAMPING_OPT_TSONLY",
  }],
  [layout.HwTx, {
    Off: "HWTSTAMP_TX_OFF",
    On: "HWTSTAMP_TX_ON",
    OneStepSync: "HWTSTAMP_TX_ONESTEP_SYNC",
  }],
  [layout.HwRx, {
    None: "HWTSTAMP_FILTER_NONE",
    All: "HWTSTAMP_FILTER_ALL",
    PtpV2L4Event: "HWTSTAMP_FILTER_PTP_V2_L4_EVENT",
    PtpV2L2Event: "HWTSTAMP_FILTER_PTP_V2_L2_EVENT",
    PtpV2Event: "HWTSTAMP_FILTER_PTP_V2_EVENT",
  }],
  [layout.Ioctl, {
    GetHardwareAddress: "SIOCGIFHWADDR",
    GetMtu: "SIOCGIFMTU",
    GetIndex: "SIOCGIFINDEX",
    Ethtool: "SIOCETHTOOL",
    SetHwTstamp: "SIOCSHWTSTAMP",
    GetHwTstamp: "SIOCGHWTSTAMP",
    TunSetIff: "TUNSETIFF",
  }],
  [layout.Iff, {
    Up: "IFF_UP",
    Broadcast: "IFF_BROADCAST",
    Loopback: "IFF_LOOPBACK",
    PointToPoint: "IFF_POINTOPOINT",
    Running: "IFF_RUNNING",
    Promiscuous: "IFF_PROMISC",
    Multicast: "IFF_MULTICAST",
  }],
  [layout.HardwareType, {
    Ethernet: "ARPHRD_ETHER",
    Loopback: "ARPHRD_LOOPBACK",
    None: "0xfffe", // ARPHRD_NONE, which the C library's header lacks
  }],
  [layout.ClockId, {
    Realtime: "CLOCK_REALTIME",
    Monotonic: "CLOCK_MONOTONIC",
    MonotonicRaw: "CLOCK_MONOTONIC_RAW",
    Tai: "CLOCK_TAI",
  }],
  [layout.Adj, {
    Offset: "ADJ_OFFSET",
    Frequency: "ADJ_FREQUENCY",
    MaxError: "ADJ_MAXERROR",
    EstError: "ADJ_ESTERROR",
    Status: "ADJ_STATUS",
    Tai: "ADJ_TAI",
    SetOffset: "ADJ_SETOFFSET",
    Micro: "ADJ_MICRO",
    Nano: "ADJ_NANO",
    Tick: "ADJ_TICK",
  }],
  [layout.Sta, {
    Pll: "STA_PLL",
    Insert: "STA_INS",
    Delete: "STA_DEL",
    Unsync: "STA_UNSYNC",
    Nano: "STA_NANO",
  }],
  [layout.Mmap, {
    Read: "PROT_READ",
    Write: "PROT_WRITE",
    Shared: "MAP_SHARED",
    Locked: "MAP_LOCKED",
    Populate: "MAP_POPULATE",
  }],
  [Errno, same(Errno)],
  [Capability, same(Capability)],
];

/** Single numbers. */
const SINGLES: readonly [number, string][] = [
  [layout.SOCKADDR_STORAGE_SIZE, "sizeof(struct sockaddr_storage)"],
  [layout.ETHTOOL_GET_TS_INFO, "ETHTOOL_GET_TS_INFO"],
  [layout.ETH_P_ALL, "ETH_P_ALL"],
  [layout.NETLINK_ROUTE, "NETLINK_ROUTE"],
  [layout.CLONE_NEWNET, "CLONE_NEWNET"],
  [layout.TPACKET_STATS.size, "sizeof(struct tpacket_stats)"],
  [layout.TPACKET_STATS.packets, "offsetof(struct tpacket_stats, tp_packets)"],
  [layout.TPACKET_STATS.drops, "offsetof(struct tpacket_stats, tp_drops)"],
  [layout.TPACKET_STATS.sizeV3, "sizeof(struct tpacket_stats_v3)"],
  [layout.TPACKET_STATS.freeze, "offsetof(struct tpacket_stats_v3, tp_freeze_q_cnt)"],
  [layout.DIRENT.recordLength, "offsetof(struct dirent, d_reclen)"],
  [layout.DIRENT.type, "offsetof(struct dirent, d_type)"],
  [layout.DIRENT.name, "offsetof(struct dirent, d_name)"],
];

function same(table: Record<string, number>): Record<string, string> {
  return Object.fromEntries(Object.keys(table).map((name) => [name, name]));
}

/** Every C expression with the number we hold for it. */
function expectations(): Map<string, number> {
  const expected = new Map<string, number>(SINGLES.map(([value, c]) => [c, value]));
  for (const [table, type, fields] of STRUCTS) {
    expected.set(`sizeof(${type})`, table["size"]!);
    const ours = Object.keys(table).filter((key) => key !== "size");
    assertEquals(new Set(Object.keys(fields)), new Set(ours), `${type}: every field has a C name`);
    for (const key of ours) expected.set(`offsetof(${type}, ${fields[key]})`, table[key]!);
  }
  for (const [table, names] of CONSTANTS) {
    assertEquals(new Set(Object.keys(names)), new Set(Object.keys(table)), "all have C names");
    for (const key of Object.keys(table)) expected.set(names[key]!, table[key]!);
  }
  return expected;
}

testNeeding(
  "layout: sizes, offsets and constants are the C compiler's",
  { commands: ["gcc"] },
  () => {
    const expected = expectations();
    const folder = Deno.makeTempDirSync({ prefix: "rptp-layout-" });
    try {
      const prints = [...expected.keys()].map((c) => `printf("%lld\\n", (long long)(${c}));`);
      Deno.writeTextFileSync(
        `${folder}/layout.c`,
        `${HEADERS}\nint main(void) {\n${prints.join("\n")}\nreturn 0;\n}\n`,
      );
      const compiler = new Deno.Command("gcc", {
        args: ["-o", `${folder}/layout`, `${folder}/layout.c`],
      }).outputSync();
      assertEquals(new TextDecoder().decode(compiler.stderr), "");
      const run = new Deno.Command(`${folder}/layout`).outputSync();
      const lines = new TextDecoder().decode(run.stdout).trim().split("\n").map(Number);
      const actual = new Map([...expected.keys()].map((c, k) => [c, lines[k]!]));
      assertEquals(Object.fromEntries(expected), Object.fromEntries(actual));
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
);

Deno.test("layout: every struct table is compared", () => {
  const compared = new Set<unknown>([
    ...STRUCTS.map(([table]) => table),
    ...CONSTANTS.map(([table]) => table),
    layout.TPACKET_STATS,
    layout.DIRENT,
  ]);
  const missed = Object.entries(layout)
    .filter(([, value]) => typeof value === "object" && !compared.has(value))
    .map(([name]) => name);
  assertEquals(missed, []);
});
