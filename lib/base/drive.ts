/**
 * One turn of the loop that drives every protocol core, on the wire and in the simulator.
 *
 * Receive all links, feed, expire all, settle what they share, transmit all, take the events; the
 * caller then waits. A core's `transmit` is not called while its batch still holds unsent slots.
 * @module
 */
import { PacketBatch } from "./batch.ts";
import type { Link, Protocol, Shared } from "./link.ts";
import { type Instant, NEVER } from "./time.ts";

/** Rounds of receive or transmit per turn, so that a flood starves neither timers nor replies. */
const MAX_ROUNDS = 8;

/** A core, its link, and the two batches between them. */
export interface Lane<E> {
  readonly link: Link;
  readonly core: Protocol<E>;
  readonly inbox: PacketBatch;
  readonly outbox: PacketBatch;
  /** Slots of `outbox` that the link has taken. */
  sent: number;
}

/** What {@linkcode lane} may be told about its batches. */
export interface LaneOptions {
  /** Slots of each batch; 64 if left out. */
  capacity?: number;
  /** Octets of a slot; 2048 if left out. */
  slotSize?: number;
}

/** A lane with fresh batches. */
export function lane<E>(link: Link, core: Protocol<E>, options: LaneOptions = {}): Lane<E> {
  const capacity = options.capacity ?? 64;
  const slotSize = options.slotSize ?? 2048;
  return {
    link,
    core,
    inbox: new PacketBatch(capacity, slotSize),
    outbox: new PacketBatch(capacity, slotSize),
    sent: 0,
  };
}

/**
 * Runs one turn at `now`.
 * @param take Called for each event, after all lanes have transmitted, with the lane's index.
 * @returns true where a link did not take everything: wait for it to become writable.
 */
export function turn<E>(
  now: Instant,
  lanes: readonly Lane<E>[],
  shared: Shared | undefined,
  take: (event: E, lane: number) => void,
): boolean {
  for (let k = 0; k < lanes.length; k++) receiveAll(now, lanes[k]!);
  for (let k = 0; k < lanes.length; k++) lanes[k]!.core.expire(now);
  if (shared !== undefined) shared.settle(now);
  let wantWrite = false;
  for (let k = 0; k < lanes.length; k++) {
    if (!transmitAll(now, lanes[k]!)) wantWrite = true;
  }
  for (let k = 0; k < lanes.length; k++) {
    const core = lanes[k]!.core;
    for (let e = core.event(); e !== undefined; e = core.event()) take(e, k);
  }
  return wantWrite;
}

/** The earliest deadline of all lanes, of their cores and of links that hold packets back. */
export function deadline<E>(lanes: readonly Lane<E>[]): Instant {
  let first = NEVER;
  for (let k = 0; k < lanes.length; k++) {
    const { core, link } = lanes[k]!;
    const d = core.deadline();
    if (d < first) first = d;
    if (link.deadline === undefined) continue;
    const held = link.deadline();
    if (held < first) first = held;
  }
  return first;
}

function receiveAll<E>(now: Instant, lane: Lane<E>): void {
  const { link, core, inbox } = lane;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    inbox.clear();
    const n = link.receive(inbox);
    for (let i = 0; i < n; i++) core.receive(now, inbox, i);
    if (n < inbox.capacity) return;
  }
}

/** True where everything the core had to say was taken (or the turn's rounds are used up). */
function transmitAll<E>(now: Instant, lane: Lane<E>): boolean {
  const { link, core, outbox } = lane;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    if (lane.sent >= outbox.count) {
      outbox.clear();
      lane.sent = 0;
      core.transmit(now, outbox);
      if (outbox.count === 0) return true;
    }
    lane.sent += link.send(outbox, lane.sent);
    if (lane.sent < outbox.count) return false;
    outbox.clear();
    lane.sent = 0;
  }
  return true;
}
