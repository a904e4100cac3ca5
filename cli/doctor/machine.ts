/**
 * What `rptp doctor` asks of the machine; `wiring.ts` asks the real one, tests a made-up one.
 * @module
 */

/** What a network card can stamp (ETHTOOL_GET_TS_INFO). */
export interface TimestampingFacts {
  readonly transmitSoftware: boolean;
  readonly receiveSoftware: boolean;
  readonly transmitHardware: boolean;
  readonly receiveHardware: boolean;
  /** N of /dev/ptpN, or -1. */
  readonly phcIndex: number;
}

/** One interface. */
export interface InterfaceFacts {
  readonly name: string;
  readonly isUp: boolean;
  readonly isLoopback: boolean;
  /** `undefined` where the driver does not answer. */
  readonly timestamping: TimestampingFacts | undefined;
}

/** Whether a device file can be opened for reading and writing. */
export type Access = "ok" | "absent" | "denied";

/** A machine under examination. */
export interface Machine {
  readonly denoVersion: string;
  readonly architecture: string;
  readonly isRoot: boolean;
  /** The text of a small file of /proc or /sys; `undefined` where it cannot be read. */
  readText(path: string): string | undefined;
  /** Names in a folder; empty where it cannot be read. */
  list(path: string): readonly string[];
  access(path: string): Access;
  interfaces(): readonly InterfaceFacts[];
  /** Whether UDP sockets take UDP_SEGMENT (GSO) and UDP_GRO. */
  udpOffload(): { readonly segment: boolean; readonly gro: boolean };
  /** TAI - UTC as the kernel knows it; 0 where nobody told it. */
  taiOffset(): number;
}
