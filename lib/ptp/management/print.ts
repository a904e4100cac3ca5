/**
 * Management messages as text in pmc's manner, and as JSON.
 * @module
 */
import { portText } from "../wire/identity.ts";
import { ACTION_NAMES, managementErrorName, managementIdName } from "../wire/management.ts";
import { BODIES, type BodyName, bodyName } from "./bodies.ts";
import { Reader } from "./cursor.ts";
import { decode, type Json, jsonOf, type Layout, show, type Values } from "./kind.ts";
import type { ManagementMessage } from "./message.ts";

/** pmc's word for an id: it calls NULL_PTP_MANAGEMENT by another name. */
export function shownName(id: number): string {
  const name = managementIdName(id);
  if (name === undefined) return `0x${id.toString(16).padStart(4, "0")}`;
  return name === "NULL_PTP_MANAGEMENT" ? "NULL_MANAGEMENT" : name;
}

/** The decoded body of a message read from `v`; `undefined` where it is unknown or too short. */
export function valuesOf(
  v: DataView,
  m: ManagementMessage,
): { name: BodyName; values: Values } | undefined {
  const name = bodyName(m.id);
  if (name === undefined || m.error !== 0) return undefined;
  const values = decode(BODIES[name].layout as Layout, new Reader(v, m.dataAt, m.dataEnd));
  return values === undefined ? undefined : { name, values };
}

/**
 * The lines of one message as pmc writes them, blanks at their ends included. An error status also
 * says for which id and why, which pmc keeps to itself.
 */
export function textLines(v: DataView, m: ManagementMessage): string[] {
  const action = ACTION_NAMES[m.action] ?? `ACTION_${m.action}`;
  const head = `\t${portText(m.source)} seq ${m.sequenceId} ${action} `;
  if (m.error !== 0) {
    return [`${head}MANAGEMENT_ERROR_STATUS ${shownName(m.id)} ${errorName(m.error)}`];
  }
  const name = shownName(m.id);
  if (name === "NULL_MANAGEMENT") return [`${head}MANAGEMENT `];
  if (m.dataAt >= m.dataEnd && hasBody(m.id)) return [`${head}MANAGEMENT empty-tlv `];
  const body = valuesOf(v, m);
  const first = `${head}MANAGEMENT ${name} `;
  return body === undefined ? [first] : [first, ...fieldLines(body.name, body.values)];
}

/** The fields of a body, a line each. */
export function fieldLines(name: BodyName, values: Values): string[] {
  const { layout, width } = BODIES[name] as { layout: Layout; width?: number };
  const told = show(layout, values);
  const longest = Math.max(0, ...told.map((s) => s.text === undefined ? 0 : s.name.length));
  const column = width ?? longest + 1;
  return told.flatMap((s) => {
    if (s.line !== undefined) return [`\t\t${s.line}`];
    return s.text === undefined ? [] : [`\t\t${s.name.padEnd(column - 1)} ${s.text}`];
  });
}

/** One message as an object. */
export function jsonMessage(v: DataView, m: ManagementMessage): { [name: string]: Json } {
  const head = {
    source: portText(m.source),
    sequenceId: m.sequenceId,
    action: ACTION_NAMES[m.action] ?? m.action,
    managementId: shownName(m.id),
  };
  if (m.error !== 0) return { ...head, error: errorName(m.error) };
  const body = valuesOf(v, m);
  if (body === undefined) return head;
  return { ...head, values: jsonOf(BODIES[body.name].layout as Layout, body.values) };
}

function errorName(error: number): string {
  return managementErrorName(error) ?? `0x${error.toString(16).padStart(4, "0")}`;
}

function hasBody(id: number): boolean {
  const name = bodyName(id);
  return name !== undefined && Object.keys(BODIES[name].layout).length > 0;
}
