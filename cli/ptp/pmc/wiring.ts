/**
 * Management sockets: UNIX datagrams with a path, as `pmc -u` and `phc2sys -z` speak them.
 * @module
 */
import { hasLibc } from "../../../ffi/libc.ts";
import type { Pollable } from "../../../ffi/pollable.ts";
import { AsyncReactor } from "../../../ffi/reactor.ts";
import { UnixDatagram, type UnixMessage } from "../../../ffi/unix_datagram.ts";
import { UsageError } from "../../kit/errors.ts";

/** A socket with a path. */
export interface ManagementSocket extends Pollable {
  readonly path: string;
  /** The oldest waiting message; `undefined` where there is none. */
  receive(): UnixMessage | undefined;
  /** False where the receiver is gone or takes nothing: the message is lost. @throws OsError */
  send(octets: Uint8Array, to: string): boolean;
  /** Closes and removes the path. */
  close(): void;
}

/** The wait over one socket. */
export interface SocketWait {
  wait(until: number, wantWrite: boolean): void | Promise<void>;
  wake(): void;
  close(): void;
}

/**
 * Binds `path` with the permissions `mode`. A path that nobody listens on any more is replaced.
 * @throws OsError; UsageError without the C library.
 */
export function openManagementSocket(path: string, mode: number): ManagementSocket {
  if (!hasLibc()) {
    throw new UsageError(`management at ${path}`, "needs Linux with the GNU C library");
  }
  const socket = UnixDatagram.bind(path);
  try {
    Deno.chmodSync(path, mode);
  } catch (error) {
    socket.close();
    throw error;
  }
  return socket;
}

/** Waits for one socket. */
export function waitFor(socket: ManagementSocket): SocketWait {
  return new AsyncReactor([socket]) as SocketWait;
}
