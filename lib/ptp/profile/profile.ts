/**
 * A PTP profile as data: each attribute with its default, its range, and where both come from.
 *
 * The profiles' own texts are sold, not published. So every value says whether it was compared with
 * a published text that states it, and with which; one that is known only from general knowledge is
 * marked as not verified and printed so.
 * @module
 */

/** What a profile may fix. Names as in IEEE 1588-2019; intervals are log2 of seconds. */
export interface ProfileSettings {
  domainNumber: number;
  majorSdoId: number;
  priority1: number;
  priority2: number;
  /** G.8275.x: the tie-breaker before the identities. */
  localPriority: number;
  logAnnounceInterval: number;
  logSyncInterval: number;
  logMinDelayReqInterval: number;
  logMinPdelayReqInterval: number;
  announceReceiptTimeout: number;
  /** Sync intervals without Sync after which the master counts as gone; 0 is never. */
  syncReceiptTimeout: number;
  delayMechanism: "e2e" | "p2p";
  transport: "udp4" | "udp6" | "l2";
  /** Who hears the messages; hybrid: all multicast but delay requests and their answers. */
  communication: "multicast" | "unicast" | "hybrid";
  datasetComparison: "ieee1588" | "g8275" | "g8265";
  /** Seconds a unicast grant is asked for. */
  unicastDuration: number;
  /** A link of a longer delay is not capable of 802.1AS, ns. */
  neighborPropDelayThresh: number;
  /** The 802.1AS information TLV behind each Follow_Up. */
  followUpInformation: boolean;
  pathTrace: boolean;
}

export type Parameter = keyof ProfileSettings;

/** One attribute of a profile. */
export interface ProfileValue {
  readonly name: Parameter;
  readonly default: number | string | boolean;
  /** Accepted numbers; both or none. Equal where the profile leaves no choice. */
  readonly min?: number;
  readonly max?: number;
  /** Accepted words; left out for numbers and where only the default is accepted. */
  readonly choices?: readonly string[];
  /** `min` and `max` count from this attribute's value. */
  readonly relativeTo?: Parameter;
  /** Clause of the profile, then the public text that states the value (or why there is none). */
  readonly source: string;
  /** True where that public text was read and agrees. */
  readonly isVerified: boolean;
}

/** A profile. */
export interface Profile {
  /** As typed: `st2059-2`. */
  readonly name: string;
  readonly title: string;
  /** `profileIdentifier` (20.3.3), six octets; "" where we know none. */
  readonly identifier: string;
  readonly values: readonly ProfileValue[];
  /** What else the profile asks for, in words. */
  readonly remarks: readonly string[];
}

/** An attribute that is not within its profile's range. */
export interface ProfileProblem {
  readonly name: Parameter;
  readonly given: number | string | boolean;
  /** `-7 to -1`, `e2e or p2p`. */
  readonly accepted: string;
}

/** The attribute of that name; `undefined` where the profile does not speak of it. */
export function valueOf(profile: Profile, name: Parameter): ProfileValue | undefined {
  return profile.values.find((value) => value.name === name);
}

/** All defaults of a profile. */
export function defaultsOf(profile: Profile): Partial<ProfileSettings> {
  return Object.fromEntries(profile.values.map((value) => [value.name, value.default]));
}

/**
 * What `given` has that the profile does not accept; empty where all is well. A default that is
 * relative to another attribute counts from the given one.
 */
export function check(
  profile: Profile,
  given: Readonly<Partial<ProfileSettings>>,
): ProfileProblem[] {
  const problems: ProfileProblem[] = [];
  for (const value of profile.values) {
    const found = given[value.name];
    if (found === undefined) continue;
    const [min, max] = rangeOf(profile, value, given);
    const isRight = typeof found === "number" && min !== undefined && max !== undefined
      ? found >= min && found <= max
      : value.choices === undefined
      ? found === value.default
      : value.choices.includes(String(found));
    if (!isRight) {
      problems.push({ name: value.name, given: found, accepted: accepted(profile, value, given) });
    }
  }
  return problems;
}

/** What an attribute may be, in words. */
export function accepted(
  profile: Profile,
  value: ProfileValue,
  given: Readonly<Partial<ProfileSettings>> = {},
): string {
  const [min, max] = rangeOf(profile, value, given);
  if (min !== undefined && max !== undefined) {
    return min === max ? `only ${min}` : `${min} to ${max}`;
  }
  return value.choices === undefined ? `only ${String(value.default)}` : value.choices.join(" or ");
}

function rangeOf(
  profile: Profile,
  value: ProfileValue,
  given: Readonly<Partial<ProfileSettings>>,
): [min: number | undefined, max: number | undefined] {
  if (value.min === undefined || value.max === undefined) return [undefined, undefined];
  if (value.relativeTo === undefined) return [value.min, value.max];
  const base = given[value.relativeTo] ?? valueOf(profile, value.relativeTo)?.default;
  if (typeof base !== "number") return [value.min, value.max];
  return [base + value.min, base + value.max];
}
