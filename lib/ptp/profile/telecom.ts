/**
 * The telecom profiles of the ITU-T: G.8265.1, G.8275.1, G.8275.2.
 * @module
 */
import { choice, fixed, range, read, unread } from "./entry.ts";
import type { Profile } from "./profile.ts";

const TP5000 = "Symmetricom TimeProvider 5000 User's Guide (2012), table 4-4";
const JUNOS_1 = "Juniper Junos, Configuring G.8275.1 Profile";
const JUNOS_2 = "Juniper Junos, G.8275.2 Enhanced Profile";
const CFG_1 = "linuxptp, configs/G.8275.1.cfg";
const CFG_2 = "linuxptp, configs/G.8275.2.cfg";
const NOKIA = "Nokia 7705 SAR, Basic System Configuration Guide, ITU-T G.8275.1";

/** Frequency by unicast. */
export const G_8265_1: Profile = {
  name: "g8265.1",
  title: "ITU-T G.8265.1, frequency, unicast",
  identifier: "00-19-A7-00-01-02",
  values: [
    range("domainNumber", 4, [4, 23], read("G.8265.1 A.2", TP5000)),
    fixed("majorSdoId", 0, unread("G.8265.1 A.2")),
    range("logAnnounceInterval", 1, [-3, 4], unread("G.8265.1 6.5")),
    range("logSyncInterval", -4, [-7, 4], unread("G.8265.1 6.5; no default there, this is rptp's")),
    range(
      "logMinDelayReqInterval",
      -4,
      [-7, 4],
      unread("G.8265.1 6.5; no default there, this is rptp's"),
    ),
    range("announceReceiptTimeout", 2, [2, 255], unread("G.8265.1 6.7.3.1")),
    range("unicastDuration", 300, [60, 1000], unread("G.8265.1 6.6")),
    fixed("delayMechanism", "e2e", unread("G.8265.1 A.5")),
    choice("transport", ["udp4", "udp6"], unread("G.8265.1 A.3.2")),
    fixed("communication", "unicast", read("G.8265.1 6.3.3", "linuxptp, configs/G.8265.1.cfg")),
    fixed(
      "datasetComparison",
      "g8265",
      read("G.8265.1 6.7", "Alcatel-Lucent 7450, Basic System Configuration Guide"),
    ),
  ],
  remarks: [
    "clockClass is the quality level of the frequency source, 80 to 110",
    "each slave chooses among its masters by clockClass, then by its own order of them",
  ],
};

/** Time with support from every node. */
export const G_8275_1: Profile = {
  name: "g8275.1",
  title: "ITU-T G.8275.1, time, full timing support",
  identifier: "00-19-A7-01-02-03",
  values: [
    range("domainNumber", 24, [24, 43], read("G.8275.1 A.2", JUNOS_1)),
    fixed("majorSdoId", 0, unread("G.8275.1 A.2")),
    fixed("priority1", 128, unread("G.8275.1 6.3.3; not used in the comparison")),
    range("priority2", 128, [0, 255], read("G.8275.1 6.3.4", JUNOS_1)),
    range("localPriority", 128, [1, 255], read("G.8275.1 6.3.2", CFG_1)),
    fixed("logAnnounceInterval", -3, read("G.8275.1 6.2.8", CFG_1)),
    fixed("logSyncInterval", -4, read("G.8275.1 6.2.8", CFG_1)),
    fixed("logMinDelayReqInterval", -4, read("G.8275.1 6.2.8", CFG_1)),
    range("announceReceiptTimeout", 3, [3, 10], unread("G.8275.1 A.2")),
    fixed("delayMechanism", "e2e", unread("G.8275.1 A.5")),
    fixed("transport", "l2", read("G.8275.1 6.2.3", CFG_1)),
    fixed("communication", "multicast", read("G.8275.1 6.2.6", JUNOS_1)),
    fixed("datasetComparison", "g8275", read("G.8275.1 6.3.7", NOKIA)),
  ],
  remarks: [
    "messages go to 01-80-C2-00-00-0E (not forwarded) or 01-1B-19-00-00-00 (forwarded)",
    "clockClass 6 locked, 7 holdover in specification, 140 to 160 beyond, 165 and 135 boundary clocks",
  ],
};

/** Time with support from some nodes. */
export const G_8275_2: Profile = {
  name: "g8275.2",
  title: "ITU-T G.8275.2, time, partial timing support, unicast",
  identifier: "00-19-A7-02-01-02",
  values: [
    range("domainNumber", 44, [44, 63], read("G.8275.2 A.2", JUNOS_2)),
    fixed("majorSdoId", 0, unread("G.8275.2 A.2")),
    fixed("priority1", 128, read("G.8275.2 6.7.3", JUNOS_2)),
    range("priority2", 128, [0, 255], read("G.8275.2 6.7.4", JUNOS_2)),
    range("localPriority", 128, [1, 255], read("G.8275.2 6.7.2", CFG_2)),
    range("logAnnounceInterval", 0, [-3, 0], {
      text: "G.8275.2 6.5; default read in linuxptp, configs/G.8275.2.cfg; range not read",
      isVerified: false,
    }),
    range("logSyncInterval", -4, [-7, 0], unread("G.8275.2 6.5; no default there, this is rptp's")),
    range(
      "logMinDelayReqInterval",
      -4,
      [-7, 0],
      unread("G.8275.2 6.5; no default there, this is rptp's"),
    ),
    range("announceReceiptTimeout", 2, [2, 255], unread("G.8275.2 A.2")),
    range("unicastDuration", 300, [60, 1000], read("G.8275.2 6.6", JUNOS_2)),
    fixed("delayMechanism", "e2e", unread("G.8275.2 A.5")),
    choice("transport", ["udp4", "udp6"], read("G.8275.2 6.4", JUNOS_2)),
    fixed("communication", "unicast", read("G.8275.2 6.3", CFG_2)),
    fixed("datasetComparison", "g8275", read("G.8275.2 6.7.9", CFG_2)),
  ],
  remarks: [],
};
