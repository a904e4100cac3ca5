/**
 * The default profiles of IEEE 1588-2019 Annex I, and IEEE 802.1AS-2020.
 * @module
 */
import { choice, fixed, range, read, unread } from "./entry.ts";
import type { Profile } from "./profile.ts";

/** States default and range of Announce, Sync and domain of the default profile. */
const TP5000 = "Symmetricom TimeProvider 5000 User's Guide (2012), table 4-5";
/** The project's documentation states its defaults as those of IEEE 1588. */
const LINUXPTP = "linuxptp, documentation of the default settings";
const GPTP_CFG = "linuxptp, configs/gPTP.cfg";
const LINUXPTP_MAN = "linuxptp, ptp4l(8)";

const COMMON = (clause: string) => [
  range("domainNumber", 0, [0, 127], read(`IEEE 1588-2019 ${clause}`, `${TP5000} (default)`)),
  fixed("majorSdoId", 0, read("IEEE 1588-2019 7.1.4", `${LINUXPTP_MAN} (transportSpecific)`)),
  range("priority1", 128, [0, 255], read(`IEEE 1588-2019 ${clause}`, LINUXPTP)),
  range("priority2", 128, [0, 255], read(`IEEE 1588-2019 ${clause}`, LINUXPTP)),
  range("logAnnounceInterval", 1, [0, 4], read(`IEEE 1588-2019 ${clause}`, TP5000)),
  range("logSyncInterval", 0, [-1, 1], read(`IEEE 1588-2019 ${clause}`, TP5000)),
  range("announceReceiptTimeout", 3, [2, 10], unread(`IEEE 1588-2019 ${clause}`)),
  choice(
    "transport",
    ["udp4", "udp6", "l2"],
    read("IEEE 1588-2019 Annexes C to E", `${LINUXPTP_MAN} (network_transport)`),
  ),
  fixed("communication", "multicast", unread(`IEEE 1588-2019 ${clause}`)),
  fixed("datasetComparison", "ieee1588", read("IEEE 1588-2019 9.3.4", LINUXPTP_MAN)),
];

/** IEEE 1588-2019 I.3. */
export const DEFAULT_E2E: Profile = {
  name: "default-e2e",
  title: "IEEE 1588-2019 default profile, delay request-response",
  identifier: "00-1B-19-00-01-00",
  values: [
    ...COMMON("I.3.2"),
    range("logMinDelayReqInterval", 0, [0, 5], unread("IEEE 1588-2019 I.3.2")),
    fixed("delayMechanism", "e2e", read("IEEE 1588-2019 I.3", LINUXPTP_MAN)),
  ],
  remarks: [],
};

/** IEEE 1588-2019 I.4. */
export const DEFAULT_P2P: Profile = {
  name: "default-p2p",
  title: "IEEE 1588-2019 default profile, peer-to-peer delay",
  identifier: "00-1B-19-00-02-00",
  values: [
    ...COMMON("I.4.2"),
    range("logMinPdelayReqInterval", 0, [0, 5], unread("IEEE 1588-2019 I.4.2")),
    fixed("delayMechanism", "p2p", read("IEEE 1588-2019 I.4", LINUXPTP_MAN)),
  ],
  remarks: [],
};

/** IEEE 802.1AS-2020, full-duplex Ethernet links. */
export const GPTP: Profile = {
  name: "gptp",
  title: "IEEE 802.1AS-2020 (gPTP), full-duplex Ethernet",
  identifier: "00-80-C2-00-01-00",
  values: [
    range("domainNumber", 0, [0, 127], unread("IEEE 802.1AS-2020 8.1")),
    fixed("majorSdoId", 1, read("IEEE 802.1AS-2020 8.1", GPTP_CFG)),
    range("priority1", 248, [0, 255], read("IEEE 802.1AS-2020 table 8-1, end stations", GPTP_CFG)),
    range("priority2", 248, [0, 255], read("IEEE 802.1AS-2020 8.6.2.5", GPTP_CFG)),
    range("logAnnounceInterval", 0, [-3, 3], {
      text:
        "IEEE 802.1AS-2020 10.7.2.2; default read in linuxptp, configs/gPTP.cfg; range not read",
      isVerified: false,
    }),
    range("logSyncInterval", -3, [-7, 1], {
      text:
        "IEEE 802.1AS-2020 11.5.2.3; default read in linuxptp, configs/gPTP.cfg; range not read",
      isVerified: false,
    }),
    range("logMinPdelayReqInterval", 0, [-3, 3], unread("IEEE 802.1AS-2020 11.5.2.2")),
    range("announceReceiptTimeout", 3, [2, 255], unread("IEEE 802.1AS-2020 10.7.3.2")),
    range("syncReceiptTimeout", 3, [2, 255], {
      text:
        "IEEE 802.1AS-2020 10.7.3.1; default read in linuxptp, configs/gPTP.cfg; range not read",
      isVerified: false,
    }),
    range("neighborPropDelayThresh", 800, [0, 2_147_483_647], {
      text: "IEEE 802.1AS-2020 11.2.2, copper; default read in linuxptp, configs/gPTP.cfg",
      isVerified: true,
    }),
    fixed("delayMechanism", "p2p", read("IEEE 802.1AS-2020 11.1.2", GPTP_CFG)),
    fixed("transport", "l2", read("IEEE 802.1AS-2020 11.3.3", GPTP_CFG)),
    fixed("communication", "multicast", unread("IEEE 802.1AS-2020 11.3.4")),
    fixed("datasetComparison", "ieee1588", unread("IEEE 802.1AS-2020 10.3.4, the same order")),
    fixed("followUpInformation", true, read("IEEE 802.1AS-2020 11.4.4.3", GPTP_CFG)),
    fixed("pathTrace", true, read("IEEE 802.1AS-2020 10.6.3.3", GPTP_CFG)),
  ],
  remarks: [
    "all messages go to 01-80-C2-00-00-0E, which bridges do not forward",
    "a port is used only while its link measures as capable of 802.1AS (asCapable)",
  ],
};
