/**
 * leap-seconds.list as IERS and NIST publish it: lines of NTP seconds and TAI - UTC, the date until
 * which it is good after `#@`.
 * @module
 */
import type { LeapTable } from "./leap.ts";

/** NTP counts from 1900, UTC here from 1970. */
const NTP_TO_UNIX = 2_208_988_800;
/** TAI - UTC since 1972, for what cannot be a table. */
const MIN_OFFSET = 10;
const MAX_OFFSET = 200;

/** The table in `text`, or what is wrong with it, with its line. */
export function parseLeapFile(text: string): LeapTable | string {
  const entries: [number, number][] = [];
  let expires = NaN;
  for (const [k, line] of text.split(/\r?\n/).entries()) {
    const expiry = /^#@\s*(\d+)/.exec(line);
    if (expiry !== null) expires = Number(expiry[1]) - NTP_TO_UNIX;
    const content = line.replace(/#.*/, "").trim();
    if (content === "") continue;
    const fields = /^(\d{9,11})\s+(-?\d{1,3})$/.exec(content);
    if (fields === null) return `line ${k + 1}: "${content}" is not NTP seconds and TAI - UTC`;
    const since = Number(fields[1]) - NTP_TO_UNIX;
    const offset = Number(fields[2]);
    const wrong = check(entries.at(-1), since, offset);
    if (wrong !== undefined) return `line ${k + 1}: ${wrong}`;
    entries.push([since, offset]);
  }
  if (entries.length === 0) {
    return "no entry: a line is NTP seconds and TAI - UTC, as 3692217600 37";
  }
  if (Number.isNaN(expires)) return "no line #@ that says until when the table is good";
  return { entries, expires };
}

function check(
  before: readonly [number, number] | undefined,
  since: number,
  offset: number,
): string | undefined {
  if (offset < MIN_OFFSET || offset > MAX_OFFSET) return `TAI - UTC of ${offset} s`;
  if (since % 86_400 !== 0) return "a leap second is at midnight UTC";
  if (before === undefined) return undefined;
  if (since <= before[0]) return "entries go forward in time";
  return Math.abs(offset - before[1]) === 1
    ? undefined
    : `TAI - UTC goes from ${before[1]} to ${offset} at once`;
}
