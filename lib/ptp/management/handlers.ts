/**
 * What each management id gets, sets and commands: the clock's and each port's.
 *
 * A handler that is missing means that this node does not support the id, and why `set` refuses is
 * a managementErrorId.
 * @module
 */
import type { Instant } from "../../base/time.ts";
import type { PtpPort } from "../port.ts";
import { BODIES, type BodyName } from "./bodies.ts";
import { CLOCK_HANDLERS } from "./clock_handlers.ts";
import type { Values, ValuesOf } from "./kind.ts";
import type { ManagedNode } from "./node.ts";
import { PORT_HANDLERS } from "./port_handlers.ts";

/** 0: done; else a managementErrorId. */
export type Result = number;

/** The values of the body called `N`. */
export type BodyOf<N extends BodyName> = ValuesOf<(typeof BODIES)[N]["layout"]>;

/** How one id of the clock is answered. */
export interface ClockHandler<N extends BodyName> {
  /** `undefined`: not supported here. `asked` is the data of the GET, where it brought all of it. */
  get?(node: ManagedNode, now: Instant, asked?: BodyOf<N>): BodyOf<N> | undefined;
  set?(node: ManagedNode, values: BodyOf<N>, now: Instant): Result;
  command?(node: ManagedNode, values: BodyOf<N>, now: Instant): Result;
}

/** How one id of a port is answered. */
export interface PortHandler<N extends BodyName> {
  get?(node: ManagedNode, port: PtpPort, now: Instant): BodyOf<N> | undefined;
  set?(node: ManagedNode, port: PtpPort, values: BodyOf<N>, now: Instant): Result;
  command?(node: ManagedNode, port: PtpPort, values: BodyOf<N>, now: Instant): Result;
}

/** A handler of either kind, its types erased and its port bound. */
export interface Handler {
  get?(asked?: Values): Values | undefined;
  set?(values: Values): Result;
  command?(values: Values): Result;
}

/** The handler of `name` for the clock, or for `port` where the id is a port's. */
export function handlerOf(
  name: BodyName,
  node: ManagedNode,
  port: PtpPort | undefined,
  now: Instant,
): Handler {
  if (port === undefined) {
    const h = CLOCK_HANDLERS[name] as ClockHandler<BodyName> | undefined;
    return bind(
      h?.get && ((asked) => h.get?.(node, now, asked as never)),
      h?.set && ((values) => h.set?.(node, values as never, now) ?? 0),
      h?.command && ((values) => h.command?.(node, values as never, now) ?? 0),
    );
  }
  const h = PORT_HANDLERS[name] as PortHandler<BodyName> | undefined;
  return bind(
    h?.get && (() => h.get?.(node, port, now)),
    h?.set && ((values) => h.set?.(node, port, values as never, now) ?? 0),
    h?.command && ((values) => h.command?.(node, port, values as never, now) ?? 0),
  );
}

function bind(get: Handler["get"], set: Handler["set"], command: Handler["command"]): Handler {
  return {
    ...(get === undefined ? {} : { get }),
    ...(set === undefined ? {} : { set }),
    ...(command === undefined ? {} : { command }),
  };
}
