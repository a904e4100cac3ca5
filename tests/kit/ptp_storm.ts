/**
 * Mutated messages in bulk through live PTP instances with their real servos: nothing is thrown, each
 * message is counted once, what must hold holds after every turn.
 *
 * Messages are taken from a pool of plausible ones that is renewed as time goes by, and mutated in
 * place in the batch; answers to requests get the requests' own sequenceIds. Everything follows from
 * the seed, so a failure names seed and message and can be had again.
 * @module
 */
import { ok } from "node:assert/strict";
import { AddressTable } from "../../lib/base/address.ts";
import { PacketBatch, SlotKind } from "../../lib/base/batch.ts";
import { Random } from "../../lib/base/random.ts";
import { type Instant, instant, timestamp } from "../../lib/base/time.ts";
import { VirtualClock } from "../../lib/base/virtual_clock.ts";
import { PtpInstance } from "../../lib/ptp/instance.ts";
import { DEFAULT_INSTANCE, type InstanceOptions, type PortOptions } from "../../lib/ptp/options.ts";
import type { PtpPort } from "../../lib/ptp/port.ts";
import { Reason } from "../../lib/ptp/reason.ts";
import { LinregServo } from "../../lib/ptp/servo/linreg.ts";
import { PiServo } from "../../lib/ptp/servo/pi.ts";
import { RobustServo } from "../../lib/ptp/servo/robust.ts";
import { isFollowing, PortState } from "../../lib/ptp/state.ts";
import { DEFAULT_UNICAST_SERVER } from "../../lib/ptp/unicast/server.ts";
import { ANNOUNCE_LENGTH } from "../../lib/ptp/wire/announce.ts";
import { Fault } from "../../lib/ptp/wire/fault.ts";
import * as header from "../../lib/ptp/wire/header.ts";
import { MessageType as M } from "../../lib/ptp/wire/header.ts";
import { check, TIMESTAMP } from "../../lib/ptp/wire/message.ts";
import { build, OWN_CLOCK } from "./ptp_bench.ts";
import { type LastRequests, mutated, plausible } from "./ptp_mutants.ts";

const STATES = new Set<number>(Object.values(PortState));
const POOL = 2048;
/** Messages until the pool has been renewed once. */
const RENEWAL = 65_536;
const SLOT = 256;
const START = 1_800_000_000;
/** So many salvos of each {@linkcode STORM} are what a good master sends, so that ports lock again. */
const CALM = 320;
const STORM = 4000;
/** Messages between two looks at what costs more to look at. */
const INSPECTION = 20_000;

/** One way to be a PTP clock. */
export interface StormScene {
  readonly name: string;
  readonly servo: "robust" | "pi" | "linreg";
  readonly instance?: Partial<InstanceOptions>;
  /** States that a storm of some length leads to. */
  readonly states: readonly PortState[];
  /** One entry for each port. */
  readonly ports: readonly ((addresses: AddressTable) => Partial<PortOptions>)[];
}

const FOLLOWING = [PortState.Uncalibrated, PortState.Slave];
const MASTER_ONLY = [PortState.Master];

/** The kinds of clock that a storm goes over. */
export const SCENES: readonly StormScene[] = [
  {
    name: "slave only",
    servo: "robust",
    instance: { slaveOnly: true },
    states: FOLLOWING,
    ports: [() => ({})],
  },
  { name: "ordinary clock", servo: "linreg", states: FOLLOWING, ports: [() => ({})] },
  {
    name: "grandmaster",
    servo: "pi",
    states: MASTER_ONLY,
    ports: [() => ({ masterOnly: true, logSyncInterval: -3, acceptIntervalRequests: true })],
  },
  {
    name: "boundary clock",
    servo: "pi",
    states: FOLLOWING,
    ports: [() => ({}), () => ({}), () => ({})],
  },
  {
    name: "peer delay",
    servo: "linreg",
    states: FOLLOWING,
    ports: [() => ({ delayMechanism: "p2p" })],
  },
  {
    name: "automatic delay",
    servo: "pi",
    instance: { slaveOnly: true, pathTrace: true },
    states: FOLLOWING,
    ports: [() => ({ delayMechanism: "auto" })],
  },
  {
    name: "unicast server",
    servo: "pi",
    states: MASTER_ONLY,
    ports: [() => ({
      masterOnly: true,
      unicastServer: { ...DEFAULT_UNICAST_SERVER, maxClients: 8, minDuration: 0 },
    })],
  },
  {
    name: "unicast client",
    servo: "linreg",
    instance: { slaveOnly: true },
    states: [PortState.Uncalibrated],
    ports: [(addresses) => ({
      unicastClient: {
        masters: [1, 2].map((h) => addresses.internText(`192.0.2.${h}`, 320)),
        logQueryInterval: -2,
        duration: 60,
      },
    })],
  },
];

