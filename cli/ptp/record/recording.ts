/**
 * `--record FILE.pcapng`: the packets of a clock, and beside them, in custom blocks, all that its servo
 * was told, read and did, so that `rptp ptp replay` can do it again.
 *
 * The blocks carry the enterprise number that is reserved for examples (RFC 5612), as rptp has none; what
 * they hold is text that begins with `rptp-record 1 KIND`: `about` (one JSON object), `servo` (lines of
 * `lib/ptp/servo/record.ts`) or `sample` (the servo's reports: at, offset, bound, meanPathDelay,
 * frequency, state).
 * @module
 */
import type { Link } from "../../../lib/base/link.ts";
import type { Timestamp } from "../../../lib/base/time.ts";
import { PcapngWriter, type Way } from "../../../lib/capture/pcapng_writer.ts";
import type { RecordSink } from "../../../lib/ptp/servo/record.ts";
import { sampleText } from "../../../lib/ptp/replay/again.ts";
import type { Servo } from "../../../lib/ptp/servo/servo.ts";
import { tapSamples } from "../plot/servo_tracks.ts";
import { RecordLink, type RecordLinkOptions } from "./record_link.ts";

/** IANA's enterprise number for documentation. */
export const ENTERPRISE = 32_473;
/** How every block begins. */
export const MAGIC = "rptp-record 1";

/** What a block holds. */
export type RecordKind = "about" | "servo" | "sample";

/** Octets of text gathered before they become a block. */
const ENOUGH = 1 << 13;
/** Milliseconds after which what has gathered is written. */
const PATIENCE = 1000;

/** An open recording. */
export class Recording {
  readonly #file: Deno.FsFile;
  readonly #writer: PcapngWriter;
  readonly #encoder = new TextEncoder();
  #kind: RecordKind = "servo";
  #text = "";
  #written = performance.now();

  /** Creates `path`, or empties it. */
  constructor(path: string, application: string) {
    this.#file = Deno.openSync(path, { write: true, create: true, truncate: true });
    this.#writer = new PcapngWriter({
      application,
      comment: "custom blocks: what the servo was told, read and did (rptp ptp replay)",
    });
    this.#writer.appendInterface({ name: "ptp" });
  }

  /** Takes the lines of a recorded servo. */
  readonly sink: RecordSink = (line) => this.#line("servo", line);

  /** What the clock and its servo are; before anything else. */
  about(facts: Readonly<Record<string, unknown>>): void {
    this.#line("about", JSON.stringify(facts, plain));
    this.#endText();
  }

  /** Has `servo` tell each report that somebody takes. */
  tellSamples(servo: Servo): void {
    tapSamples(servo, (sample) => this.#line("sample", sampleText(sample)));
  }

  /** `link` with its packets recorded. */
  over(link: Link, options: Omit<RecordLinkOptions, "take">): Link {
    const take = (at: Readonly<Timestamp>, octets: Uint8Array, way: Way) =>
      this.#packet(at, octets, way);
    return new RecordLink(link, { ...options, take });
  }

  close(): void {
    this.#endText();
    this.#flush();
    this.#file.close();
  }

  #packet(at: Readonly<Timestamp>, octets: Uint8Array, way: Way): void {
    this.#endText();
    const stamp = {
      seconds: at.seconds,
      nanoseconds: Math.min(999_999_999, Math.floor(at.nanoseconds)),
      caplen: octets.length,
      len: octets.length,
    };
    if (!this.#writer.appendPacket(0, stamp, octets, 0, way)) {
      this.#flush();
      this.#writer.appendPacket(0, stamp, octets, 0, way);
    }
    if (performance.now() - this.#written > PATIENCE) this.#flush();
  }

  #line(kind: RecordKind, line: string): void {
    if (kind !== this.#kind || this.#text.length > ENOUGH) this.#endText();
    this.#kind = kind;
    this.#text += `${line}\n`;
  }

  #endText(): void {
    if (this.#text === "") return;
    const octets = this.#encoder.encode(`${MAGIC} ${this.#kind}\n${this.#text}`);
    this.#text = "";
    if (this.#writer.appendCustom(ENTERPRISE, octets)) return;
    this.#flush();
    this.#writer.appendCustom(ENTERPRISE, octets);
  }

  #flush(): void {
    let octets = this.#writer.pending();
    while (octets.length > 0) octets = octets.subarray(this.#file.writeSync(octets));
    this.#writer.clear();
    this.#written = performance.now();
  }
}

/** JSON has no infinity. */
function plain(_name: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}
