/**
 * What answers management messages needs besides the instance: descriptions that only the command
 * knows, and what is remembered for management alone.
 * @module
 */
import type { AddressTable } from "../../base/address.ts";
import type { Clock } from "../../base/clock.ts";
import type { Instant, Timestamp } from "../../base/time.ts";
import type { PtpEvent } from "../event.ts";
import type { PtpInstance } from "../instance.ts";
import type { PtpPort } from "../port.ts";
import type { ServoSample } from "../servo/servo.ts";
import { StateEvent } from "../state.ts";
import { type AlternateChange, Alternates } from "./alternates.ts";
import type { PortAddress } from "./composite.ts";

/** One port's hold on the network. */
export interface PortDescription {
  /** Name of the interface. */
  readonly interfaceName: string;
  /** `physicalLayerProtocol`: "IEEE 802.3". */
  readonly physicalLayer: string;
  readonly physicalAddress: Uint8Array;
  readonly protocolAddress: PortAddress;
  /** What the handles of its masters mean. */
  readonly addresses: AddressTable;
  /** See `Timestamping` of bodies.ts. */
  readonly timestamping: number;
  /** Number of the PHC, -1 for none. */
  readonly phcIndex: number;
}

/** What the clock says of itself (15.5.3.1.2). */
export interface NodeDescription {
  /** `manufacturerName;modelName;instanceIdentifier` */
  readonly productDescription: string;
  /** `hardware;firmware;software` */
  readonly revisionData: string;
  /** `name;location`; a SET changes it. */
  userDescription: string;
  /** One for each port of the instance, in order. */
  readonly ports: readonly PortDescription[];
  /** The instance's clock, for the time of the last Sync. */
  readonly clock: Clock;
}

/** One entry of the fault log (15.5.3.1.7). */
export interface FaultRecord {
  readonly faultTime: Readonly<Timestamp>;
  /** 3: error (Table 63). */
  readonly severityCode: number;
  readonly faultName: string;
  readonly faultValue: string;
  readonly faultDescription: string;
}

/** Entries the fault log keeps. */
const FAULT_LOG_CAPACITY = 16;
/** Table 63, as syslog's. */
const SEVERITY_ERROR = 3;

/** Timeouts that a port met, for PORT_SERVICE_STATS_NP. */
export interface Timeouts {
  announce: number;
  qualification: number;
}

/** The instance, what describes it, and its history as far as management tells it. */
export class ManagedNode {
  readonly instance: PtpInstance;
  readonly description: NodeDescription;
  readonly faultLog: FaultRecord[] = [];
  /** The servo's newest report. */
  sample: ServoSample | undefined;
  /** SYNCHRONIZATION_UNCERTAIN_NP; 0xFF: nobody has said. */
  uncertain = 0xff;
  /** Alternate timescales as configured and as SET. */
  readonly alternates: Alternates;
  readonly #timeouts: Timeouts[] = [];

  constructor(instance: PtpInstance, description: NodeDescription) {
    this.instance = instance;
    this.description = description;
    this.alternates = new Alternates(instance.options.alternateTimeOffsets);
  }

  /** Changes one alternate timescale; a grandmaster announces it at once. */
  changeAlternate(keyField: number, change: AlternateChange): number {
    const error = this.alternates.change(keyField, change);
    if (error !== 0) return error;
    this.instance.options.alternateTimeOffsets = this.alternates.enabled();
    this.instance.requestDecision();
    return 0;
  }

  /** The port with that number. */
  port(portNumber: number): PtpPort | undefined {
    return this.instance.ports.find((p) => p.options.portNumber === portNumber);
  }

  describe(port: PtpPort): PortDescription | undefined {
    return this.description.ports[this.instance.ports.indexOf(port)];
  }

  timeouts(portNumber: number): Timeouts {
    return this.#timeouts[portNumber] ??= { announce: 0, qualification: 0 };
  }

  /** Remembers what management tells later. */
  observe(event: PtpEvent): void {
    switch (event.kind) {
      case "sample":
        this.sample = event.sample;
        return;
      case "fault":
        return this.#log(event.at, event.port, event.reason);
      case "state": {
        const timeouts = this.timeouts(event.port);
        if (event.cause === StateEvent.AnnounceReceiptTimeout) timeouts.announce++;
        if (event.cause === StateEvent.QualificationTimeout) timeouts.qualification++;
        return;
      }
      default:
        return;
    }
  }

  #log(at: Instant, port: number, reason: string): void {
    const faultTime = { seconds: 0, nanoseconds: 0 };
    this.instance.servedTime(at, faultTime);
    this.faultLog.push({
      faultTime,
      severityCode: SEVERITY_ERROR,
      faultName: "FAULTY",
      faultValue: `port ${port}`,
      faultDescription: reason,
    });
    if (this.faultLog.length > FAULT_LOG_CAPACITY) this.faultLog.shift();
  }
}
