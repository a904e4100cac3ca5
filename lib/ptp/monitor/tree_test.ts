import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { portOf } from "../../../tests/kit/ptp_talk.ts";
import type { PortIdentity } from "../wire/identity.ts";
import { announced } from "./announced.ts";
import { clockTree } from "./tree.ts";
import { WatchedDomain } from "./watched_domain.ts";
import { WatchedPort } from "./watched_port.ts";

const domain = new WatchedDomain(0, 0, 0);

function port(id: PortIdentity, gm?: PortIdentity): WatchedPort {
  const made = new WatchedPort(0, domain, id, 0);
  if (gm !== undefined) {
    made.announced = { ...announced(), grandmasterIdentity: { high: gm.high, low: gm.low } };
  }
  return made;
}

function edges(ports: readonly WatchedPort[]): string[] {
  return clockTree(ports).map((n) => `${n.clock.slice(-2)}<${n.parent.slice(-2)} ${n.by}`);
}

Deno.test("clockTree(): a boundary clock between grandmaster and slave, by its two ports", () => {
  const gm = port(portOf(1), portOf(1));
  const up = port(portOf(5, 1));
  up.master = gm;
  const down = port(portOf(5, 2), portOf(1));
  const slave = port(portOf(9));
  slave.master = down;
  assertEquals(edges([slave, down, up, gm]), ["01< ", "05<01 delay", "09<05 delay"]);
  assertEquals(clockTree([up, down]).find((n) => n.clock.endsWith("05"))?.ports, [1, 2]);
});

Deno.test("clockTree(): a path trace tells of clocks that are not seen; announce is the last resort", () => {
  const far = port(portOf(3, 2), portOf(1));
  assertEquals(edges([far]), ["01< ", "03<01 announce"]);
  far.pathTrace = ["001122.0000.000001", "001122.0000.000002", "001122.0000.000003"];
  assertEquals(edges([far]), ["01< ", "02<01 pathTrace", "03<02 pathTrace"]);
});

Deno.test("clockTree(): a circle is cut, not walked", () => {
  const a = port(portOf(1));
  const b = port(portOf(2));
  a.master = b;
  b.master = a;
  assertEquals(edges([a, b]), ["02< ", "01<02 delay"]);
});
