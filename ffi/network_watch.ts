/**
 * Tells that interfaces or their addresses changed (rtnetlink(7)); what they are now, `netif.ts` says.
 * @module
 */
import { Errno } from "./errno.ts";
import { Af, NETLINK_ROUTE, RouteGroup, Sock, SOCKADDR_NL } from "./layout.ts";
import { checked, closeDescriptor, errno, type Libc, libc } from "./libc.ts";
import type { Pollable } from "./pollable.ts";

const ROOM = 8192;
const ROOM_LENGTH = 8192n;
const MAX_READS = 256;

/** A socket that becomes readable when an interface or an address comes, goes or changes. */
export class NetworkWatch implements Pollable {
  readonly #c: Libc = libc();
  readonly #fds: number[] = [];
  readonly #scratch = new Uint8Array(ROOM);

  private constructor(fd: number) {
    this.#fds.push(fd);
  }

  /** @throws OsError */
  static open(): NetworkWatch {
    const type = Sock.Raw | Sock.NonBlock | Sock.CloseOnExec;
    const fd = checked("socket AF_NETLINK", "", libc().socket(Af.Netlink, type, NETLINK_ROUTE));
    const address = new Uint8Array(SOCKADDR_NL.size);
    const view = new DataView(address.buffer);
    const groups = RouteGroup.Link | RouteGroup.Ipv4Address | RouteGroup.Ipv6Address;
    view.setUint16(SOCKADDR_NL.family, Af.Netlink, true);
    view.setUint32(SOCKADDR_NL.groups, groups, true);
    try {
      checked("bind AF_NETLINK", "", libc().bind(fd, address, address.length));
    } catch (error) {
      closeDescriptor(fd);
      throw error;
    }
    return new NetworkWatch(fd);
  }

  /** True where something changed since the last call; a lost report (ENOBUFS) counts as one. */
  hasChanged(): boolean {
    const fd = this.#fds[0];
    if (fd === undefined) return false;
    let found = false;
    for (let k = 0; k < MAX_READS; k++) {
      const n = this.#c.read(fd, this.#scratch, ROOM_LENGTH);
      if (n < 0 && errno() !== Errno.ENOBUFS && errno() !== Errno.EINTR) break;
      found = true;
    }
    return found;
  }

  fds(): readonly number[] {
    return this.#fds;
  }

  isBlocked(_k: number): boolean {
    return false;
  }

  close(): void {
    const fd = this.#fds.pop();
    if (fd !== undefined) closeDescriptor(fd);
  }
}
