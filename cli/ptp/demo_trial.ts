/**
 * The demonstration put together: two instances, two virtual clocks, two links on `lo`, one loop.
 * @module
 */
import { lane } from "../../lib/base/drive.ts";
import { Random } from "../../lib/base/random.ts";
import { difference, type Instant, type Timestamp, timestamp } from "../../lib/base/time.ts";
import { PtpInstance } from "../../lib/ptp/instance.ts";
import { DEFAULT_INSTANCE } from "../../lib/ptp/options.ts";
import type { PtpPort } from "../../lib/ptp/port.ts";
import { RobustServo } from "../../lib/ptp/servo/robust.ts";
import type { ServoSample } from "../../lib/ptp/servo/servo.ts";
import { STATE_NAMES } from "../../lib/ptp/state.ts";
import type { Kit } from "../kit/kit.ts";
import { PLAN, type Plan, type Reading, type Trial } from "./demo_plan.ts";
import { drive, everyPeriod, type Timed } from "./drive.ts";
import type { Io } from "./options.ts";
import { attach, openLoopback, type OpenPair } from "./net/wiring.ts";
import { destinations } from "./net/transport.ts";
import { PORTABLE_LOCK } from "./servo_of.ts";
import { absoluteRaw, identityOf, type OpenClock, openClock, rawNow } from "./wiring.ts";

const READINGS_PERIOD = 20e6;
const PORT = { logAnnounceInterval: -2, logSyncInterval: -3, logMinDelayReqInterval: -3 } as const;

/** One clock of the two. */
interface Station {
  readonly clock: OpenClock;
  readonly instance: PtpInstance;
  readonly port: PtpPort;
}

/** Opens clocks and sockets. @throws Failure, OsError */
export async function openTrial(kit: Kit, io: Io, plan: Plan): Promise<Trial> {
  const attachment = attach("lo", "udp4");
  const pair = await openLoopback(attachment, io);
  const steps = plan.steps.map((s) => ({ by: s.by, at: s.at * 1e9 }));
  const master = openClock({
    spec: { kind: "virtual", offset: timestamp(), ppb: PLAN.masterPpb, steps },
    steers: true,
    onPiece: tell(kit, "grandmaster"),
  });
  const slave = openClock({
    spec: { kind: "virtual", offset: PLAN.slaveOffset, ppb: PLAN.slavePpb, steps: [] },
    steers: true,
    onPiece: tell(kit, "slave"),
  });
  const servo = new RobustServo(slave.clock, {
    acceptEpoch: true,
    allowStep: true,
    ...(pair.io === "deno" ? { lockThreshold: PORTABLE_LOCK } : {}),
  });
  const seed = crypto.getRandomValues(new Uint32Array(2));
  const gm = new PtpInstance(
    { ...DEFAULT_INSTANCE, clockIdentity: identityOf(attachment, true), priority1: 1 },
    { clock: master.clock, random: new Random(seed[0] ?? 0, "gm") },
  );
  const follower = new PtpInstance(
    { ...DEFAULT_INSTANCE, clockIdentity: identityOf(attachment, true), slaveOnly: true },
    { clock: slave.clock, servo, random: new Random(seed[1] ?? 1, "slave") },
  );
  const stations = {
    master: {
      clock: master,
      port: gm.addPort(PORT, destinations(pair.master.link, pair.master.target)),
      instance: gm,
    },
    slave: {
      clock: slave,
      port: follower.addPort(PORT, destinations(pair.slave.link, pair.slave.target)),
      instance: follower,
    },
  };
  return new LoopbackTrial(kit, pair, stations, plan.seconds);
}

/** `{"event":"clock"}` of both clocks, told apart by `clock`. */
function tell(kit: Kit, which: string) {
  return (raw: Instant, seconds: number, nanoseconds: number, ppb: number): void => {
    const time = BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds);
    kit.json("clock", { clock: which, raw: absoluteRaw(raw), time, ppb });
  };
}

class LoopbackTrial implements Trial {
  readonly readings: Reading[] = [];
  readonly io: "ffi" | "deno";
  readonly #kit: Kit;
  readonly #pair: OpenPair;
  readonly #master: Station;
  readonly #slave: Station;
  readonly #a: Timestamp = timestamp();
  readonly #b: Timestamp = timestamp();
  readonly #start = rawNow();
  readonly #seconds: number;
  #sample: ServoSample | undefined;

  constructor(
    kit: Kit,
    pair: OpenPair,
    stations: { master: Station; slave: Station },
    seconds: number,
  ) {
    this.#kit = kit;
    this.#seconds = seconds;
    this.#pair = pair;
    this.io = pair.io;
    this.#master = stations.master;
    this.#slave = stations.slave;
  }

  raw(at: Instant): string {
    return absoluteRaw(at);
  }

  async run(take: (reading: Reading) => void): Promise<void> {
    const end = this.#start + this.#seconds * 1e9;
    const readings = everyPeriod(this.#start, READINGS_PERIOD, (now) => take(this.#read(now)));
    const timed: Timed[] = [readings];
    for (const one of [this.#master, this.#slave]) {
      if (one.clock.plan !== undefined) timed.unshift(one.clock.plan);
    }
    const { master, slave, reactor } = this.#pair;
    await drive(this.#kit, {
      now: rawNow,
      reactor,
      lanes: [lane(master.link, this.#master.port), lane(slave.link, this.#slave.port)],
      shared: {
        settle: (now) => {
          this.#master.instance.settle(now);
          this.#slave.instance.settle(now);
        },
      },
      timed,
      take: (event, lane) => {
        if (event.kind === "sample") this.#sample = { ...event.sample };
        if (event.kind !== "state") return;
        const clock = lane === 0 ? "grandmaster" : "slave";
        const from = STATE_NAMES[event.from];
        const to = STATE_NAMES[event.to];
        const raw = absoluteRaw(event.at);
        this.#kit.json("state", { clock, raw, from, to, cause: event.cause });
      },
      isOver: () => rawNow() >= end,
    });
  }

  close(): void {
    this.#pair.reactor.close();
    this.#pair.master.link.close();
    this.#pair.slave.link.close();
  }

  #read(now: Instant): Reading {
    this.#slave.clock.clock.readAt(now, this.#a);
    this.#master.clock.clock.readAt(now, this.#b);
    const reading = {
      at: (now - this.#start) / 1e9,
      instant: now,
      error: difference(this.#a, this.#b),
      state: STATE_NAMES[this.#slave.port.state],
      meanPathDelay: this.#sample?.meanPathDelay ?? NaN,
      frequency: this.#slave.clock.clock.frequency(),
    };
    this.readings.push(reading);
    return reading;
  }
}
