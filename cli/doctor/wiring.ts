/**
 * The machine this process runs on, for `rptp doctor`.
 * @module
 */
import { SystemClock } from "../../ffi/clock.ts";
import { Errno, OsError } from "../../ffi/errno.ts";
import { listDir, openPath, readText } from "../../ffi/file.ts";
import { Open } from "../../ffi/layout.ts";
import { closeDescriptor } from "../../ffi/libc.ts";
import { interfaces, stampingAbility } from "../../ffi/netif.ts";
import { isRoot } from "../../ffi/privileges.ts";
import { hasSegmentation, openUdpSocket } from "../../ffi/udp_socket.ts";
import type { Access, InterfaceFacts, Machine, TimestampingFacts } from "./machine.ts";

/** Reads the real machine; changes nothing on it. */
export function realMachine(): Machine {
  return {
    denoVersion: Deno.version.deno,
    architecture: Deno.build.arch,
    isRoot: isRoot(),
    readText: (path) => unlessRefused(() => readText(path)),
    list: (path) => unlessRefused(() => listDir(path)) ?? [],
    access,
    interfaces: () => interfaces().map(facts),
    udpOffload,
    taiOffset: () => new SystemClock().taiOffset(),
  };
}

function facts(i: { name: string; isUp: boolean; isLoopback: boolean }): InterfaceFacts {
  const { name, isUp, isLoopback } = i;
  return { name, isUp, isLoopback, timestamping: unlessRefused(() => stamping(name)) };
}

function stamping(name: string): TimestampingFacts {
  return stampingAbility(name);
}

function access(path: string): Access {
  try {
    closeDescriptor(openPath(path, Open.ReadWrite | Open.NonBlock));
    return "ok";
  } catch (error) {
    if (!(error instanceof OsError)) throw error;
    return error.errno === Errno.EACCES || error.errno === Errno.EPERM ? "denied" : "absent";
  }
}

function udpOffload(): { segment: boolean; gro: boolean } {
  const { fd } = openUdpSocket({});
  const segment = hasSegmentation(fd);
  closeDescriptor(fd);
  const gro = unlessRefused(() => {
    closeDescriptor(openUdpSocket({ gro: true }).fd);
    return true;
  });
  return { segment, gro: gro ?? false };
}

/** What `ask` gives; `undefined` where the system refuses. */
function unlessRefused<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    if (error instanceof OsError) return undefined;
    throw error;
  }
}
