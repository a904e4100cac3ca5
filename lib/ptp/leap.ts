/**
 * TAI - UTC by date: the built-in table, for kernels that nobody has told.
 *
 * Source: IERS Bulletin C as distributed in leap-seconds.list, issued 2026-07-06, good until
 * 2027-06-28. After that the last entry is still the best guess, but no longer certain.
 * @module
 */

/** Seconds since 1970-01-01 UTC from which on TAI - UTC is so many seconds. */
const TABLE: readonly (readonly [since: number, offset: number])[] = [
  [63072000, 10], // 1972-01-01
  [78796800, 11], // 1972-07-01
  [94694400, 12], // 1973-01-01
  [126230400, 13], // 1974-01-01
  [157766400, 14], // 1975-01-01
  [189302400, 15], // 1976-01-01
  [220924800, 16], // 1977-01-01
  [252460800, 17], // 1978-01-01
  [283996800, 18], // 1979-01-01
  [315532800, 19], // 1980-01-01
  [362793600, 20], // 1981-07-01
  [394329600, 21], // 1982-07-01
  [425865600, 22], // 1983-07-01
  [489024000, 23], // 1985-07-01
  [567993600, 24], // 1988-01-01
  [631152000, 25], // 1990-01-01
  [662688000, 26], // 1991-01-01
  [709948800, 27], // 1992-07-01
  [741484800, 28], // 1993-07-01
  [773020800, 29], // 1994-07-01
  [820454400, 30], // 1996-01-01
  [867715200, 31], // 1997-07-01
  [915148800, 32], // 1999-01-01
  [1136073600, 33], // 2006-01-01
  [1230768000, 34], // 2009-01-01
  [1341100800, 35], // 2012-07-01
  [1435708800, 36], // 2015-07-01
  [1483228800, 37], // 2017-01-01
];

/** 2027-06-28: beyond it a leap second may have come that the table does not know. */
export const EXPIRES = 1814140800;

/** Leap seconds by date. */
export interface LeapTable {
  /** UTC seconds since 1970 from which on TAI - UTC is so many seconds; in order. */
  readonly entries: readonly (readonly [since: number, offset: number])[];
  /** UTC seconds until which nothing is missing. */
  readonly expires: number;
}

/** The built-in one. */
export const LEAP_TABLE: LeapTable = { entries: TABLE, expires: EXPIRES };

/** TAI - UTC at a date. */
export interface TaiOffset {
  readonly seconds: number;
  /** False beyond the table's end, and before 1972. */
  readonly isCertain: boolean;
}

/** TAI - UTC at `utcSeconds` since 1970-01-01 UTC; before 1972 the table's first value. */
export function taiOffsetAt(utcSeconds: number, table: LeapTable = LEAP_TABLE): TaiOffset {
  const { entries, expires } = table;
  let seconds = entries[0]![1];
  for (const [since, offset] of entries) {
    if (since > utcSeconds) break;
    seconds = offset;
  }
  return { seconds, isCertain: utcSeconds >= entries[0]![0] && utcSeconds < expires };
}
