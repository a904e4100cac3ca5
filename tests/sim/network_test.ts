import {
  deepStrictEqual as assertEquals,
  notStrictEqual as assertNot,
  ok as assert,
  throws,
} from "node:assert/strict";
import { PacketBatch, SlotKind } from "../../lib/base/batch.ts";
import { instant, millis, nanos, NEVER, seconds } from "../../lib/base/time.ts";
import { VirtualClock } from "../../lib/base/virtual_clock.ts";
import { KERNEL_STAMPS, type SimLink } from "../../lib/sim/link.ts";
import { Network } from "../../lib/sim/network.ts";
import { SILENT, type SimNode } from "../../lib/sim/node.ts";
import { standardWander } from "../../lib/sim/oscillator.ts";
import { Pair, type PairOptions } from "../../lib/sim/pair.ts";
import { Beacon, Echo } from "./cores.ts";

/** A beacon at a, its echo at b. */
function echoPair(options: PairOptions, count: number, period: number) {
  const pair = new Pair(options);
  const beacon = new Beacon(count, period);
  const echo = new Echo();
  beacon.destination = pair.addressOfB;
  pair.a.startCore(pair.network.lane(pair.linkA, beacon));
  pair.b.startCore(pair.network.lane(pair.linkB, echo));
  return { pair, beacon, echo };
}

Deno.test("Pair: an echo comes back after exactly both delays", () => {
  const { pair, beacon } = echoPair(
    { seed: 1, forward: { delay: 3000 }, backward: { delay: 5000 } },
    3,
    1e6,
  );
  pair.network.run(seconds(1));
  assertEquals(beacon.numbers(), [0, 1, 2]);
  assertEquals(beacon.seen.map((s) => s.now), [8000, 1_008_000, 2_008_000]);
  assertEquals(beacon.seen.map((s) => s.stamp), [8000, 1_008_000, 2_008_000]);
  assertEquals(beacon.seen[0]!.peer, pair.addressOfB);
  assertEquals(beacon.seen[0]!.local, pair.addressOfA);
  assertEquals(pair.network.packetsUnderWay, 0);
});

Deno.test("Pair: lost datagrams are lost in the asked share and nothing else happens", () => {
  const { pair, beacon, echo } = echoPair({ seed: 2, forward: { loss: 0.1 } }, 20_000, 1e4);
  pair.network.run(seconds(1));
  assert(Math.abs(echo.returned / 20_000 - 0.9) < 0.01, `${echo.returned}`);
  assert(Math.abs(beacon.numbers().length / 20_000 - 0.81) < 0.012);
  assertEquals(pair.linkA.up.counters.lost, 20_000 - echo.returned);
});

Deno.test("Pair: duplicates and inverted bits reach the core", () => {
  const { pair, beacon } = echoPair(
    {
      seed: 3,
      forward: { duplicate: 0.5 },
      backward: { corrupt: 0.5 },
    },
    1000,
    1e5,
  );
  pair.network.run(seconds(1));
  const extra = beacon.seen.length - 1000;
  assert(extra > 430 && extra < 570, `${extra} duplicates`);
  assertEquals(pair.linkA.up.counters.duplicated, extra);
  assert(pair.linkB.up.counters.corrupted > 600);
  assertEquals(pair.network.packetsUnderWay, 0);
});

Deno.test("SimNode: a core runs at its deadline on the node's own oscillator", () => {
  const pair = new Pair({
    seed: 4,
    a: { oscillator: { offset: 7e12, ppm: 100, wander: standardWander(3) } },
  });
  const beacon = new Beacon(50, 1e9, 7e12 + 1e9);
  beacon.destination = pair.addressOfB;
  pair.a.startCore(pair.network.lane(pair.linkA, beacon));
  const other = new Beacon();
  pair.b.startCore(pair.network.lane(pair.linkB, other));
  pair.network.run(seconds(60));
  assertEquals(beacon.sentAt, Array.from({ length: 50 }, (_, k) => 7e12 + (k + 1) * 1e9));
  other.seen.forEach((s, k) => {
    const expected = pair.a.oscillator.trueAt(instant(7e12 + (k + 1) * 1e9));
    assert(Math.abs(s.now - expected) < 0.05, `${s.now} for ${expected}`);
  });
  assert(pair.a.turns < 80, `${pair.a.turns} turns for 50 deadlines`);
});

