/**
 * What a PTP port tells the application: rare things, as plain records.
 * @module
 */
import type { Instant, Nanos } from "../base/time.ts";
import type { ParentDS, TimePropertiesDS } from "./datasets.ts";
import type { ServoRefusal, ServoSample } from "./servo/servo.ts";
import type { PortState, StateEvent } from "./state.ts";

/** Why measurements of a master are not used; each names the flag that lifts it, or the cure. */
export type PtpRefusal =
  | ServoRefusal
  /** The master's timescale is arbitrary, the local clock keeps UTC: `--accept-arb`. */
  | { reason: "arb" }
  /** On the PTP timescale without a valid UTC offset, and no offset of our own is known. */
  | { reason: "utcOffset" };

/** The state decision code (9.3.3, Figure 33); "L" stays in LISTENING. */
export type DecisionCode = "M1" | "M2" | "M3" | "S1" | "P1" | "P2" | "L";

/** One occurrence on port `port` at `at`. */
export type PtpEvent =
  /** The port changed state. */
  | {
    kind: "state";
    at: Instant;
    port: number;
    from: PortState;
    to: PortState;
    cause: StateEvent;
  }
  /** Parent, grandmaster or its properties changed. */
  | {
    kind: "parent";
    at: Instant;
    port: number;
    parent: ParentDS;
    timeProperties: TimePropertiesDS;
    stepsRemoved: number;
    /** True while this clock is itself the grandmaster. */
    isSelf: boolean;
    /** Fields that differ from before, in the standard's words. */
    changed: string[];
    decision: DecisionCode;
  }
  /** The servo's report. */
  | { kind: "sample"; port: number; sample: ServoSample }
  /** Measurements are not used, or the servo will not go on. */
  | { kind: "refusal"; at: Instant; port: number; refusal: PtpRefusal }
  /** The port went FAULTY; `resetAfter` is Infinity where it stays so until the link is back. */
  | { kind: "fault"; at: Instant; port: number; reason: PortFault; resetAfter: Nanos }
  /** A message's transmit stamp did not come in time: a Sync goes without Follow_Up. */
  | {
    kind: "stampMissed";
    at: Instant;
    port: number;
    messageType: number;
    sequenceId: number;
    consecutive: number;
  };

/** Why a port is FAULTY. */
export type PortFault =
  | "transmitStamps"
  | "link"
  | "management"
  /** Peer delay on a segment of more than two ports. */
  | "severalResponders";
