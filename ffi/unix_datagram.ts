/**
 * A UNIX datagram socket with a path: what PTP management over `/var/run/ptp4l` speaks.
 *
 * Rare, small messages, so it has a plain interface of its own and no batches.
 * @module
 */
import { Arena } from "./arena.ts";
import { Errno, OsError } from "./errno.ts";
import { Af, IOVEC, Msg, MSGHDR, Sock, SOCKADDR_UN } from "./layout.ts";
import { checked, closeDescriptor, cString, errno, type Libc, libc } from "./libc.ts";
import type { Pollable } from "./pollable.ts";

const MAX_MESSAGE = 65536;
const MAX_PATH = SOCKADDR_UN.size - SOCKADDR_UN.path - 1;

/** A message and where it came from; `from` is "" for a socket without a path. */
export interface UnixMessage {
  readonly octets: Uint8Array;
  readonly from: string;
}

/** See the module. The path exists from `bind` until `close`. */
export class UnixDatagram implements Pollable {
  readonly path: string;
  readonly #c: Libc = libc();
  readonly #fd: number;
  readonly #fds: readonly number[];
  readonly #arena = new Arena(MSGHDR.size + IOVEC.size + SOCKADDR_UN.size + MAX_MESSAGE + 64);
  readonly #header: number;
  readonly #vector: number;
  readonly #name: number;
  readonly #octets: number;
  readonly #pointer: Deno.PointerValue;
  #isClosed = false;

  private constructor(fd: number, path: string) {
    this.#fd = fd;
    this.#fds = [fd];
    this.path = path;
    const a = this.#arena;
    this.#header = a.reserve(MSGHDR.size);
    this.#vector = a.reserve(IOVEC.size);
    this.#name = a.reserve(SOCKADDR_UN.size);
    this.#octets = a.reserve(MAX_MESSAGE);
    a.link(this.#header + MSGHDR.name, this.#name);
    a.link(this.#header + MSGHDR.iov, this.#vector);
    a.setPointer(this.#header + MSGHDR.iovLength, 1);
    a.link(this.#vector + IOVEC.base, this.#octets);
    this.#pointer = a.pointer(this.#header);
  }

  /**
   * Binds to `path`. A socket file that nobody listens on any more is replaced; one that is in use
   * is not.
   * @throws OsError
   */
  static bind(path: string): UnixDatagram {
    const c = libc();
    const address = new Uint8Array(SOCKADDR_UN.size);
    const length = writePath(path, address, 0);
    const name = cString(path);
    const type = Sock.Dgram | Sock.NonBlock | Sock.CloseOnExec;
    const fd = checked("socket", path, c.socket(Af.Unix, type, 0));
    try {
      if (isSocket(path) && isRefused(c, address, length)) c.unlink(name);
      checked("bind", path, c.bind(fd, address, length));
      return new UnixDatagram(fd, path);
    } catch (error) {
      closeDescriptor(fd);
      throw error;
    }
  }

  /** The oldest waiting message; `undefined` where there is none. */
  receive(): UnixMessage | undefined {
    const a = this.#arena;
    a.words[(this.#header + MSGHDR.nameLength) >> 2] = SOCKADDR_UN.size;
    a.setPointer(this.#header + MSGHDR.controlLength, 0);
    a.setPointer(this.#vector + IOVEC.length, MAX_MESSAGE);
    const n = this.#c.recvmsg(this.#fd, this.#pointer, Msg.DontWait);
    if (n < 0) {
      const why = errno();
      if (why === Errno.EAGAIN || why === Errno.EINTR) return undefined;
      throw new OsError("recvmsg", why, this.path);
    }
    const nameLength = a.words[(this.#header + MSGHDR.nameLength) >> 2]!;
    return {
      octets: a.bytes.slice(this.#octets, this.#octets + n),
      from: this.#readPath(nameLength),
    };
  }

  /**
   * Sends one message.
   * @returns false where the receiver's queue is full or it is gone: the message is lost.
   * @throws OsError for anything else.
   */
  send(octets: Uint8Array, to: string): boolean {
    if (octets.length > MAX_MESSAGE) throw new OsError("sendmsg", Errno.EMSGSIZE, to);
    const a = this.#arena;
    a.words[(this.#header + MSGHDR.nameLength) >> 2] = writePath(to, a.bytes, this.#name);
    a.setPointer(this.#header + MSGHDR.controlLength, 0);
    a.bytes.set(octets, this.#octets);
    a.setPointer(this.#vector + IOVEC.length, octets.length);
    const n = this.#c.sendmsg(this.#fd, this.#pointer, Msg.DontWait | Msg.NoSignal);
    if (n >= 0) return true;
    const why = errno();
    if (why === Errno.EAGAIN || why === Errno.ECONNREFUSED || why === Errno.ENOENT) return false;
    throw new OsError("sendmsg", why, to);
  }

  fds(): readonly number[] {
    return this.#fds;
  }

  isBlocked(_k: number): boolean {
    return false;
  }

  /** Closes and removes the path. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const name = cString(this.path);
    closeDescriptor(this.#fd);
    this.#c.unlink(name);
    this.#arena.close();
  }

  #readPath(nameLength: number): string {
    const start = this.#name + SOCKADDR_UN.path;
    let end = Math.min(this.#name + nameLength, this.#name + SOCKADDR_UN.size);
    while (end > start && this.#arena.bytes[end - 1] === 0) end--;
    return end <= start ? "" : new TextDecoder().decode(this.#arena.bytes.slice(start, end));
  }
}

/** True where the path is a socket file, and not some file that only refuses to be one. */
function isSocket(path: string): boolean {
  try {
    return Deno.lstatSync(path).isSocket === true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** True where nobody listens: the owner died without removing its path. */
function isRefused(c: Libc, address: Uint8Array<ArrayBuffer>, length: number): boolean {
  const probe = c.socket(Af.Unix, Sock.Dgram | Sock.CloseOnExec, 0);
  if (probe < 0) return false;
  const refused = c.connect(probe, address, length) < 0 && errno() === Errno.ECONNREFUSED;
  closeDescriptor(probe);
  return refused;
}

/** Writes a sockaddr_un at `at`; returns its length. */
function writePath(path: string, into: Uint8Array, at: number): number {
  const octets = new TextEncoder().encode(path);
  if (octets.length === 0 || octets.length > MAX_PATH) {
    throw new OsError("sockaddr_un", Errno.ENAMETOOLONG, `${path} (1 to ${MAX_PATH} octets)`);
  }
  into.fill(0, at, at + SOCKADDR_UN.size);
  into[at] = Af.Unix;
  into.set(octets, at + SOCKADDR_UN.path);
  return SOCKADDR_UN.path + octets.length + 1;
}