Deno.test("SimNode: a distant deadline costs few looks and is met exactly", () => {
  const pair = new Pair({ seed: 5, a: { oscillator: { ppm: -80, wander: standardWander(8) } } });
  const beacon = new Beacon(1, 0, 3600e9);
  pair.a.startCore(pair.network.lane(pair.linkA, beacon));
  pair.network.run(seconds(3700));
  assertEquals(beacon.sentAt, [3600e9]);
  assert(pair.network.events < 20, `${pair.network.events} events`);
});

Deno.test("SimNode: a core whose deadline stays in the past is a bug that is reported", () => {
  const pair = new Pair({ seed: 6 });
  pair.a.startCore(pair.network.lane(pair.linkA, { ...SILENT, deadline: () => instant(0) }));
  throws(() => pair.network.run(seconds(10)), /a: a deadline stays in the past/);
});

Deno.test("SimNode: latency delays the program but not the stamp, and gathers packets", () => {
  const { pair, beacon } = echoPair(
    {
      seed: 7,
      forward: { delay: 1000 },
      b: { latency: { kind: "exponential", mean: 50_000 } },
    },
    5000,
    10_000,
  );
  pair.network.run(seconds(1));
  assertEquals(beacon.numbers().length, 5000);
  assert(pair.b.turns < 2500, `${pair.b.turns} turns`);
  const latest = beacon.seen.map((s) => s.now - s.number * 10_000 - 2000);
  const mean = latest.reduce((s, x) => s + x, 0) / latest.length;
  assert(mean > 20_000 && mean < 80_000, `${mean}`);
});

Deno.test("SimNode: stop() loses what arrives, start() revives", () => {
  const { pair, beacon } = echoPair({ seed: 8 }, 30, 1e6);
  pair.network.at(10.5e6, () => pair.b.stop());
  pair.network.at(20.5e6, () => pair.b.startCore(pair.network.lane(pair.linkB, new Echo())));
  pair.network.run(seconds(1));
  const numbers = Array.from({ length: 30 }, (_, k) => k);
  assertEquals(beacon.numbers(), numbers.filter((k) => k <= 10 || k > 20));
  assertEquals(pair.network.packetsUnderWay, 0);
});

/** `n` beacons on one hub that all send to one group. */
function hub(seed: number, n: number, extra = 0) {
  const net = new Network({ seed });
  const lan = net.wire("lan", {
    up: { delay: 300, jitter: { kind: "exponential", mean: 200 } },
    down: { delay: 200, loss: 0.05, jitter: { kind: "heavyTail", scale: 100 } },
  });
  const beacons: Beacon[] = [];
  const nodes: SimNode[] = [];
  const links: SimLink[] = [];
  for (let k = 0; k < n + extra; k++) {
    const node = net.node(`n${k}`, {
      oscillator: { ppm: 10 * k - 50, wander: standardWander(net.random(`n${k}`).uint32()) },
    });
    const isExtra = k >= n;
    const link = node.link(lan, {
      address: `10.0.0.${k + 1}`,
      ports: [319, 320],
      groups: isExtra ? [] : ["224.0.1.129"],
      stamps: KERNEL_STAMPS,
    });
    const beacon = new Beacon(isExtra ? 5 : 100, 1e7, 1e6 * k);
    beacon.destination = net.addresses.internText(isExtra ? "10.0.0.200" : "224.0.1.129", 320);
    beacon.channel = 1;
    node.startCore(net.lane(link, beacon));
    beacons.push(beacon);
    nodes.push(node);
    links.push(link);
  }
  return { net, lan, beacons, nodes, links };
}

Deno.test("Network: multicast reaches the group's members on the channel of its port", () => {
  const { net, beacons } = hub(1, 8, 1);
  net.run(seconds(2));
  for (const beacon of beacons.slice(0, 8)) {
    assert(beacon.seen.length > 600 && beacon.seen.length < 700, `${beacon.seen.length}`);
    assert(beacon.seen.every((s) => s.channel === 1 && s.kind === SlotKind.Packet));
    assert(beacon.seen.every((s) => net.addresses.text(s.local) === "224.0.1.129:320"));
  }
  assertEquals(beacons[8]!.seen.length, 0);
});

