/**
 * What an Announce says, kept and compared: which field changed, and which one decides between two
 * grandmasters (IEEE 1588-2019 9.3.4, Figure 34).
 * @module
 */
import * as announce from "../wire/announce.ts";
import * as header from "../wire/header.ts";
import { Flag } from "../wire/header.ts";
import { type ClockIdentity, clockText, compareClocks, isSameClock } from "../wire/identity.ts";

/** The body of an Announce and the flags of its header that speak of time. */
export interface Announced {
  priority1: number;
  clockClass: number;
  clockAccuracy: number;
  offsetScaledLogVariance: number;
  priority2: number;
  readonly grandmasterIdentity: ClockIdentity;
  stepsRemoved: number;
  timeSource: number;
  currentUtcOffset: number;
  /** The lower eight bits of `flagField`. */
  timeFlags: number;
}

/** One field that differs, in words. */
export interface Change {
  readonly field: string;
  readonly from: string;
  readonly to: string;
}

const TIME_FLAGS = 0x7f;
const FLAG_FIELDS: readonly (readonly [name: string, bit: number])[] = [
  ["leap61", Flag.Leap61],
  ["leap59", Flag.Leap59],
  ["currentUtcOffsetValid", Flag.CurrentUtcOffsetValid],
  ["ptpTimescale", Flag.PtpTimescale],
  ["timeTraceable", Flag.TimeTraceable],
  ["frequencyTraceable", Flag.FrequencyTraceable],
  ["synchronizationUncertain", Flag.SynchronizationUncertain],
];

/** Fields in the order in which the comparison asks them. */
const QUALITY = [
  "priority1",
  "clockClass",
  "clockAccuracy",
  "offsetScaledLogVariance",
  "priority2",
] as const;

const OTHERS = ["stepsRemoved", "timeSource", "currentUtcOffset"] as const;

/** Zeros, for {@linkcode readAnnounced}. */
export function announced(): Announced {
  return {
    priority1: 0,
    clockClass: 0,
    clockAccuracy: 0,
    offsetScaledLogVariance: 0,
    priority2: 0,
    grandmasterIdentity: { high: 0, low: 0 },
    stepsRemoved: 0,
    timeSource: 0,
    currentUtcOffset: 0,
    timeFlags: 0,
  };
}

/** Reads the Announce at `o`. */
export function readAnnounced(v: DataView, o: number, into: Announced): void {
  into.priority1 = announce.grandmasterPriority1(v, o);
  into.clockClass = announce.grandmasterClockClass(v, o);
  into.clockAccuracy = announce.grandmasterClockAccuracy(v, o);
  into.offsetScaledLogVariance = announce.grandmasterVariance(v, o);
  into.priority2 = announce.grandmasterPriority2(v, o);
  announce.grandmasterIdentity(v, o, into.grandmasterIdentity);
  into.stepsRemoved = announce.stepsRemoved(v, o);
  into.timeSource = announce.timeSource(v, o);
  into.currentUtcOffset = announce.currentUtcOffset(v, o);
  into.timeFlags = header.flagField(v, o) & TIME_FLAGS;
}

/** A copy that stays. */
export function copyOf(a: Announced): Announced {
  return { ...a, grandmasterIdentity: { ...a.grandmasterIdentity } };
}

/** Copies all fields. */
export function assignAnnounced(from: Announced, into: Announced): void {
  for (const field of QUALITY) into[field] = from[field];
  for (const field of OTHERS) into[field] = from[field];
  into.timeFlags = from.timeFlags;
  into.grandmasterIdentity.high = from.grandmasterIdentity.high;
  into.grandmasterIdentity.low = from.grandmasterIdentity.low;
}

/** True where no field differs. */
export function isSameAnnounced(a: Announced, b: Announced): boolean {
  return isSameClock(a.grandmasterIdentity, b.grandmasterIdentity) &&
    a.priority1 === b.priority1 && a.clockClass === b.clockClass &&
    a.clockAccuracy === b.clockAccuracy &&
    a.offsetScaledLogVariance === b.offsetScaledLogVariance && a.priority2 === b.priority2 &&
    a.stepsRemoved === b.stepsRemoved && a.timeSource === b.timeSource &&
    a.currentUtcOffset === b.currentUtcOffset && a.timeFlags === b.timeFlags;
}

/** True where the time flag `bit` of {@linkcode Flag} is set. */
export function hasTimeFlag(a: Announced, bit: number): boolean {
  return (a.timeFlags & bit) !== 0;
}

/** Every field that differs, in the standard's words. */
export function changes(from: Announced, to: Announced): Change[] {
  const found: Change[] = [];
  const note = (field: string, a: string, b: string) => {
    if (a !== b) found.push({ field, from: a, to: b });
  };
  note(
    "grandmasterIdentity",
    clockText(from.grandmasterIdentity),
    clockText(to.grandmasterIdentity),
  );
  for (const field of [...QUALITY, ...OTHERS]) {
    note(field, fieldText(field, from[field]), fieldText(field, to[field]));
  }
  for (const [name, bit] of FLAG_FIELDS) {
    note(name, String(hasTimeFlag(from, bit)), String(hasTimeFlag(to, bit)));
  }
  return found;
}

/** The flags that are set, by name. */
export function timeFlagNames(a: Announced): string[] {
  return FLAG_FIELDS.filter(([, bit]) => hasTimeFlag(a, bit)).map(([name]) => name);
}

/** Why one grandmaster is chosen over another: the first field of the comparison that differs. */
export interface Decided {
  readonly field: string;
  readonly winner: string;
  readonly loser: string;
}

/** The field that decides for `winner`; `undefined` for the same grandmaster. */
export function decidedBy(winner: Announced, loser: Announced): Decided | undefined {
  for (const field of QUALITY) {
    if (winner[field] === loser[field]) continue;
    return {
      field,
      winner: fieldText(field, winner[field]),
      loser: fieldText(field, loser[field]),
    };
  }
  if (isSameClock(winner.grandmasterIdentity, loser.grandmasterIdentity)) return undefined;
  return {
    field: "grandmasterIdentity",
    winner: clockText(winner.grandmasterIdentity),
    loser: clockText(loser.grandmasterIdentity),
  };
}

/** Negative where `a` is the better grandmaster, or is nearer to the same one. */
export function compareAnnounced(a: Announced, b: Announced): number {
  for (const field of QUALITY) {
    if (a[field] !== b[field]) return a[field] - b[field];
  }
  return compareClocks(a.grandmasterIdentity, b.grandmasterIdentity) ||
    a.stepsRemoved - b.stepsRemoved;
}

/** The value of one field of the comparison, as text; "" for a field that has none. */
export function valueText(a: Announced, field: string): string {
  if (field === "grandmasterIdentity") return clockText(a.grandmasterIdentity);
  const known = QUALITY.find((name) => name === field);
  return known === undefined ? "" : fieldText(known, a[known]);
}

function fieldText(field: string, value: number): string {
  const isHex = field === "clockAccuracy" || field === "timeSource" ||
    field === "offsetScaledLogVariance";
  const digits = field === "offsetScaledLogVariance" ? 4 : 2;
  return isHex ? `0x${value.toString(16).padStart(digits, "0")}` : String(value);
}
