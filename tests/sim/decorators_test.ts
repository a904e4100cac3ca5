/**
 * Link decorators on simulated interfaces, under PTP: what they do is what PTP sees.
 * @module
 */
import { deepStrictEqual as assertEquals, ok as assert } from "node:assert/strict";
import { seconds } from "../../lib/base/time.ts";
import { PcapReader } from "../../lib/capture/pcap.ts";
import { captureRecord, Progress } from "../../lib/capture/record.ts";
import { DelayLink } from "../../lib/link/delay.ts";
import { FaultLink } from "../../lib/link/fault.ts";
import { MeterLink } from "../../lib/link/meter.ts";
import { TapLink } from "../../lib/link/tap.ts";
import { PortState } from "../../lib/ptp/state.ts";
import { Network } from "../../lib/sim/network.ts";
import { type ClockOptions, SimClock, SLAVE_ONLY } from "./ptp_world.ts";

const PORT = { logSyncInterval: -3, logAnnounceInterval: 0, logMinDelayReqInterval: -3 };

/** A grandmaster and a slave whose interface is decorated, on a cable of 5 us. */
function decorated(decorate: NonNullable<ClockOptions["decorate"]>) {
  const net = new Network({ seed: 1 });
  const cable = net.wire("cable", { up: { delay: 5000 } });
  const gm = new SimClock(net, cable, {
    id: 1,
    servo: "none",
    instance: { priority1: 1 },
    port: PORT,
  });
  const slave = new SimClock(net, cable, {
    id: 2,
    oscillator: { offset: 3e9, ppm: -15 },
    offset: -4e7,
    instance: SLAVE_ONLY,
    port: PORT,
    decorate,
  });
  return { net, gm, slave };
}

Deno.test("DelayLink: PTP sees its delays as path, half their difference as error", () => {
  const { net, gm, slave } = decorated((link, node) =>
    new DelayLink(link, {
      now: node.now,
      random: node.random("delay"),
      send: { delay: 300_000 },
      receive: { delay: 100_000 },
    })
  );
  net.run(seconds(30));
  assertEquals(slave.port.state, PortState.Slave);
  // Forward 105 us, back 305 us: the mean is 205 us, 100 us too much.
  assert(Math.abs(slave.errorAgainst(gm) - 100_000) < 50, `${slave.errorAgainst(gm)} ns`);
  const sample = slave.instance.currentDS.meanDelay;
  assert(Math.abs(sample - 205_000) < 50, `${sample} ns`);
});

Deno.test("FaultLink: a third of everything lost, the slave stays locked", () => {
  let faults: FaultLink | undefined;
  const { net, gm, slave } = decorated((link, node) =>
    faults = new FaultLink(link, {
      now: node.now,
      random: node.random("faults"),
      send: { drop: 0.33, reorder: { probability: 0.1, depth: 2 } },
      receive: { drop: 0.33, duplicate: 0.1 },
    })
  );
  net.run(seconds(60));
  assertEquals(slave.port.state, PortState.Slave);
  assert(Math.abs(slave.errorAgainst(gm)) < 200, `${slave.errorAgainst(gm)} ns`);
  const { dropped, passed } = faults!.received;
  assert(dropped > 300 && Math.abs(dropped / (dropped + passed) - 0.33) < 0.05);
  assert(faults!.sent.reordered > 10);
});

Deno.test("TapLink over MeterLink: the file holds every PTP message that the meter counted", () => {
  const file: number[] = [];
  let meter: MeterLink | undefined;
  const { net } = decorated((link, node) => {
    meter = new MeterLink(link, node.now);
    return new TapLink(meter, {
      format: "ethernet",
      local: (channel) => link.handles[channel] ?? 0,
      clock: (into) => {
        into.seconds = Math.floor(node.now() / 1e9);
        into.nanoseconds = node.now() % 1e9;
      },
      write: (octets) => file.push(...octets),
    });
  });
  net.run(seconds(10));
  const reader = new PcapReader();
  reader.window.reserve(file.length);
  reader.window.space().set(file);
  reader.window.filled(file.length);
  reader.window.finished = true;
  const record = captureRecord();
  const ports = { sent: 0, received: 0 };
  let progress = reader.next(record);
  for (; progress === Progress.Record; progress = reader.next(record)) {
    const ip = record.offset + 14;
    assertEquals(record.view.getUint8(ip + 9), 17);
    assertEquals(record.view.getUint8(ip + 29) & 0xf, 2, "versionPTP");
    if (record.view.getUint32(ip + 12) === 0x0a000002) ports.sent++;
    else ports.received++;
  }
  assertEquals(progress, Progress.End);
  assertEquals(ports, { sent: meter!.sent.packets, received: meter!.received.packets });
  assert(ports.sent > 30 && ports.received > 150, JSON.stringify(ports));
});