/** One instance under fire. */
export class Storm {
  /** Messages and stamps fed so far. */
  fed = 0;
  /** Messages alone. */
  messages = 0;
  readonly states = new Set<PortState>();
  readonly ports: PtpPort[] = [];
  readonly #scene: StormScene;
  readonly #seed: number;
  readonly #random: Random;
  readonly #addresses = new AddressTable(256);
  readonly #peers: number[];
  readonly #clock: VirtualClock;
  readonly #instance: PtpInstance;
  readonly #in = new PacketBatch(64, SLOT);
  readonly #out = new PacketBatch(64, SLOT);
  readonly #pool: Uint8Array<ArrayBuffer>[] = [];
  readonly #last: LastRequests = { delay: 0, peer: 0 };
  #now: Instant = instant(0);
  #renewed = 0;
  #salvos = 0;

  constructor(scene: StormScene, seed: number) {
    this.#scene = scene;
    this.#seed = seed;
    this.#random = new Random(seed, "storm", scene.name);
    const addresses = this.#addresses;
    this.#peers = [0, 0, ...[1, 2, 3].map((h) => addresses.internText(`192.0.2.${h}`, 320))];
    this.#clock = new VirtualClock({ now: () => this.#now, start: timestamp(START, 0) });
    this.#instance = new PtpInstance(
      { ...DEFAULT_INSTANCE, clockIdentity: OWN_CLOCK, ...scene.instance },
      { clock: this.#clock, servo: this.#servo(), random: new Random(seed, "instance") },
    );
    scene.ports.forEach((options, k) =>
      this.ports.push(this.#instance.addPort(
        { portNumber: k + 1, logAnnounceInterval: 0, ...options(addresses) },
        {
          addresses,
          event: addresses.internText("224.0.1.129", 319),
          general: addresses.internText("224.0.1.129", 320),
          peerEvent: addresses.internText("224.0.0.107", 319),
          peerGeneral: addresses.internText("224.0.0.107", 320),
        },
      ))
    );
    for (let k = 0; k < POOL; k++) this.#pool.push(this.#fresh());
    this.#turn();
  }

  /** Feeds `count` messages. @throws Error with scene, seed and message where anything is amiss. */
  run(count: number): void {
    const end = this.messages + count;
    let inspected = this.messages;
    try {
      while (this.messages < end) {
        if (this.#salvos++ % STORM < CALM) this.#calm();
        else this.#salvo(1 + this.#random.integer(24));
        if (this.messages - inspected < INSPECTION) continue;
        inspected = this.messages;
        this.#inspect();
      }
      this.#inspect();
    } catch (cause) {
      const where = `${this.#scene.name}, seed ${this.#seed}, after ${this.messages} messages`;
      throw new Error(`${where}: ${cause instanceof Error ? cause.message : cause}`, { cause });
    }
  }

  /** Reasons that messages were dropped for, of all ports. */
  reasons(): Set<string> {
    return new Set(this.ports.flatMap((port) => Object.keys(port.faults.snapshot())));
  }

  #servo() {
    const options = { allowStep: true, acceptEpoch: true };
    switch (this.#scene.servo) {
      case "robust":
        return new RobustServo(this.#clock, {
          ...options,
          members: 1,
          steerInterval: 2e8 as never,
        });
      case "linreg":
        return new LinregServo(this.#clock, options);
      case "pi":
        return new PiServo(this.#clock, options);
    }
  }

  #fresh(): Uint8Array<ArrayBuffer> {
    const octets = plausible(this.#random, this.#last);
    return octets.length <= SLOT - 64 ? octets : octets.slice(0, SLOT - 64);
  }

  /** What a good master sends in 125 ms to the first port: one-step Sync, answers, Announce. */
  #calm(): void {
    const batch = this.#in;
    const sequenceId = this.#salvos & 0xffff;
    batch.clear();
    if (this.#salvos % 8 === 0) this.#put(build({ type: M.Announce, sequenceId }));
    this.#put(build({ type: M.Sync, sequenceId, log: -3 }));
    this.#put(build({ type: M.DelayResp, sequenceId: this.#last.delay, log: -3 }));
    this.messages += batch.count;
    this.fed += batch.count;
    for (let i = 0; i < batch.count; i++) this.ports[0]!.receive(this.#now, batch, i);
    this.#turn();
    this.#check();
    this.#now = this.#now + 125e6 as Instant;
    this.#turn();
  }

  #put(octets: Uint8Array): void {
    const batch = this.#in;
    const i = batch.open();
    batch.bytes.set(octets, batch.offset[i]!);
    batch.length[i] = octets.length;
    batch.stampInstant[i] = this.#now;
    if (octets.length !== ANNOUNCE_LENGTH) this.#setTime(batch.offset[i]! + TIMESTAMP);
  }

  /** Some messages to one port, then a turn; now and then time goes by. */
  #salvo(size: number): void {
    const r = this.#random;
    const batch = this.#in;
    const port = this.ports[r.integer(this.ports.length)]!;
    batch.clear();
    for (let k = 0; k < size; k++) this.#load();
    for (let i = 0; i < size; i++) port.receive(this.#now, batch, i);
    this.messages += size;
    this.fed += size;
    if (r.chance(0.1)) {
      const ticket = r.chance(0.5) ? r.uint32() : 0x0100_0000 | r.integer(0x20000);
      this.#stamp(port, ticket, this.#now - r.integer(1e6));
    }
    const before = this.#now;
    if (r.chance(0.5)) this.#now = before + r.integer(r.chance(0.1) ? 4e9 : 2e8) as Instant;
    this.#turn();
    this.#check();
  }

  /** A message of the pool into the next slot, mutated there. */
  #load(): void {
    const r = this.#random;
    const batch = this.#in;
    const i = batch.open();
    const o = batch.offset[i]!;
    const at = r.integer(POOL);
    let octets = this.#pool[at]!;
    if (this.#renewed++ % (RENEWAL / POOL) === 0) octets = this.#pool[at] = this.#fresh();
    const bytes = batch.bytes;
    const { length } = octets;
    for (let k = 0; k < length; k++) bytes[o + k] = octets[k]!;
    batch.length[i] = length;
    this.#aim(o, length);
    const what = r.integer(16);
    if (what === 0) batch.length[i] = r.integer(length + 1);
    else if (what === 1) batch.length[i] = length + r.integer(64);
    else if (what < 7) {
      for (let k = r.integer(4); k >= 0; k--) bytes[o + r.integer(length)] = r.integer(256);
    } else if (what === 7) {
      const other = mutated(r, octets.slice());
      const kept = Math.min(other.length, SLOT);
      for (let k = 0; k < kept; k++) bytes[o + k] = other[k]!;
      batch.length[i] = kept;
    }
    batch.stampInstant[i] = r.chance(0.05) ? NaN : this.#now - r.integer(1e4);
    batch.peer[i] = this.#peers[r.integer(this.#peers.length)]!;
  }

  /** Gives an answer the sequenceId of the request sent last, and Announce and Sync new ones. */
  #aim(o: number, length: number): void {
    if (length < header.HEADER_LENGTH || this.#random.chance(0.2)) return;
    const { view } = this.#in;
    const type = header.messageType(view, o);
    if (type === M.DelayResp) view.setUint16(o + 30, this.#last.delay);
    else if (type === M.PdelayResp || type === M.PdelayRespFollowUp) {
      view.setUint16(o + 30, this.#last.peer);
    } else if (type === M.Announce) view.setUint16(o + 30, this.messages & 0xffff);
    if (type !== M.Announce && length >= 44) this.#setTime(o + TIMESTAMP);
  }

  /** A master that runs as this clock's oscillator does, so that servos find something to follow. */
  #setTime(o: number): void {
    const { view } = this.#in;
    const seconds = Math.floor(this.#now / 1e9);
    view.setUint16(o, 0);
    view.setUint32(o + 2, START + seconds);
    view.setUint32(o + 6, Math.floor(this.#now - seconds * 1e9));
  }

  #turn(): void {
    const { ports } = this;
    for (const port of ports) port.expire(this.#now);
    this.#instance.settle(this.#now);
    for (const port of ports) {
      for (let round = 0; round < 64; round++) {
        this.#out.clear();
        port.transmit(this.#now, this.#out);
        if (this.#out.count === 0) break;
        this.#sent(port);
      }
      for (let e = port.event(); e !== undefined; e = port.event());
    }
  }

  /** What a port sends is well formed; its stamps mostly come. */
  #sent(port: PtpPort): void {
    const out = this.#out;
    for (let i = 0; i < out.count; i++) {
      const o = out.offset[i]!;
      const type = header.messageType(out.view, o);
      ok(check(out.view, o, out.length[i]!) === Fault.None, `sent a bad message of type ${type}`);
      if (type === M.DelayReq) this.#last.delay = header.sequenceId(out.view, o);
      if (type === M.PdelayReq) this.#last.peer = header.sequenceId(out.view, o);
      const ticket = out.ticket[i]!;
      if (ticket !== 0 && this.#random.chance(0.9)) this.#stamp(port, ticket, this.#now);
    }
  }

  #stamp(port: PtpPort, ticket: number, at: number): void {
    const batch = this.#in;
    batch.clear();
    const i = batch.open();
    batch.kind[i] = SlotKind.TransmitStamp;
    batch.ticket[i] = ticket;
    batch.stampInstant[i] = this.#random.chance(0.02) ? NaN : at;
    port.receive(this.#now, batch, i);
    this.fed++;
  }

  #check(): void {
    for (let turns = 0; this.ports.some((port) => !(port.deadline() > this.#now)); turns++) {
      ok(turns < 8, `a deadline stays behind ${this.#now}`);
      this.#turn();
    }
    let following = 0;
    for (const port of this.ports) {
      const { state } = port;
      ok(STATES.has(state), `state ${state}`);
      this.states.add(state);
      if (isFollowing(state)) following++;
    }
    const { parentDS, currentDS, options } = this.#instance;
    ok(following <= 1, "one port follows");
    ok((following > 0) === (parentDS.parentPortIdentity.port !== 0), "a parent where followed");
    ok((following > 0) === (currentDS.stepsRemoved > 0), "steps where followed");
    ok(currentDS.stepsRemoved <= 255);
    ok(!options.slaveOnly || this.ports.every((p) => p.state !== PortState.Master));
  }

  #inspect(): void {
    let counted = 0;
    for (const port of this.ports) {
      counted += port.faults.of(Reason.None) + port.faults.total();
      ok(port.foreign.size <= port.foreign.capacity);
    }
    ok(counted === this.fed, `${counted} of ${this.fed} counted`);
    const ppb = this.#clock.frequency();
    ok(Math.abs(ppb) <= this.#clock.maxPpb, `a frequency of ${ppb} ppb`);
    const reading = timestamp();
    this.#clock.readAt(this.#now, reading);
    ok(Number.isFinite(reading.seconds) && reading.nanoseconds < 1e9, "the clock shows a time");
    JSON.stringify(this.#instance.snapshot());
  }
}
