/**
 * Data set comparison algorithm (IEEE 1588-2019 9.3.4, Figures 34 and 35), and that of the alternate
 * BMCA of ITU-T G.8275.1 6.3.7 and G.8275.2 6.7.9.
 * @module
 */
import {
  type ClockIdentity,
  compareClocks,
  comparePorts,
  isSameClock,
  type PortIdentity,
} from "./wire/identity.ts";

/** What the algorithm compares: a foreign master's newest Announce, or defaultDS as D0. */
export interface DataSet {
  readonly priority1: number;
  readonly grandmasterIdentity: Readonly<ClockIdentity>;
  readonly clockClass: number;
  readonly clockAccuracy: number;
  readonly offsetScaledLogVariance: number;
  readonly priority2: number;
  readonly stepsRemoved: number;
  /** 1 to 255 where data sets are compared as G.8275.x has it; 0 or left out otherwise. */
  readonly localPriority?: number;
  /** Who sent it. */
  readonly sender: Readonly<PortIdentity>;
  /** Which of our ports received it. */
  readonly receiver: Readonly<PortIdentity>;
}

/** From the first argument's view. */
export const Order = {
  Better: 2,
  BetterByTopology: 1,
  /** error-1 (a port received its own message) or error-2 (the same message twice). */
  Same: 0,
  WorseByTopology: -1,
  Worse: -2,
} as const;
export type Order = typeof Order[keyof typeof Order];

/** How `a` compares with `b`. */
export function compare(a: DataSet, b: DataSet): Order {
  const localA = a.localPriority ?? 0;
  const localB = b.localPriority ?? 0;
  if (localA > 0 && localB > 0) return compareTelecom(a, b, localA - localB);
  if (isSameClock(a.grandmasterIdentity, b.grandmasterIdentity)) return compareTopology(a, b);
  const difference = a.priority1 - b.priority1 || a.clockClass - b.clockClass ||
    a.clockAccuracy - b.clockAccuracy ||
    a.offsetScaledLogVariance - b.offsetScaledLogVariance || a.priority2 - b.priority2 ||
    compareClocks(a.grandmasterIdentity, b.grandmasterIdentity);
  return difference < 0 ? Order.Better : Order.Worse;
}

/** True where `a` is better than `b`, by quality or by topology; anything beats `undefined`. */
export function isBetter(a: DataSet, b: DataSet | undefined): boolean {
  return b === undefined || compare(a, b) > Order.Same;
}

/** Clocks up to this class are all traceable to the same time: the nearer one is the better. */
const LAST_TRACEABLE_CLASS = 127;

/** G.8275.x: without priority1, with a priority of one's own before the identities. */
function compareTelecom(a: DataSet, b: DataSet, localDifference: number): Order {
  const difference = a.clockClass - b.clockClass || a.clockAccuracy - b.clockAccuracy ||
    a.offsetScaledLogVariance - b.offsetScaledLogVariance || a.priority2 - b.priority2 ||
    localDifference;
  if (difference !== 0) return difference < 0 ? Order.Better : Order.Worse;
  if (a.clockClass <= LAST_TRACEABLE_CLASS) return compareTopology(a, b);
  const identities = compareClocks(a.grandmasterIdentity, b.grandmasterIdentity);
  if (identities === 0) return compareTopology(a, b);
  return identities < 0 ? Order.Better : Order.Worse;
}

/** Figure 35: the same grandmaster over two paths. */
function compareTopology(a: DataSet, b: DataSet): Order {
  if (a.stepsRemoved > b.stepsRemoved + 1) return Order.Worse;
  if (a.stepsRemoved + 1 < b.stepsRemoved) return Order.Better;
  if (a.stepsRemoved > b.stepsRemoved) return compareLonger(a);
  if (a.stepsRemoved < b.stepsRemoved) return (0 - compareLonger(b)) as Order;
  const senders = comparePorts(a.sender, b.sender);
  if (senders !== 0) return senders < 0 ? Order.BetterByTopology : Order.WorseByTopology;
  const receivers = a.receiver.port - b.receiver.port;
  if (receivers === 0) return Order.Same;
  return receivers < 0 ? Order.BetterByTopology : Order.WorseByTopology;
}

/** How the data set that is one step longer compares with the shorter one. */
function compareLonger(longer: DataSet): Order {
  const order = comparePorts(longer.receiver, longer.sender);
  if (order === 0) return Order.Same;
  return order < 0 ? Order.Worse : Order.WorseByTopology;
}
