/**
 * A simulated machine: an oscillator, interfaces, and the protocol cores that run on it, driven by
 * the same `turn()` as on the wire.
 * @module
 */
import { deadline, type Lane, turn } from "../base/drive.ts";
import type { Protocol, Shared } from "../base/link.ts";
import type { Random } from "../base/random.ts";
import { type Instant, type Nanos, NEVER } from "../base/time.ts";
import { SimLink, type SimLinkOptions, type Skimmer } from "./link.ts";
import { Oscillator, type OscillatorOptions } from "./oscillator.ts";
import { mix } from "./packet_pool.ts";
import { type Jitter, sample } from "./path.ts";
import type { Wire } from "./wire.ts";
import type { World } from "./world.ts";

/** A node. */
export interface NodeOptions {
  oscillator?: OscillatorOptions;
  /** From a packet's arrival, or a deadline, until the program runs; 0 if left out. */
  latency?: Jitter;
}

/** What runs on a node. */
export interface Program<E> {
  lanes: readonly Lane<E>[];
  shared?: Shared;
  /** Called for each event, with the index of its lane. */
  take?: (event: E, lane: number, now: Instant) => void;
  /** Called after each turn, for applications that write to their cores. */
  after?: (now: Instant) => void;
}

/** Farther deadlines are looked at again on the way, so that no far future need be drawn. */
const HORIZON = 4e9;
/** A core whose deadline stays in the past runs again after this, ns; so often at most. */
const SPIN = 1000;
const MAX_SPINS = 100_000;
/** A wake-up this little before its deadline, ns, is the deadline itself, rounded. */
const ROUNDING = 0.02;

/** A float64 as two integers, for the hash. */
const bits = new Float64Array(1);
const words = new Int32Array(bits.buffer);

/** One machine. */
export class SimNode {
  readonly name: string;
  readonly index: number;
  readonly oscillator: Oscillator;
  readonly links: SimLink[] = [];
  /** Turns run so far. */
  turns = 0;
  readonly #world: World;
  readonly #latency: Jitter | undefined;
  readonly #random: Random;
  #lanes: readonly Lane<unknown>[] = [];
  #run: (now: Instant) => boolean = () => false;
  #isRunning = false;
  /** The wake-up scheduled: its true time, and the deadline it is for. */
  #wakeAt = Infinity;
  #wakeFor = Infinity;
  #mustTurn = false;
  #last = -Infinity;
  #spins = 0;
  #hash = 0;

  /** Made by `Network.node`. */
  constructor(world: World, name: string, index: number, options: NodeOptions) {
    this.#world = world;
    this.name = name;
    this.index = index;
    this.oscillator = new Oscillator(options.oscillator);
    this.#latency = options.latency;
    this.#random = world.random(name, "latency");
  }