Deno.test("Network: over equal delays a group hears at one instant, in order, but for the sender", () => {
  const build = (spread: number) => {
    const net = new Network({ seed: 1 });
    const lan = net.wire("lan", { up: { delay: 700 } });
    const beacons = [0, 1, 2, 3].map((k) => {
      const node = net.node(`n${k}`);
      const link = node.link(lan, {
        address: `10.0.0.${k + 1}`,
        groups: ["224.0.0.9"],
        down: { delay: 300 + spread * k },
      });
      const beacon = new Beacon(k === 1 ? 10 : 0, 1e6);
      beacon.destination = net.addresses.internText("224.0.0.9", 0);
      node.startCore(net.lane(link, beacon));
      return { beacon, link };
    });
    return { net, lan, beacons };
  };
  const even = build(0);
  even.net.at(5.5e6, () => even.lan.partition([even.beacons[0]!.link, even.beacons[1]!.link]));
  even.net.at(7.0005e6, () => even.beacons[0]!.link.close()); // number 7 is under way to it
  even.net.run(seconds(1));
  assertEquals(even.beacons.map((b) => b.beacon.seen.length), [7, 0, 6, 6]);
  assertEquals(
    even.beacons[2]!.beacon.seen.map((s) => s.now),
    [0, 1, 2, 3, 4, 5].map((k) => k * 1e6 + 1000),
  );
  assertEquals(even.net.packetsUnderWay, 0);
  const uneven = build(1);
  uneven.net.run(seconds(1));
  assertEquals(uneven.beacons.map((b) => b.beacon.seen[0]?.now), [1000, undefined, 1002, 1003]);
});

Deno.test("Network: one seed gives one hash, another seed another", () => {
  const run = (seed: number) => {
    const { net } = hub(seed, 10);
    net.run(seconds(2));
    return net.hash();
  };
  assertEquals(run(1), run(1));
  assertNot(run(1), run(2));
});

Deno.test("Network: a node more does not disturb the others", () => {
  const run = (extra: number) => {
    const { net, nodes } = hub(1, 10, extra);
    net.run(seconds(2));
    return nodes.slice(0, 10).map((n) => n.hash);
  };
  assertEquals(run(3), run(0));
});

Deno.test("Network: how far run() goes at a time changes nothing", () => {
  const a = hub(1, 6);
  const b = hub(1, 6);
  a.net.run(seconds(2));
  for (let k = 0; k < 2000; k++) b.net.runFor(millis(1));
  assertEquals(b.net.hash(), a.net.hash());
});

Deno.test("Wire: partition() separates the groups until rejoin()", () => {
  const { net, lan, beacons, links } = hub(1, 4);
  for (const link of links) link.down.change({});
  net.at(0.3e9, () => lan.partition([links[0]!, links[1]!], [links[2]!]));
  net.at(0.7e9, () => lan.rejoin());
  net.run(seconds(2));
  const heard = (k: number, from: number) =>
    beacons[k]!.seen.filter((s) => s.peer === links[from]!.handles[1]).map((s) => s.number);
  assertEquals(heard(0, 1).length, 100);
  const gap = heard(0, 2);
  assert(gap.length > 55 && gap.length < 65, `${gap.length}`);
  assertEquals(gap.filter((n) => n > 35 && n < 65), []);
  assertEquals(heard(2, 3).length, gap.length);
});

Deno.test("Wire: leaves of an isolating wire hear only the root", () => {
  const net = new Network({ seed: 1 });
  const pon = net.wire("pon", { isIsolating: true });
  const beacons = [0, 1, 2].map((k) => {
    const node = net.node(`n${k}`);
    const link = node.link(pon, { address: `10.0.0.${k + 1}`, isRoot: k === 0 });
    const beacon = new Beacon(1, 0, k * 1000);
    node.startCore(net.lane(link, beacon));
    return beacon;
  });
  net.run(seconds(1));
  assertEquals(beacons.map((b) => b.seen.length), [2, 1, 1]);
});

Deno.test("SimLink: transmit stamps come back with their ticket and the departure", () => {
  const pair = new Pair({ seed: 1, forward: { rate: 1e9, overhead: 0, delay: 5000 } });
  const beacon = new Beacon(2, 100, 1000); // 64 octets take 512 ns: the second waits 412
  beacon.destination = pair.addressOfB;
  beacon.wantsStamps = true;
  pair.a.startCore(pair.network.lane(pair.linkA, beacon));
  pair.network.run(seconds(1));
  assertEquals(beacon.seen.map((s) => s.kind), [SlotKind.TransmitStamp, SlotKind.TransmitStamp]);
  assertEquals(beacon.seen.map((s) => s.number), [1, 2]);
  assertEquals(beacon.seen.map((s) => s.stamp), [1000, 1512]);
});

