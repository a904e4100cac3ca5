/**
 * `rptp ptp profiles`: what each PTP profile asks for, each value with its source.
 * @module
 */
import { nearest } from "../../lib/base/nearest.ts";
import { accepted, type Profile, type ProfileValue } from "../../lib/ptp/profile/profile.ts";
import { profileNamed, PROFILES } from "../../lib/ptp/profile/profiles.ts";
import { type CliCommand, defineCommand } from "../kit/command.ts";
import { UsageError } from "../kit/errors.ts";
import { ExitCode } from "../kit/exit.ts";
import type { Kit } from "../kit/kit.ts";

/** The command. */
export const command: CliCommand = defineCommand<Record<never, never>, [string?]>({
  brief: "The PTP profiles, each value with its range and source",
  description:
    `Without a name: one line a profile. With one: its values, what else is accepted, and where that
is written. The profiles' own texts are not public; a value that no public text confirmed is
marked "not verified".`,
  examples: [
    ["rptp ptp profiles", "all of them"],
    ["rptp ptp profiles st2059-2", "SMPTE ST 2059-2, value by value"],
  ],
  flags: {},
  positional: {
    kind: "tuple",
    parameters: [{
      parse: (text: string) => text,
      brief: "A profile",
      placeholder: "NAME",
      optional: true,
    }],
  },
  run: (kit, _flags, name) => {
    if (name === undefined) list(kit);
    else show(kit, profileOrThrow(name));
    return ExitCode.Ok;
  },
});

/**
 * The profile of that name.
 * @throws UsageError naming the nearest one.
 */
export function profileOrThrow(name: string): Profile {
  const found = profileNamed(name);
  if (found !== undefined) return found;
  const names = PROFILES.map((profile) => profile.name);
  const close = nearest(name, names);
  const guess = close === undefined ? "" : `did you mean ${close}? `;
  throw new UsageError(`no profile "${name}"`, `${guess}there are: ${names.join(", ")}`);
}

function list(kit: Kit): void {
  const width = Math.max(...PROFILES.map((profile) => profile.name.length));
  for (const profile of PROFILES) {
    kit.say(`${profile.name.padEnd(width)}  ${profile.title}`);
    tell(kit, profile);
  }
}

function show(kit: Kit, profile: Profile): void {
  const identifier = profile.identifier === "" ? "" : ` (${profile.identifier})`;
  kit.say(`${kit.style.bold(profile.name)}: ${profile.title}${identifier}`);
  const rows = profile.values.map((value) => [
    value.name,
    String(value.default),
    acceptedText(profile, value),
    `${value.isVerified ? "" : kit.style.yellow("not verified: ")}${value.source}`,
  ]);
  const width = (k: number) => Math.max(...rows.map((row) => row[k]?.length ?? 0));
  const widths = [0, 1, 2].map(width);
  for (const row of rows) {
    const cells = widths.map((w, k) => (row[k] ?? "").padEnd(w));
    kit.say(`  ${cells.join("  ")}  ${row[3] ?? ""}`);
  }
  for (const remark of profile.remarks) kit.say(`  ${remark}`);
  tell(kit, profile);
}

function acceptedText(profile: Profile, value: ProfileValue): string {
  if (value.relativeTo === undefined) return accepted(profile, value);
  return `${value.relativeTo} +${value.min ?? 0} to +${value.max ?? 0}`;
}

function tell(kit: Kit, profile: Profile): void {
  kit.json("profile", {
    name: profile.name,
    title: profile.title,
    identifier: profile.identifier,
    values: profile.values.map((value) => ({
      name: value.name,
      default: value.default,
      min: value.min ?? null,
      max: value.max ?? null,
      choices: value.choices ?? null,
      relativeTo: value.relativeTo ?? null,
      source: value.source,
      verified: value.isVerified,
    })),
    remarks: profile.remarks,
  });
}
