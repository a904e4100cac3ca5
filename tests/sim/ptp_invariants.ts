/**
 * What holds of any network of PTP clocks once it has settled, judged island by island.
 * @module
 */
import { deepStrictEqual as assertEquals, ok } from "node:assert/strict";
import type { PtpInstance } from "../../lib/ptp/instance.ts";
import type { PtpPort } from "../../lib/ptp/port.ts";
import { isFollowing, PortState } from "../../lib/ptp/state.ts";
import { isSameClock } from "../../lib/ptp/wire/identity.ts";
import type { SimLink } from "../../lib/sim/link.ts";
import type { Wire } from "../../lib/sim/wire.ts";
import type { SimBoundary, SimClock } from "./ptp_net.ts";

export type AnyClock = SimClock | SimBoundary;

export function portsOf(c: AnyClock): readonly PtpPort[] {
  return "ports" in c ? c.ports : [c.port];
}

export function linksOf(c: AnyClock): readonly SimLink[] {
  return "links" in c ? c.links : [c.link];
}

/** Its own parent: a grandmaster, or a clock that follows nobody. */
export function isRoot(i: PtpInstance): boolean {
  return isSameClock(i.parentDS.parentPortIdentity, i.defaultDS.clockIdentity);
}

/** One grandmaster, whose parent is itself; every other's chain of parents ends at it. */
export function assertTree(clocks: readonly AnyClock[], why = ""): void {
  const instances = clocks.map((c) => c.instance);
  const roots = instances.filter((i) => isRoot(i) && !i.options.slaveOnly);
  assertEquals(roots.length, 1, `grandmasters ${why}`);
  for (const i of instances) {
    ok(isSameClock(i.parentDS.grandmasterIdentity, roots[0]!.defaultDS.clockIdentity), why);
    let at = i;
    let steps = 0;
    for (; !isRoot(at); steps++) {
      const parent = instances.find((x) =>
        isSameClock(x.defaultDS.clockIdentity, at.parentDS.parentPortIdentity)
      );
      ok(parent !== undefined && steps < instances.length, `a cycle of parents ${why}`);
      at = parent;
    }
    assertEquals(i.currentDS.stepsRemoved, steps, why);
    const following = i.ports.filter((p) => isFollowing(p.state));
    assertEquals(following.length, isRoot(i) ? 0 : 1, `one slave port a clock ${why}`);
  }
}

/** On every wire: at most one master port among those that hear each other. */
export function assertOneMasterAWire(clocks: readonly AnyClock[], why = ""): void {
  const masters = new Map<string, number>();
  for (const c of clocks) {
    portsOf(c).forEach((p, k) => {
      if (p.state !== PortState.Master) return;
      const place = placeOf(linksOf(c)[k]!);
      masters.set(place, (masters.get(place) ?? 0) + 1);
    });
  }
  for (const [place, n] of masters) ok(n <= 1, `${n} masters on ${place} ${why}`);
}

/** All of the above for each island of running clocks, and that its best clock is the grandmaster. */
export function assertSettled(clocks: readonly AnyClock[], why: string): void {
  for (const island of islands(clocks.filter((c) => c.node.isRunning))) {
    const able = island.filter((c) => !c.instance.options.slaveOnly);
    if (able.length === 0) {
      for (const c of island) ok(!portsOf(c).some((p) => isFollowing(p.state)), `whom? ${why}`);
      continue;
    }
    assertTree(island, why);
    assertOneMasterAWire(island, why);
    const best = able.reduce((a, b) => rank(a) < rank(b) ? a : b);
    ok(isRoot(best.instance), `the best clock of an island is its grandmaster ${why}`);
  }
}

/** Orders clocks that differ in priority1 and identity alone. */
function rank(c: AnyClock): number {
  const { priority1, clockIdentity } = c.instance.defaultDS;
  return priority1 * 2 ** 32 + clockIdentity.low;
}

/** Clocks that hear one another, directly or through others. */
export function islands(clocks: readonly AnyClock[]): AnyClock[][] {
  const left = new Set(clocks);
  const found: AnyClock[][] = [];
  for (const first of clocks) {
    if (!left.delete(first)) continue;
    const island = [first];
    for (const c of island) {
      const places = new Set(linksOf(c).map(placeOf));
      for (const other of left) {
        if (!linksOf(other).some((link) => places.has(placeOf(link)))) continue;
        left.delete(other);
        island.push(other);
      }
    }
    found.push(island);
  }
  return found;
}

/** A wire, or the part of it that a partition has left. */
function placeOf(link: SimLink): string {
  return `${link.wire.name}#${link.island}`;
}

/** Wires that two links or more are on. */
export function sharedWires(wires: readonly Wire[]): Wire[] {
  return wires.filter((w) => w.links.length > 1);
}
