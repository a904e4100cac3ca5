/**
 * The dissectors of this program, put into a registry.
 * @module
 */
import { EtherType } from "../wire/ethernet.ts";
import { IpProtocol } from "../wire/ipv4.ts";
import { arpDissector } from "./arp.ts";
import { dhcpDissector, isDhcp } from "./dhcp.ts";
import { dnsDissector, isDns } from "./dns.ts";
import { icmp4Dissector } from "./icmp4.ts";
import { icmp6Dissector } from "./icmp6.ts";
import { igmpDissector } from "./igmp.ts";
import { ipv4Dissector } from "./ipv4.ts";
import { ipv6Dissector } from "./ipv6.ts";
import {
  ethernetDissector,
  nullDissector,
  rawDissector,
  sll2Dissector,
  sllDissector,
} from "./link_layers.ts";
import { PPPOE_SESSION, pppoeDissector } from "./pppoe.ts";
import { isPtpAnywhere, isPtpOnItsPort, PTP_PORTS, ptpDissector } from "./ptp.ts";
import { Registry } from "./registry.ts";
import { isMpegts, isRtcp, isRtp, mpegtsDissector, rtcpDissector, rtpDissector } from "./rtp.ts";
import { srtDissector } from "./srt.ts";
import { isSrt } from "./srt_detect.ts";
import { tcpDissector } from "./tcp.ts";
import { udpDissector } from "./udp.ts";

/** A fresh registry of everything here; add to it as needed. */
export function standardRegistry(): Registry {
  const registry = new Registry();
  registry
    .addLink(1, ethernetDissector)
    .addLink(0, nullDissector)
    .addLink(108, nullDissector)
    .addLink(12, rawDissector)
    .addLink(14, rawDissector)
    .addLink(101, rawDissector)
    .addLink(228, rawDissector)
    .addLink(229, rawDissector)
    .addLink(113, sllDissector)
    .addLink(276, sll2Dissector);
  registry
    .addEtherType(EtherType.Ipv4, ipv4Dissector)
    .addEtherType(EtherType.Ipv6, ipv6Dissector)
    .addEtherType(EtherType.Arp, arpDissector)
    .addEtherType(EtherType.Rarp, arpDissector)
    .addEtherType(EtherType.Ptp, ptpDissector)
    .addEtherType(PPPOE_SESSION, pppoeDissector);
  registry
    .addIpProtocol(IpProtocol.Icmp, icmp4Dissector)
    .addIpProtocol(IpProtocol.Igmp, igmpDissector)
    .addIpProtocol(IpProtocol.Tcp, tcpDissector)
    .addIpProtocol(IpProtocol.Udp, udpDissector)
    .addIpProtocol(IpProtocol.Icmp6, icmp6Dissector)
    .addIpProtocol(IpProtocol.Ipv4, ipv4Dissector)
    .addIpProtocol(IpProtocol.Ipv6, ipv6Dissector);
  for (const port of PTP_PORTS) registry.addUdpPort(port, ptpDissector, isPtpOnItsPort);
  for (const port of [53, 5353]) registry.addUdpPort(port, dnsDissector, isDns);
  for (const port of [67, 68]) registry.addUdpPort(port, dhcpDissector, isDhcp);
  registry
    .addUdpHeuristic(ptpDissector, isPtpAnywhere)
    .addUdpHeuristic(mpegtsDissector, isMpegts)
    .addUdpHeuristic(srtDissector, isSrt)
    .addUdpHeuristic(rtcpDissector, isRtcp)
    .addUdpHeuristic(rtpDissector, isRtp);
  return registry;
}
