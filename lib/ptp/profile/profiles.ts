/**
 * All profiles by name.
 * @module
 */
import { AES67, AES_R16, ST_2059_2 } from "./media.ts";
import type { Profile } from "./profile.ts";
import { DEFAULT_E2E, DEFAULT_P2P, GPTP } from "./standard.ts";
import { G_8265_1, G_8275_1, G_8275_2 } from "./telecom.ts";

/** In the order in which they are printed. */
export const PROFILES: readonly Profile[] = [
  DEFAULT_E2E,
  DEFAULT_P2P,
  ST_2059_2,
  AES67,
  AES_R16,
  G_8265_1,
  G_8275_1,
  G_8275_2,
  GPTP,
];

/** Their names, in the same order. */
export const PROFILE_NAMES = [
  "default-e2e",
  "default-p2p",
  "st2059-2",
  "aes67",
  "aes-r16",
  "g8265.1",
  "g8275.1",
  "g8275.2",
  "gptp",
] as const;
export type ProfileName = typeof PROFILE_NAMES[number];

/** What else the profiles are called, without regard to case. */
const ALIASES: Readonly<Record<string, string>> = {
  default: "default-e2e",
  e2e: "default-e2e",
  p2p: "default-p2p",
  "2059": "st2059-2",
  "2059-2": "st2059-2",
  smpte: "st2059-2",
  "smpte-2059-2": "st2059-2",
  r16: "aes-r16",
  aesr16: "aes-r16",
  "8265.1": "g8265.1",
  "8275.1": "g8275.1",
  "8275.2": "g8275.2",
  "802.1as": "gptp",
};

/** The profile called `name`; `undefined` where there is none. */
export function profileNamed(name: string): Profile | undefined {
  const plain = name.toLowerCase().replace(/^g\./, "g").replaceAll("_", "-");
  const wanted = ALIASES[plain] ?? plain;
  return PROFILES.find((profile) => profile.name === wanted);
}
