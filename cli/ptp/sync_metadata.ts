/**
 * SMPTE ST 2059-2's synchronization metadata in the commands: `rptp gm --sync-metadata RATE` sends
 * it, `rptp slave --profile st2059-2` tells what it hears.
 * @module
 */
import { TimeSource } from "../../lib/ptp/wire/announce.ts";
import {
  LockingStatus,
  type SyncMetadata,
  syncMetadata,
} from "../../lib/ptp/profile/sync_metadata.ts";
import { SyncMetadataPort } from "../../lib/ptp/profile/sync_metadata_port.ts";
import type { Kit } from "../kit/kit.ts";
import { groupsOf, type Transport } from "./net/transport.ts";
import type { Session } from "./session.ts";

/** Frames a second, and whether time addresses drop frames. */
export interface FrameRate {
  readonly numerator: number;
  readonly denominator: number;
  readonly isDropFrame: boolean;
}

/** `25`, `30000/1001`, `30000/1001df`. */
export function frameRate(text: string): FrameRate {
  const match = /^([1-9]\d{0,5})(?:\/([1-9]\d{0,4}))?(df)?$/.exec(text);
  const numerator = Number(match?.[1]);
  const denominator = Number(match?.[2] ?? 1);
  const isDropFrame = match?.[3] !== undefined;
  const isWhole = match !== null && numerator / denominator >= 1;
  if (!isWhole || isDropFrame && denominator !== 1001) {
    throw new Error("expected frames a second such as 25, 50, 30000/1001 or 30000/1001df");
  }
  return { numerator, denominator, isDropFrame };
}

/** Where management messages go. */
export interface MetadataTarget {
  readonly transport: Transport;
  readonly udp6Scope: number;
  readonly generalPort: number;
}

/** Puts metadata before each port's management; `rate` is what to send, if anything. */
export function installMetadata(
  session: Session,
  target: MetadataTarget,
  rate: FrameRate | undefined,
): readonly SyncMetadataPort[] {
  const { primary } = groupsOf(target.transport, target.udp6Scope);
  const portNumber = target.transport === "l2" ? 0 : target.generalPort;
  return session.ports.map(({ open, port }) => {
    const { addresses } = open.link;
    const general = addresses.internText(primary, portNumber);
    addresses.retain(general);
    const own = rate === undefined ? undefined : () => ownMetadata(session, rate);
    const metadata = new SyncMetadataPort(
      { port, instance: session.instance },
      general,
      own,
      port.management,
    );
    port.management = metadata;
    return metadata;
  });
}

/** What this clock tells: the rate, the local time of this machine, no daily jam. */
function ownMetadata(session: Session, rate: FrameRate): SyncMetadata {
  const { timeProperties } = session.instance.options;
  const { currentUtcOffset, ptpTimescale, timeSource } = timeProperties;
  const ofZone = -60 * new Date().getTimezoneOffset();
  const localOffset = ptpTimescale ? ofZone - currentUtcOffset : ofZone;
  return {
    ...syncMetadata(),
    frameRateNumerator: rate.numerator,
    frameRateDenominator: rate.denominator,
    isDropFrame: rate.isDropFrame,
    lockingStatus: timeSource === TimeSource.InternalOscillator
      ? LockingStatus.FreeRun
      : LockingStatus.Locked,
    currentLocalOffset: localOffset,
    previousJamLocalOffset: localOffset,
  };
}

const STATUS_WORDS: Readonly<Record<LockingStatus, string>> = {
  [LockingStatus.NotInUse]: "locking not told",
  [LockingStatus.FreeRun]: "free running",
  [LockingStatus.ColdLocking]: "locking, cold",
  [LockingStatus.WarmLocking]: "locking, warm",
  [LockingStatus.Locked]: "locked",
};

/** Tells what was heard, when it is new or other than before. */
export class MetadataWatch {
  readonly #kit: Kit;
  readonly #ports: readonly SyncMetadataPort[];
  #told = "";

  constructor(kit: Kit, ports: readonly SyncMetadataPort[]) {
    this.#kit = kit;
    this.#ports = ports;
  }

  tell(): void {
    const heard = this.#ports.find((one) => one.received !== undefined)?.received;
    if (heard === undefined) return;
    const text = JSON.stringify(heard);
    if (text === this.#told) return;
    this.#told = text;
    const rate = `${heard.frameRateNumerator}/${heard.frameRateDenominator}`;
    this.#kit.say(
      `synchronization metadata: ${rate} frames/s${heard.isDropFrame ? " drop-frame" : ""}, ` +
        `${STATUS_WORDS[heard.lockingStatus] ?? "locking unknown"}, local time ` +
        `${heard.currentLocalOffset} s from PTP time`,
    );
    this.#kit.json("syncMetadata", { ...heard });
  }
}