  /** This node's CLOCK_MONOTONIC_RAW now: what a clock on it is made of. */
  readonly now = (): Instant => this.rawAt(this.#world.now);

  /** This node's CLOCK_MONOTONIC_RAW at a true time. */
  rawAt(t: number): Instant {
    return this.oscillator.rawAt(t as Nanos);
  }

  /** A stream of this node's own. */
  random(purpose: string): Random {
    return this.#world.random(this.name, `node/${purpose}`);
  }

  /** An interface on `wire`. */
  link(wire: Wire, options: SimLinkOptions): SimLink {
    const link = new SimLink(this.#world, this, wire, options);
    this.links.push(link);
    return link;
  }

  /** Runs a program from now on, instead of the one before. */
  start<E>(program: Program<E>): void {
    const { lanes, shared, take, after } = program;
    let now: Instant = NEVER;
    const takeNow = (event: E, lane: number) => {
      if (take !== undefined) take(event, lane, now);
    };
    this.#lanes = lanes as readonly Lane<unknown>[];
    this.#run = (at) => {
      now = at;
      const wantWrite = turn(at, lanes, shared, takeNow);
      if (after !== undefined) after(at);
      return wantWrite;
    };
    this.#isRunning = true;
    this.#skim(lanes);
    this.poke();
  }

  /** Runs a program made of one core on one link. */
  startCore<E>(lane: Lane<E>, take?: (event: E, lane: number, now: Instant) => void): void {
    this.start(take === undefined ? { lanes: [lane] } : { lanes: [lane], take });
  }

  /** The machine dies: nothing runs, what arrives is lost. `start` revives it. */
  stop(): void {
    this.#isRunning = false;
    this.#lanes = [];
    this.#wakeAt = Infinity;
    this.#wakeFor = Infinity;
    for (const link of this.links) {
      link.skimmer = undefined;
      link.drop();
    }
  }

  /** True between `start` and `stop`. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Runs a turn at the present instant: an application has written to a core. */
  poke(): void {
    this.#mustTurn = true;
    this.#schedule(this.#world.now);
  }

  /** 32 bits over all that this node sent and received so far, and when. */
  get hash(): number {
    return this.#hash >>> 0;
  }

  /** The network: something reached one of the node's links. */
  arrived(t: number): void {
    if (this.#latency === undefined) {
      this.#turn(t);
      return;
    }
    if (this.#mustTurn) return;
    this.#mustTurn = true;
    this.#schedule(t + Math.max(0, sample(this.#latency, this.#random)));
  }

  /** The network: a wake-up asked for comes. */
  wake(t: number): void {
    if (t !== this.#wakeAt || !this.#isRunning) return;
    this.#wakeAt = Infinity;
    this.#wakeFor = Infinity;
    const raw = this.rawAt(t);
    const due = this.#deadline();
    if (due > raw && due <= raw + ROUNDING) this.#last = Math.max(this.#last, due);
    if (this.#mustTurn || due <= raw + ROUNDING) this.#turn(t);
    else this.#plan(t);
  }

  /** Stirs a packet and the time it passed at into the hash. */
  note(t: number, packetHash: number): void {
    bits[0] = t;
    this.#hash = mix(mix(mix(this.#hash, words[0]!), words[1]!), packetHash);
  }

  /** A program that runs the moment something arrives need not run for what it ignores. */
  #skim(lanes: readonly Lane<unknown>[]): void {
    for (const link of this.links) link.skimmer = undefined;
    if (this.#latency !== undefined) return;
    for (const { link, core } of lanes) {
      if (link instanceof SimLink && core.ignores !== undefined) link.skimmer = core as Skimmer;
    }
  }

  #turn(t: number): void {
    this.#mustTurn = false;
    this.turns++;
    const now = Math.max(this.rawAt(t), this.#last);
    this.#last = now;
    const wantWrite = this.#run(now as Instant);
    if (!this.#isRunning) return;
    if (wantWrite || this.#hasWaiting()) {
      this.#mustTurn = true;
      this.#schedule(t + SPIN);
    } else {
      this.#plan(t);
    }
  }

  /** Schedules the wake-up for the cores' deadline. */
  #plan(t: number): void {
    const due = this.#deadline();
    if (due >= this.#wakeFor) return; // also where there is none
    const raw = Math.max(this.rawAt(t), this.#last);
    if (due <= raw) {
      if (++this.#spins > MAX_SPINS) {
        throw new Error(`sim: ${this.name}: a deadline stays in the past (${due} at ${raw})`);
      }
      this.#schedule(t + SPIN);
      return;
    }
    this.#spins = 0;
    const ahead = due - raw;
    let at = ahead < HORIZON ? this.oscillator.trueAt(due) : t + ahead * 0.99;
    if (at >= this.#wakeAt) return;
    if (this.#latency !== undefined && ahead < HORIZON) {
      at += Math.max(0, sample(this.#latency, this.#random));
    }
    if (at >= this.#wakeAt) return;
    this.#schedule(Math.max(at, t));
    this.#wakeFor = due;
  }

  #schedule(at: number): void {
    if (at >= this.#wakeAt) return;
    this.#wakeAt = at;
    this.#wakeFor = -Infinity;
    this.#world.scheduleWake(at, this);
  }

  #deadline(): Instant {
    return deadline(this.#lanes);
  }

  #hasWaiting(): boolean {
    for (let k = 0; k < this.links.length; k++) if (this.links[k]!.isReadable) return true;
    return false;
  }
}

/** A core that only listens: for nodes whose traffic is written by a test. */
export const SILENT: Protocol<never> = {
  receive: () => {},
  expire: () => {},
  deadline: () => NEVER,
  transmit: () => {},
  event: () => undefined,
};
