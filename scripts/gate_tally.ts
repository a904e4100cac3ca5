/**
 * Counting tests: what the runner's last line says.
 * @module
 */

/** Tests by how they ended. */
export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/** A tally of these numbers. */
export function tallyOf(passed: number, failed: number, skipped: number): Tally {
  return { passed, failed, skipped };
}

const SUMMARY =
  /^(?:ok|FAILED) \| (\d+) passed(?: \(\d+ steps?\))? \| (\d+) failed(?: \(\d+ steps?\))?(?: \| (\d+) ignored(?: \(\d+ steps?\))?)?/gm;

/**
 * What `deno test` counted. Where its exit code tells of a failure that it did not count (a module
 * that does not load), or it printed no summary at all, that is one failure more.
 */
export function parseSummary(output: string, success: boolean): Tally {
  const last = [...output.matchAll(SUMMARY)].at(-1);
  if (last === undefined) return tallyOf(0, 1, 0);
  const [, passed = "0", failed = "0", ignored = "0"] = last;
  const failures = Number(failed);
  return tallyOf(Number(passed), success ? failures : Math.max(failures, 1), Number(ignored));
}

/** The tally where no test may be skipped: each skip is a failure. */
export function strict({ passed, failed, skipped }: Tally): Tally {
  return tallyOf(passed, failed + skipped, 0);
}
