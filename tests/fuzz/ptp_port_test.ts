/**
 * Mutated messages of all types through live instances: nothing is thrown, every message is counted
 * once, and what must hold after any input holds.
 * @module
 */
import { ok } from "node:assert/strict";
import { Random } from "../../lib/base/random.ts";
import type { Instant } from "../../lib/base/time.ts";
import { Reason } from "../../lib/ptp/reason.ts";
import { ServoState } from "../../lib/ptp/servo/servo.ts";
import { PortState } from "../../lib/ptp/state.ts";
import { DEFAULT_UNICAST_SERVER } from "../../lib/ptp/unicast/server.ts";
import { Fault } from "../../lib/ptp/wire/fault.ts";
import { MessageType as M } from "../../lib/ptp/wire/header.ts";
import { check, FIXED_LENGTH } from "../../lib/ptp/wire/message.ts";
import { ms, PtpBench } from "../kit/ptp_bench.ts";
import { type LastRequests, mutated, plausible } from "../kit/ptp_mutants.ts";

const ROUNDS = 60_000;
const STATES = new Set<number>(Object.values(PortState));

function fuzz(name: string, seed: number, bench: PtpBench, expected: string[]): void {
  Deno.test(`PtpPort: ${ROUNDS} mutated messages change nothing they must not (${name})`, () => {
    const r = new Random(seed, "fuzz");
    const peers = [0, 1, ...[1, 2, 3].map((h) => bench.addresses.internText(`192.0.2.${h}`, 320))];
    const last: LastRequests = { delay: 0, peer: 0 };
    let stamps = 0;
    const seen = new Set<string>();
    for (let k = 0; k < ROUNDS; k++) {
      const octets = mutated(r, plausible(r, last));
      const stamp = r.chance(0.05) ? NaN : bench.now - r.integer(1e6);
      bench.octets(octets, stamp, peers[r.integer(peers.length)]);
      if (r.chance(0.05)) {
        bench.stamp(r.chance(0.5) ? r.uint32() : 0x0100_0000 | r.integer(0x20000), stamp, false);
        stamps++;
      }
      if (r.chance(0.3)) bench.now = bench.now + r.integer(4e8) as Instant;
      if (r.chance(0.02)) bench.servo.state = r.integer(3) as ServoState;
      bench.turn();
      for (const m of bench.take()) {
        ok(check(m.view, 0, m.view.byteLength) === Fault.None, `sent type ${m.type}`);
        if (m.type === M.DelayReq) last.delay = m.sequenceId;
        if (m.type === M.PdelayReq) last.peer = m.sequenceId;
        if (m.ticket !== 0 && r.chance(0.8)) {
          bench.stamp(m.ticket, bench.now, false);
          stamps++;
        }
      }
      seen.add(`state ${bench.port.state}`);
      for (const call of bench.servo.calls) seen.add(call.slice(0, 7));
      invariants(bench, k + 1 + stamps);
      bench.events.length = 0;
    }
    for (const reason of Object.keys(bench.port.faults.snapshot())) seen.add(reason);
    for (const what of expected) ok(seen.has(what), `never seen: ${what}`);
  });
}

function invariants(bench: PtpBench, fed: number): void {
  const { port, instance } = bench;
  ok(STATES.has(port.state));
  ok(port.faults.of(Reason.None) + port.faults.total() === fed, "each message counted once");
  ok(port.foreign.size <= port.foreign.capacity);
  const deadline: number = port.deadline();
  ok(deadline === deadline, "the deadline is a number");
  const isFollowing = port.state === PortState.Slave || port.state === PortState.Uncalibrated;
  ok(isFollowing === (instance.parentDS.parentPortIdentity.port !== 0), "a parent where followed");
  ok(isFollowing === (instance.currentDS.stepsRemoved > 0), "steps where followed");
  ok(instance.currentDS.stepsRemoved <= 255);
  if (instance.options.slaveOnly) {
    ok(port.state !== PortState.Master && port.state !== PortState.Passive);
  }
  for (const call of bench.servo.take()) {
    ok(!/NaN|Infinity/.test(call), call);
  }
  if (fed % 1000 === 0) JSON.stringify(instance.snapshot());
}

const WIRE = Object.keys(Fault).filter((name) => name !== "None");
const CHECKS = ["ForeignDomain", "ForeignSdo", "OwnIdentity", "NotConfigured", "PortState"];
const FOLLOWING = [
  ...["StepsRemoved", "NotParent", "OtherPort", "UnknownSequence", "Duplicate", "MissingStamp"],
  ...["LateStamp", "CorrectionTooBig", "SecondsTooBig", "AlternateMaster"],
  ...["forward", "reverse", `state ${PortState.Slave}`, `state ${PortState.Uncalibrated}`],
];

fuzz("slave only", 1, new PtpBench({ slaveOnly: true }), [
  ...WIRE,
  ...CHECKS,
  ...FOLLOWING,
  `state ${PortState.Listening}`,
]);
fuzz("master or slave", 2, new PtpBench({ localTimescale: "utc" }), [
  ...WIRE,
  ...CHECKS,
  ...FOLLOWING,
  `state ${PortState.Master}`,
]);
fuzz("grandmaster", 3, new PtpBench({}, { masterOnly: true, logSyncInterval: -3 }), [
  ...WIRE,
  ...CHECKS,
  `state ${PortState.Master}`,
]);

fuzz("peer delay", 5, new PtpBench({}, { delayMechanism: "p2p", faultResetInterval: ms(100) }), [
  ...WIRE,
  ...["SeveralResponders", "OtherPort", "UnknownSequence", "LateStamp", "linkDel"],
  `state ${PortState.Faulty}`,
]);
fuzz("automatic delay", 6, new PtpBench({ slaveOnly: true }, { delayMechanism: "auto" }), [
  ...["linkDel", "reverse", "SeveralResponders"],
]);

const NEGOTIATION = ["NotGranted", "RateExceeded", "OtherPort"];
fuzz(
  "unicast server",
  7,
  new PtpBench({}, {
    masterOnly: true,
    acceptIntervalRequests: true,
    unicastServer: {
      ...DEFAULT_UNICAST_SERVER,
      maxClients: 3,
      maxClientsPerHost: 2,
      maxSignalingRate: 0.5,
      minDuration: 0,
    },
  }),
  [...NEGOTIATION, ...WIRE, "LateStamp"],
);
fuzz(
  "unicast client",
  8,
  new PtpBench({ slaveOnly: true, pathTrace: true }, (addresses) => ({
    followUpInfo: true,
    unicastClient: {
      masters: [1, 2].map((h) => addresses.internText(`192.0.2.${h}`, 320)),
      logQueryInterval: -2,
      duration: 60,
    },
  })),
  ["NotInMasterTable", "PathLoop", "forward", `state ${PortState.Uncalibrated}`],
);

Deno.test("wire: what check() accepts no reader can leave", () => {
  const r = new Random(4, "fuzz");
  for (let k = 0; k < 20_000; k++) {
    const octets = mutated(r, plausible(r, { delay: 0, peer: 0 }));
    // A view of exactly these octets throws on any read outside of them.
    const v = new DataView(octets.buffer, 0, octets.length);
    if (check(v, 0, octets.length) !== Fault.None) continue;
    const type = v.getUint8(0) & 15;
    ok(v.getUint16(2) <= octets.length && v.getUint16(2) >= FIXED_LENGTH[type]!);
  }
});
