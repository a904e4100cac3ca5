/**
 * The messages of one type that one port sends to one place: their rhythm and their sequence.
 * @module
 */
import { seq16 } from "../../base/seq.ts";
import type { Linked } from "./lru.ts";
import { Moments } from "./moments.ts";

/** `logMessageInterval` of messages that have none (Table 43). */
export const NO_INTERVAL = 0x7f;
/** Beyond this many missing messages the sender has begun anew. */
const GREATEST_GAP = 1000;
/** So far back a message is late; farther, the sender has begun anew. */
const LATEST = 64;

/** See the module. Times are ns since the first message of all. */
export class MessageStream implements Linked<MessageStream> {
  hash: number;
  chain: MessageStream | undefined = undefined;
  newer: MessageStream | undefined = undefined;
  older: MessageStream | undefined = undefined;
  readonly port: object;
  readonly messageType: number;
  /** Hash of the address they go to; 0 for multicast. */
  readonly destination: number;
  /** Text of that address; "" for multicast. */
  readonly destinationText: string;
  count = 0;
  firstAt = NaN;
  lastAt = NaN;
  lastSequenceId = -1;
  /** As the newest message says; {@linkcode NO_INTERVAL} for none. */
  logMessageInterval = NO_INTERVAL;
  /** Intervals between messages whose sequenceId follows each other, ns. */
  readonly intervals = new Moments();
  /** Longest time between two messages, whatever was between them, ns. */
  longest = 0;
  /** Farthest an interval was from what logMessageInterval says, ns. */
  farthest = 0;
  /** Messages whose sequenceId never came. */
  missing = 0;
  duplicates = 0;
  /** Came after one with a later sequenceId. */
  late = 0;
  /** Jumps of sequenceId that cannot be loss. */
  restarts = 0;
  /** The captured clock went back. */
  timeJumps = 0;
  /** Length of the newest regular interval, ns; NaN before the first. */
  lastInterval = NaN;

  constructor(
    key: { hash: number; port: object; messageType: number; destination: number },
    to: string,
  ) {
    this.hash = key.hash;
    this.port = key.port;
    this.messageType = key.messageType;
    this.destination = key.destination;
    this.destinationText = to;
  }

  /**
   * One message.
   * @returns false where it is a repetition of the last one.
   */
  take(at: number, sequenceId: number, logMessageInterval: number): boolean {
    this.logMessageInterval = logMessageInterval;
    if (this.count++ === 0) {
      this.firstAt = at;
      this.#follow(at, sequenceId);
      return true;
    }
    const steps = seq16.distance(this.lastSequenceId, sequenceId);
    if (steps === 0) {
      this.duplicates++;
      return false;
    }
    if (steps < 0 && steps >= -LATEST) {
      this.late++;
      if (this.missing > 0) this.missing--;
      return true;
    }
    const elapsed = at - this.lastAt;
    this.lastInterval = NaN;
    if (elapsed < 0) this.timeJumps++;
    else if (steps === 1) this.#interval(elapsed);
    else if (steps > 1 && steps <= GREATEST_GAP) this.missing += steps - 1;
    else this.restarts++;
    if (elapsed > this.longest) this.longest = elapsed;
    this.#follow(at, sequenceId);
    return true;
  }

  /** What logMessageInterval says, ns; NaN where it says nothing. */
  get nominal(): number {
    return this.logMessageInterval === NO_INTERVAL ? NaN : 2 ** this.logMessageInterval * 1e9;
  }

  #interval(elapsed: number): void {
    this.intervals.add(elapsed);
    this.lastInterval = elapsed;
    const expected = this.logMessageInterval === NO_INTERVAL ? this.intervals.mean : this.nominal;
    const off = Math.abs(elapsed - expected);
    if (off > this.farthest) this.farthest = off;
  }

  #follow(at: number, sequenceId: number): void {
    this.lastAt = at;
    this.lastSequenceId = sequenceId;
  }
}