Deno.test("SimLink: a segmented slot goes out as its datagrams, from a lent region too", () => {
  const pair = new Pair({ seed: 1, link: { maxSegments: 8 } });
  const got = new Beacon();
  pair.b.startCore(pair.network.lane(pair.linkB, got));
  const region = new Uint8Array(4096);
  const batch = new PacketBatch(2, 2048);
  const i = batch.open();
  batch.region[i] = pair.linkA.lend(region);
  batch.offset[i] = 100;
  batch.length[i] = 250;
  batch.segment[i] = 100;
  batch.peer[i] = pair.addressOfB;
  [0, 1, 2].forEach((k) => region[100 + 100 * k + 3] = k + 5);
  assertEquals(pair.linkA.send(batch, 0), 1);
  pair.network.run(seconds(1));
  assertEquals(got.seen.map((s) => [s.number, s.length]), [[5, 100], [6, 100], [7, 50]]);
});

Deno.test("SimLink: what is too long or goes nowhere is counted and taken", () => {
  const pair = new Pair({ seed: 1, link: { mtu: 100 } });
  pair.a.startCore(pair.network.lane(pair.linkA, SILENT));
  const batch = new PacketBatch(2, 2048);
  batch.length[batch.open()] = 101;
  const i = batch.open();
  batch.length[i] = 100;
  batch.peer[i] = pair.network.addresses.internText("10.9.9.9", 1);
  assertEquals(pair.linkA.send(batch, 0), 2);
  assertEquals([pair.linkA.counters.tooLong, pair.linkA.counters.unrouted], [1, 1]);
  assertEquals(pair.network.packetsUnderWay, 0);
});

Deno.test("Network: asymmetry a shows as an offset of a/2 in a two-way exchange", () => {
  const { pair, beacon } = echoPair(
    {
      seed: 1,
      forward: { delay: 10_000 },
      backward: { delay: 10_600 },
      b: { oscillator: { offset: 5e9 } },
    },
    1,
    0,
  );
  beacon.wantsStamps = true;
  const arrivals: number[] = [];
  const echo = new Echo();
  const receive = echo.receive.bind(echo);
  echo.receive = (now, batch, i) => {
    arrivals.push(batch.stampInstant[i]!);
    receive(now, batch, i);
  };
  pair.b.startCore(pair.network.lane(pair.linkB, echo));
  pair.network.run(seconds(1));
  const t1 = beacon.seen.find((s) => s.kind === SlotKind.TransmitStamp)!.stamp;
  const t4 = beacon.seen.find((s) => s.kind === SlotKind.Packet)!.stamp;
  const offset = ((arrivals[0]! - t1) - (t4 - arrivals[0]!)) / 2;
  assertEquals(offset - 5e9, -300);
});

Deno.test("Network: trueErrorBetween() compares two clocks at one true instant", () => {
  const pair = new Pair({ seed: 1, a: { oscillator: { offset: 3e9, ppm: 10 } } });
  const start = { seconds: 1_700_000_000, nanoseconds: 250 };
  const a = new VirtualClock({ now: pair.a.now, start });
  const b = new VirtualClock({ now: pair.b.now, start: { ...start, nanoseconds: 0 } });
  assertEquals(pair.network.trueErrorBetween(pair.a, a, pair.b, b), 250);
  pair.network.run(seconds(10));
  assertEquals(pair.network.trueErrorBetween(pair.a, a, pair.b, b), 250 + 100_000);
});

Deno.test("Network: at() and every() act in order of true time", () => {
  const net = new Network({ seed: 1 });
  const log: string[] = [];
  net.every(10, () => {
    log.push(`e${net.now}`);
    return net.now < 30;
  });
  net.at(20, () => log.push("a20"));
  net.at(5, () => net.at(1, () => log.push(`late${net.now}`)));
  net.run(nanos(100));
  assertEquals(log, ["late5", "e10", "a20", "e20", "e30"]);
  assertEquals(net.now, 100);
  assertEquals(net.runUntil(() => false, nanos(150)), false);
  assertEquals(NEVER > net.now, true);
});
