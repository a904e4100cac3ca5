/**
 * State decision algorithm (IEEE 1588-2019 9.3.3, Figure 33).
 * @module
 */
import { compare, type DataSet, isBetter, Order } from "./compare.ts";
import type { DecisionCode } from "./event.ts";
import { StateEvent } from "./state.ts";

/** Clocks of class 1 to 127 are masters or passive, never slaves. */
const LAST_MASTER_CLASS = 127;

/**
 * The decision for one port.
 * @param d0 This clock's own data set.
 * @param ebest The best over all ports; the same object as `erbest` where this port received it.
 * @param erbest The best this port received.
 * @param isListening The port is in LISTENING.
 */
export function decide(
  d0: DataSet,
  ebest: DataSet | undefined,
  erbest: DataSet | undefined,
  isListening: boolean,
): DecisionCode {
  if (erbest === undefined && isListening) return "L";
  if (d0.clockClass >= 1 && d0.clockClass <= LAST_MASTER_CLASS) {
    return isBetter(d0, erbest) ? "M1" : "P1";
  }
  if (ebest === undefined || isBetter(d0, ebest)) return "M2";
  if (ebest === erbest) return "S1";
  if (erbest === undefined) return "M3";
  return compare(ebest, erbest) === Order.BetterByTopology ? "P2" : "M3";
}

/** What a decision tells the port's state machine; `undefined` where it tells nothing. */
export function recommendation(code: DecisionCode): StateEvent | undefined {
  switch (code) {
    case "M1":
    case "M2":
    case "M3":
      return StateEvent.RecommendMaster;
    case "S1":
      return StateEvent.RecommendSlave;
    case "P1":
    case "P2":
      return StateEvent.RecommendPassive;
    case "L":
      return undefined;
  }
}

/** The best of data sets that may be missing; the first of equals. */
export function bestOf<T extends DataSet>(sets: Iterable<T | undefined>): T | undefined {
  let best: T | undefined;
  for (const set of sets) if (set !== undefined && isBetter(set, best)) best = set;
  return best;
}
