/**
 * Who hangs from whom: clocks of a domain as a tree, from path traces, from who answers whose
 * Delay_Req, and, where neither is seen, from the grandmaster a port announces.
 * @module
 */
import { clockText, isSameClock } from "../wire/identity.ts";
import type { WatchedPort } from "./watched_port.ts";

/** One clock. */
export interface ClockNode {
  readonly clock: string;
  /** "" for the top, and for clocks of which nothing is known. */
  readonly parent: string;
  /** How that is known; `announce` alone leaves open what lies between. */
  readonly by: "pathTrace" | "delay" | "announce" | "";
  /** Port numbers seen here. */
  readonly ports: readonly number[];
}

const STRENGTH = { pathTrace: 3, delay: 2, announce: 1, "": 0 } as const;

interface Draft {
  clock: string;
  parent: string;
  by: ClockNode["by"];
  ports: number[];
}

/** The clocks that `ports` and their path traces tell of; parents before children. */
export function clockTree(ports: readonly WatchedPort[]): ClockNode[] {
  const drafts = new Map<string, Draft>();
  const draft = (clock: string): Draft => {
    let found = drafts.get(clock);
    if (found === undefined) {
      found = { clock, parent: "", by: "", ports: [] };
      drafts.set(clock, found);
    }
    return found;
  };
  const hang = (clock: string, parent: string, by: ClockNode["by"]) => {
    const node = draft(clock);
    draft(parent);
    if (clock === parent || STRENGTH[by] <= STRENGTH[node.by]) return;
    if (isBelow(drafts, parent, clock)) return;
    node.parent = parent;
    node.by = by;
  };
  for (const port of ports) draft(clockText(port.identity)).ports.push(port.identity.port);
  for (const port of ports) {
    const own = clockText(port.identity);
    const trace = port.pathTrace;
    for (let k = 1; k < trace.length; k++) hang(trace[k] ?? "", trace[k - 1] ?? "", "pathTrace");
    const { master, announced } = port;
    if (master !== undefined) hang(own, clockText(master.identity), "delay");
    const isOther = announced !== undefined &&
      !isSameClock(announced.grandmasterIdentity, port.identity);
    if (isOther) hang(own, clockText(announced.grandmasterIdentity), "announce");
  }
  return inOrder(drafts);
}

/** True where `clock` hangs from `from`, however far below. */
function isBelow(drafts: ReadonlyMap<string, Draft>, clock: string, from: string): boolean {
  let at = clock;
  for (let k = 0; k <= drafts.size && at !== ""; k++) {
    if (at === from) return true;
    at = drafts.get(at)?.parent ?? "";
  }
  return false;
}

function inOrder(drafts: ReadonlyMap<string, Draft>): ClockNode[] {
  const children = new Map<string, Draft[]>();
  for (const node of drafts.values()) {
    const list = children.get(node.parent);
    if (list === undefined) children.set(node.parent, [node]);
    else list.push(node);
  }
  const found: ClockNode[] = [];
  const waiting = [...children.get("") ?? []].reverse();
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    found.push(node);
    waiting.push(...[...children.get(node.clock) ?? []].reverse());
  }
  return found;
}
