import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { instant, NEVER } from "../../../lib/base/time.ts";
import { LinkMonitor } from "./link_monitor.ts";
import type { LinkState } from "./wiring.ts";

const UP: LinkState = { isUp: true, index: 3, address: "10.0.0.1" };

/** A monitor over one port; what it does is in `log`. */
function bench() {
  const log: string[] = [];
  let changed = false;
  let state = UP;
  let refusal: string | undefined;
  const port = {
    name: "eth0",
    setLink: (_now: number, isUp: boolean) => log.push(isUp ? "link up" : "link down"),
    reopen: () => {
      log.push("reopen");
      if (refusal !== undefined) throw new Error(refusal);
    },
  };
  const source = {
    hasChanged: () => changed,
    stateOf: () => state,
  };
  const monitor = new LinkMonitor([port], source, (line) => log.push(line));
  return {
    monitor,
    take: () => log.splice(0),
    refuse: (why: string | undefined) => refusal = why,
    become(next: Partial<LinkState>, at = 0) {
      state = { ...state, ...next };
      changed = true;
      monitor.check(instant(at));
      changed = false;
    },
  };
}

Deno.test("LinkMonitor: down and up of the same interface keeps its sockets", () => {
  const b = bench();
  b.become({ isUp: false });
  assertEquals(b.take(), ["interface eth0: down", "link down"]);
  b.become({});
  assertEquals(b.take(), ["link down"]);
  b.become({ isUp: true });
  assertEquals(b.take(), ["interface eth0: up, 10.0.0.1", "link up"]);
  b.become({});
  assertEquals(b.take(), []);
});

Deno.test("LinkMonitor: another address or interface opens the sockets anew", () => {
  const b = bench();
  b.become({ address: "10.0.0.2" });
  assertEquals(b.take(), [
    "interface eth0: 10.0.0.1 became 10.0.0.2",
    "link down",
    "reopen",
    "interface eth0: up, 10.0.0.2",
    "link up",
  ]);
  b.become({ isUp: false, index: 0, address: "" });
  assertEquals(b.take(), ["interface eth0: gone", "link down"]);
  b.become({ isUp: true, index: 9, address: "10.0.0.2" });
  assertEquals(b.take(), ["link down", "reopen", "interface eth0: up, 10.0.0.2", "link up"]);
});

Deno.test("LinkMonitor: sockets that cannot be opened are tried again each second", () => {
  const b = bench();
  b.refuse("bind: EADDRINUSE");
  b.become({ address: "10.0.0.2" }, 5e9);
  assertEquals(b.take().slice(1), ["link down", "reopen", "bind: EADDRINUSE"]);
  assertEquals(b.monitor.deadline(), 6e9);
  b.refuse(undefined);
  b.monitor.expire(instant(6e9));
  assertEquals(b.take(), ["link down", "reopen", "interface eth0: up, 10.0.0.2", "link up"]);
  assertEquals(b.monitor.deadline(), NEVER);
});

Deno.test("LinkMonitor: begin() tells of an interface without carrier", () => {
  const b = bench();
  b.monitor.begin(instant(0));
  assertEquals(b.take(), []);
  b.become({ isUp: false });
  b.take();
  b.monitor.begin(instant(0));
  assertEquals(b.take(), ["link down"]);
});
