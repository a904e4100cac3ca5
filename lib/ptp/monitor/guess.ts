/**
 * Which profile a domain seems to follow: the one whose ranges hold for all that was seen and whose
 * defaults are met most often.
 * @module
 */
import {
  check,
  type Parameter,
  type Profile,
  type ProfileSettings,
  valueOf,
} from "../profile/profile.ts";
import { PROFILES } from "../profile/profiles.ts";

/** How well one profile fits. */
export interface ProfileGuess {
  readonly name: string;
  readonly title: string;
  /** Attributes seen that are the profile's defaults, of those seen that it speaks of. */
  readonly matched: number;
  readonly seen: number;
  /** `logSyncInterval -3, domainNumber 127`: what speaks for it. */
  readonly because: string;
  /** Another profile fits as well. */
  readonly isAmbiguous: boolean;
}

/** Attributes that tell profiles apart; the others are priorities and the like. */
const TELLING: readonly Parameter[] = [
  "domainNumber",
  "majorSdoId",
  "logAnnounceInterval",
  "logSyncInterval",
  "logMinDelayReqInterval",
  "logMinPdelayReqInterval",
  "delayMechanism",
  "transport",
  "communication",
  "followUpInformation",
  "pathTrace",
];
/** A default that few profiles share weighs more than one that most do. */
const MANY = 4;

interface Fit {
  readonly profile: Profile;
  readonly score: number;
  readonly matched: Parameter[];
  readonly seen: number;
}

/** The best fit for what was seen; `undefined` where none fits or too little was seen. */
export function guessProfile(
  seen: Readonly<Partial<ProfileSettings>>,
): ProfileGuess | undefined {
  const known = TELLING.filter((name) => seen[name] !== undefined);
  if (seen.logSyncInterval === undefined || known.length < 4) return undefined;
  const fits = PROFILES.filter((profile) => check(profile, seen).length === 0)
    .map((profile) => fitOf(profile, seen, known))
    .sort((a, b) => b.score - a.score);
  const best = fits[0];
  if (best === undefined) return undefined;
  const because = best.matched.filter((name) => rarity(name, seen) < MANY)
    .map((name) => `${name} ${String(seen[name])}`);
  return {
    name: best.profile.name,
    title: best.profile.title,
    matched: best.matched.length,
    seen: best.seen,
    because: because.join(", "),
    isAmbiguous: fits[1] !== undefined && best.score - fits[1].score < 0.5,
  };
}

function fitOf(
  profile: Profile,
  seen: Readonly<Partial<ProfileSettings>>,
  known: readonly Parameter[],
): Fit {
  const spoken = known.filter((name) => valueOf(profile, name) !== undefined);
  const matched = spoken.filter((name) => valueOf(profile, name)?.default === seen[name]);
  const weight = (name: Parameter) => rarity(name, seen) < MANY ? 2 : 1;
  const gained = matched.reduce((sum, name) => sum + weight(name), 0);
  const lost = spoken.filter((name) => !matched.includes(name)).length;
  return { profile, score: gained - lost, matched, seen: spoken.length };
}

/** How many profiles have this value as their default. */
function rarity(name: Parameter, seen: Readonly<Partial<ProfileSettings>>): number {
  return PROFILES.filter((profile) => valueOf(profile, name)?.default === seen[name]).length;
}
