/**
 * Waits until the kernel really stamps what it receives.
 *
 * The first socket of the machine that asks for receive stamps switches them on by a work queue,
 * so that packets of the next moments come without. A datagram to oneself tells when it is done.
 * @module
 */
import { Arena } from "./arena.ts";
import { Af, CMSGHDR, IOVEC, Msg, MSGHDR, So, Sock, Sol, TIMESPEC } from "./layout.ts";
import { closeDescriptor, type Libc, libc } from "./libc.ts";
import { enableStamps } from "./timestamping.ts";

const CONTROL = 256;
const PAUSE_NANOS = 500_000;
const MAX_TRIES = 40;
const ONE_OCTET = 1n;

/**
 * Returns once stamps are on: at once where they were, else after about a millisecond, at most 20.
 * Call it after the socket in question was opened.
 * @returns false where it cannot be told (loopback is down) or they did not come on.
 */
export function awaitKernelStamps(): boolean {
  const c = libc();
  const fd = c.socket(Af.Inet, Sock.Dgram | Sock.CloseOnExec | Sock.NonBlock, 0);
  if (fd < 0) return false;
  const arena = new Arena(MSGHDR.size + IOVEC.size + CONTROL + TIMESPEC.size + 64);
  try {
    return connectToItself(c, fd) && comesStamped(c, fd, arena);
  } finally {
    closeDescriptor(fd);
    arena.close();
  }
}

function connectToItself(c: Libc, fd: number): boolean {
  const address = new Uint8Array([Af.Inet, 0, 0, 0, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
  const length = new Uint8Array(new Uint32Array([address.length]).buffer);
  return c.bind(fd, address, address.length) === 0 &&
    c.getsockname(fd, address, length) === 0 &&
    c.connect(fd, address, address.length) === 0;
}

function comesStamped(c: Libc, fd: number, arena: Arena): boolean {
  enableStamps(fd, "software", "127.0.0.1");
  const header = arena.reserve(MSGHDR.size);
  const vector = arena.reserve(IOVEC.size);
  const control = arena.reserve(CONTROL);
  const pause = arena.reserve(TIMESPEC.size);
  arena.link(header + MSGHDR.iov, vector);
  arena.setPointer(header + MSGHDR.iovLength, 1);
  arena.link(header + MSGHDR.control, control);
  arena.words[(pause + TIMESPEC.nanos) >> 2] = PAUSE_NANOS;
  const octet = new Uint8Array(1);
  for (let k = 0; k < MAX_TRIES; k++) {
    if (c.write(fd, octet, ONE_OCTET) < 0) return false;
    arena.setPointer(header + MSGHDR.controlLength, CONTROL);
    if (c.recvmsg(fd, arena.pointer(header), Msg.DontWait) >= 0) {
      const hasControl = arena.words[(header + MSGHDR.controlLength) >> 2]! > 0;
      const isStamp = arena.words[(control + CMSGHDR.level) >> 2] === Sol.Socket &&
        arena.words[(control + CMSGHDR.type) >> 2] === So.Timestamping;
      if (hasControl && isStamp) return true;
    }
    c.ppoll(null, 0, arena.pointer(pause), null);
  }
  return false;
}
