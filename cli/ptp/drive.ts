/**
 * The loop of a PTP command: the clock's plan, the core, the status line, and the wait.
 * @module
 */
import { deadline, type Lane, turn } from "../../lib/base/drive.ts";
import type { Reactor, Shared } from "../../lib/base/link.ts";
import { earliest, type Instant } from "../../lib/base/time.ts";
import type { PtpEvent } from "../../lib/ptp/event.ts";
import type { Kit } from "../kit/kit.ts";

/** Something that wants to be called at an instant of its own choosing. */
export interface Timed {
  deadline(): Instant;
  expire(now: Instant): void;
}

/** What {@linkcode drive} runs. */
export interface Driven {
  readonly now: () => Instant;
  readonly reactor: Reactor & { wake(): void };
  readonly lanes: readonly Lane<PtpEvent>[];
  readonly shared: Shared;
  /** Run before the core in each turn: wandering clocks, status lines. */
  readonly timed: readonly Timed[];
  /** Called first in each turn: what came in besides packets. */
  readonly begin?: (now: Instant) => void;
  /** Told of each event with its lane's index. */
  readonly take: (event: PtpEvent, lane: number) => void;
  /** True ends the loop. */
  readonly isOver?: () => boolean;
}

/** Runs until the kit stops the command or `isOver` says so. */
export async function drive(kit: Kit, driven: Driven): Promise<void> {
  const { now, reactor, lanes, shared, timed, take } = driven;
  const wake = () => reactor.wake();
  kit.signal.addEventListener("abort", wake);
  try {
    while (!kit.isStopping && driven.isOver?.() !== true) {
      const at = now();
      driven.begin?.(at);
      for (const one of timed) if (one.deadline() <= at) one.expire(at);
      const wantWrite = turn(at, lanes, shared, take);
      let until = deadline(lanes);
      for (const one of timed) until = earliest(until, one.deadline());
      if (driven.isOver?.() === true) return;
      const pending = reactor.wait(until, wantWrite);
      if (pending !== undefined) await pending;
    }
  } finally {
    kit.signal.removeEventListener("abort", wake);
  }
}

/** Calls `say` each `period` ns from `start` on. */
export function everyPeriod(start: Instant, period: number, say: (now: Instant) => void): Timed {
  let next = (start + period) as Instant;
  return {
    deadline: () => next,
    expire(now) {
      while (next <= now) next = (next + period) as Instant;
      say(now);
    },
  };
}
