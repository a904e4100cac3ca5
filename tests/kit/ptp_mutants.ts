/**
 * PTP messages of all types that are right but for a few fields, and what becomes of them on a bad
 * day: what fuzz tests feed to ports.
 * @module
 */
import type { Random } from "../../lib/base/random.ts";
import { type MessageType, MessageType as M } from "../../lib/ptp/wire/header.ts";
import { ANY_PORT, portIdentity, writePort } from "../../lib/ptp/wire/identity.ts";
import { build, MASTER, OTHER, OWN_PORT } from "./ptp_bench.ts";

const TYPES = Object.values(M);

/** A message that is right but for a few fields, from one of few senders. */
export function plausible(r: Random, last: LastRequests): Uint8Array<ArrayBuffer> {
  const type = TYPES[r.integer(TYPES.length)] as MessageType;
  const senders = [
    MASTER,
    MASTER,
    MASTER,
    MASTER,
    OTHER,
    OWN_PORT,
    portIdentity(r.uint32(), r.uint32(), 1),
  ];
  const isOdd = r.chance(0.1);
  const octets = build({
    type,
    source: senders[r.integer(senders.length)]!,
    sequenceId: sequenceIdOf(r, type, last),
    flags: flagsOf(r, type),
    correction: r.chance(0.1) ? r.between(-1.2, 1.2) * 2 ** 47 : r.between(-1e4, 1e4),
    log: r.chance(0.1) ? r.integer(256) - 128 : -r.integer(4),
    time: isOdd ? [r.integer(2 ** 32) * 65536, r.integer(2 ** 32)] : [r.integer(2 ** 31), 5],
    announce: {
      priority1: r.chance(0.5) ? 1 : r.integer(256),
      clockClass: r.chance(0.5) ? 248 : r.integer(256),
      stepsRemoved: r.chance(0.1) ? r.integer(65536) : r.integer(4),
      currentUtcOffset: r.integer(65536) - 32768,
    },
    tlvs: type === M.Signaling || type === M.Announce && r.chance(0.3)
      ? plausibleTlvs(r)
      : r.chance(0.2)
      ? Array.from({ length: r.integer(24) }, () => r.integer(256))
      : [],
  });
  // Signaling and management are mostly for us, or for everybody.
  if (type >= M.Signaling && r.chance(0.9)) {
    const view = new DataView(octets.buffer);
    writePort(view, 34, r.chance(0.5) ? ANY_PORT : OWN_PORT);
  }
  return octets;
}

/** One to four TLVs that ports understand, right but for a few fields. */
function plausibleTlvs(r: Random): number[] {
  const kinds = [
    [0x0004, 6],
    [0x0005, 8],
    [0x0006, 2],
    [0x0007, 2],
    [0x0008, 8 * r.integer(4)],
    [0x0009, 16 + 2 * r.integer(4)],
    [0x4000, 2 * r.integer(8)],
    [0x8008, 2 * r.integer(8)],
  ];
  const octets: number[] = [];
  for (let k = r.integer(4); k >= 0; k--) {
    const [type, size] = kinds[r.integer(kinds.length)]! as [number, number];
    const length = r.chance(0.05) ? 2 * r.integer(12) : size;
    const value = Array.from({ length }, () => r.chance(0.5) ? 0 : r.integer(256));
    if (type <= 7 && r.chance(0.8)) {
      value[0] = [0xb0, 0x00, 0x90][r.integer(3)]!;
      value[1] = 256 - r.integer(5);
    }
    if (type === 8 && r.chance(0.3)) value.splice(0, 8, ...OWN_OCTETS.slice(0, value.length));
    octets.push(type >>> 8, type & 255, length >>> 8, length & 255, ...value);
  }
  if (r.chance(0.2)) octets.push(...INTERVAL_REQUEST, r.integer(256), r.integer(256), 0, 3, 0, 0);
  return octets;
}

/** OWN_CLOCK. */
const OWN_OCTETS = [2, 0, 0, 0xff, 0xfe, 0, 0, 1];
const INTERVAL_REQUEST = [0, 3, 0, 12, 0, 0x80, 0xc2, 0, 0, 2];

/** Of the requests the port sent last, so that an answer may fit. */
export interface LastRequests {
  delay: number;
  peer: number;
}

function sequenceIdOf(r: Random, type: MessageType, last: LastRequests): number {
  if (r.chance(0.3)) return r.integer(8);
  if (type === M.DelayResp) return last.delay;
  return type === M.PdelayResp || type === M.PdelayRespFollowUp ? last.peer : r.integer(8);
}

/** Mostly a PTP timescale with its offset, and two-step; sometimes anything. */
function flagsOf(r: Random, type: MessageType): number {
  if (r.chance(0.1)) return r.integer(0x10000);
  if (type === M.Announce) return r.chance(0.8) ? 0x000c : 0;
  return r.chance(0.5) ? 0x0200 : 0;
}

/** Flips, cuts, stretches. */
export function mutated(r: Random, octets: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const what = r.integer(8);
  if (what < 3) return octets;
  if (what === 3) return octets.slice(0, r.integer(octets.length + 1));
  if (what === 4) {
    const longer = new Uint8Array(octets.length + r.integer(64));
    longer.set(octets);
    return longer;
  }
  for (let k = r.integer(4); k >= 0; k--) octets[r.integer(octets.length)] = r.integer(256);
  return octets;
}
