/**
 * Profiles of broadcast and audio: SMPTE ST 2059-2, AES67, AES-R16.
 * @module
 */
import { choice, fixed, range, read, type Source, unread } from "./entry.ts";
import type { Profile, ProfileValue } from "./profile.ts";

/** States defaults and ranges of all three profiles side by side. */
const JUNOS = "Juniper Junos, Configuring PTP Media Profiles, tables 1 and 2";
/** A public checker of ST 2110 whose rules are drawn from the 2021 text, which SMPTE gives away. */
const RULES = "the st2110 checker's rules of ST 2059-2:2021";
const TERANEX = "Blackmagic Teranex Mini manual, recommended values of the grandmaster";

function priorities(clause: string): ProfileValue[] {
  return [
    range("priority1", 128, [0, 255], read(clause, JUNOS)),
    range("priority2", 128, [0, 255], read(clause, JUNOS)),
  ];
}

function common(clause: string): ProfileValue[] {
  return [
    fixed("majorSdoId", 0, unread(clause)),
    range("announceReceiptTimeout", 3, [2, 10], read(clause, JUNOS)),
    fixed("datasetComparison", "ieee1588", unread(clause)),
  ];
}

/** From the Sync interval to 32 times of it. */
function delayRequest(fallback: number, source: Source): ProfileValue {
  const value = range("logMinDelayReqInterval", fallback, [0, 5], source);
  return { ...value, relativeTo: "logSyncInterval" };
}

/** SMPTE ST 2059-2:2021. */
export const ST_2059_2: Profile = {
  name: "st2059-2",
  title: "SMPTE ST 2059-2, professional broadcast",
  identifier: "68-97-E8-00-01-00",
  values: [
    range("domainNumber", 127, [0, 127], read("ST 2059-2:2021 6.5.2", `${RULES}; ${JUNOS}`)),
    ...priorities("ST 2059-2:2021 6.5"),
    ...common("ST 2059-2:2021 6.5"),
    range("logAnnounceInterval", 0, [-3, 1], read("ST 2059-2:2021 6.5.2", RULES)),
    range("logSyncInterval", -3, [-7, -1], read("ST 2059-2:2021 6.5.2", `${RULES}; ${JUNOS}`)),
    delayRequest(
      -3,
      read("ST 2059-2:2021 6.5.3", `${TERANEX} (default); ${RULES} (at most 5 more than Sync)`),
    ),
    range("logMinPdelayReqInterval", 0, [0, 5], unread("ST 2059-2:2021 6.5.3")),
    choice("delayMechanism", ["e2e", "p2p"], read("ST 2059-2:2021", "Haivision Makito X4, ptp")),
    choice("transport", ["udp4", "udp6"], unread("ST 2059-2:2021 6.4")),
    choice("communication", ["multicast", "hybrid", "unicast"], unread("ST 2059-2:2021 6.4")),
  ],
  remarks: [
    "the edition of 2015, and much equipment, has -2 as the default of logAnnounceInterval",
    "the grandmaster sends the synchronization metadata TLV once a second (6.12)",
    "the identifier was not verified against a published text",
  ],
};

/** AES67 Annex A. */
export const AES67: Profile = {
  name: "aes67",
  title: "AES67 media profile, audio over IP",
  identifier: "00-0B-5E-00-01-00",
  values: [
    range("domainNumber", 0, [0, 127], read("AES67 A.2", JUNOS)),
    ...priorities("AES67 A.2"),
    ...common("AES67 A.2"),
    range("logAnnounceInterval", 1, [0, 4], read("AES67 A.2", JUNOS)),
    range("logSyncInterval", -3, [-4, 1], read("AES67 A.2", JUNOS)),
    range("logMinDelayReqInterval", 0, [-3, 5], unread("AES67 A.2; Junos has -3, -7 to -3")),
    range("logMinPdelayReqInterval", 0, [0, 5], unread("AES67 A.2")),
    choice("delayMechanism", ["e2e", "p2p"], unread("AES67 A.1")),
    choice("transport", ["udp4"], unread("AES67 5")),
    choice("communication", ["multicast", "hybrid", "unicast"], unread("AES67 A.1")),
  ],
  remarks: [
    "DSCP: EF (46) for event messages, recommended (read in linuxptp, ptp4l(8))",
    "the identifier was not verified against a published text",
  ],
};

/** AES-R16: what AES67 and ST 2059-2 have in common. */
export const AES_R16: Profile = {
  name: "aes-r16",
  title: "AES-R16, AES67 and SMPTE ST 2059-2 on one network",
  identifier: "",
  values: [
    range("domainNumber", 0, [0, 127], read("AES-R16 3", `${JUNOS} (AES67+SMPTE)`)),
    ...priorities("AES-R16 3"),
    ...common("AES-R16 3"),
    range("logAnnounceInterval", 0, [0, 1], read("AES-R16 3", `${JUNOS} (AES67+SMPTE)`)),
    range("logSyncInterval", -3, [-4, -1], read("AES-R16 3", `${JUNOS} (AES67+SMPTE)`)),
    delayRequest(-3, {
      text: "AES-R16 3; default read in Juniper Junos, table 2 (AES67+SMPTE); range not read",
      isVerified: false,
    }),
    choice("delayMechanism", ["e2e", "p2p"], unread("AES-R16 3")),
    choice("transport", ["udp4"], unread("AES-R16 3")),
    choice("communication", ["multicast", "hybrid", "unicast"], unread("AES-R16 3")),
  ],
  remarks: ["many plants use domain 127, the default of ST 2059-2, as the report allows"],
};
