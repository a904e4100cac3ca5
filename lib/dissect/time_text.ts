/**
 * The time stamp in front of a line, in tcpdump's five forms.
 * @module
 */
import { ByteBuffer } from "./byte_buffer.ts";

/** -t, -tt, -ttt, -tttt, -ttttt. */
export const TimeForm = {
  /** Time of day. */
  Clock: 0,
  /** -t */
  None: 1,
  /** -tt: seconds since the epoch. */
  Epoch: 2,
  /** -ttt: since the previous packet. */
  SincePrevious: 3,
  /** -tttt: date and time of day. */
  Date: 4,
  /** -ttttt: since the first packet. */
  SinceFirst: 5,
} as const;
export type TimeForm = typeof TimeForm[keyof typeof TimeForm];

/** Seconds that local time is ahead of UTC at a Unix time. */
export type ZoneOffset = (unixSeconds: number) => number;

/** UTC itself. */
export const UTC: ZoneOffset = (): number => 0;

const DAY = 86_400;

/** Appends time stamps; remembers what the relative forms need. */
export class TimeText {
  readonly #form: TimeForm;
  readonly #digits: number;
  readonly #zone: ZoneOffset;
  #started = false;
  #baseSeconds = 0;
  #baseNanos = 0;
  /** The quarter of an hour that the cached zone offset is for. */
  #quarter = NaN;
  #cachedOffset = 0;
  /** The second that the cached text is for. */
  #textSecond = NaN;
  readonly #text = new ByteBuffer(64);

  /**
   * @param nanos Nine digits in place of six.
   * @param zone Asked once per quarter of an hour, not per packet.
   */
  constructor(form: TimeForm = TimeForm.Clock, nanos = false, zone: ZoneOffset = UTC) {
    this.#form = form;
    this.#digits = nanos ? 9 : 6;
    this.#zone = zone;
  }

  /** Appends the stamp and a space; nothing for -t. */
  append(out: ByteBuffer, seconds: number, nanoseconds: number): void {
    switch (this.#form) {
      case TimeForm.None:
        return;
      case TimeForm.Epoch:
        out.decimal(seconds);
        this.#fraction(out, nanoseconds);
        break;
      case TimeForm.SincePrevious:
      case TimeForm.SinceFirst:
        this.#relative(out, seconds, nanoseconds);
        break;
      default:
        this.#clock(out, seconds, nanoseconds);
    }
    out.octet(0x20);
  }

  /** Packets of one second share the text up to the fraction. */
  #clock(out: ByteBuffer, seconds: number, nanoseconds: number): void {
    if (seconds !== this.#textSecond) {
      this.#textSecond = seconds;
      const text = this.#text;
      text.clear();
      const local = seconds + this.#offset(seconds);
      const days = Math.floor(local / DAY);
      if (this.#form === TimeForm.Date) {
        appendDate(text, days);
        text.octet(0x20);
      }
      this.#timeOfDay(text, local - days * DAY);
    }
    out.copy(this.#text);
    this.#fraction(out, nanoseconds);
  }

  #offset(seconds: number): number {
    const quarter = Math.floor(seconds / 900);
    if (quarter !== this.#quarter) {
      this.#quarter = quarter;
      this.#cachedOffset = this.#zone(seconds);
    }
    return this.#cachedOffset;
  }

  #relative(out: ByteBuffer, seconds: number, nanoseconds: number): void {
    if (!this.#started) {
      this.#started = true;
      this.#baseSeconds = seconds;
      this.#baseNanos = nanoseconds;
    }
    let s = seconds - this.#baseSeconds;
    let n = nanoseconds - this.#baseNanos;
    if (this.#digits === 6) {
      n = Math.floor(nanoseconds / 1000) * 1000 - Math.floor(this.#baseNanos / 1000) * 1000;
    }
    const negative = s < 0 || s === 0 && n < 0;
    if (negative) {
      s = -s;
      n = -n;
    }
    if (n < 0) {
      n += 1e9;
      s--;
    }
    out.octet(negative ? 0x2d : 0x20);
    this.#timeOfDay(out, s);
    this.#fraction(out, n);
    if (this.#form === TimeForm.SincePrevious) {
      this.#baseSeconds = seconds;
      this.#baseNanos = nanoseconds;
    }
  }

  #timeOfDay(out: ByteBuffer, seconds: number): void {
    const h = Math.floor(seconds / 3600);
    const m = Math.floor(seconds / 60) - h * 60;
    if (h < 100) out.padded(h, 2);
    else out.decimal(h);
    out.octet(0x3a);
    out.padded(m, 2);
    out.octet(0x3a);
    out.padded(seconds - h * 3600 - m * 60, 2);
  }

  #fraction(out: ByteBuffer, nanoseconds: number): void {
    out.octet(0x2e);
    if (this.#digits === 9) out.padded(nanoseconds, 9);
    else out.padded(Math.floor(nanoseconds / 1000), 6);
  }
}

/** Appends `2018-01-23` for a count of days since 1970-01-01 (proleptic Gregorian calendar). */
export function appendDate(out: ByteBuffer, days: number): void {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra -
    (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  out.padded(year, 4);
  out.octet(0x2d);
  out.padded(month, 2);
  out.octet(0x2d);
  out.padded(dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1, 2);
}
