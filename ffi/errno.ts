/**
 * Error numbers of Linux (the same on x86-64 and aarch64) and the error every failed system call
 * becomes.
 * @module
 */

/** Names to numbers, as `errno(3)` lists them; those this program meets or reports. */
export const Errno = {
  EPERM: 1,
  ENOENT: 2,
  EINTR: 4,
  EIO: 5,
  ENXIO: 6,
  EBADF: 9,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EFAULT: 14,
  EBUSY: 16,
  EEXIST: 17,
  ENODEV: 19,
  ENOTDIR: 20,
  EISDIR: 21,
  EINVAL: 22,
  ENFILE: 23,
  EMFILE: 24,
  ENOTTY: 25,
  EFBIG: 27,
  ENOSPC: 28,
  EROFS: 30,
  EPIPE: 32,
  ERANGE: 34,
  ENAMETOOLONG: 36,
  ENOSYS: 38,
  ELOOP: 40,
  ENOMSG: 42,
  EPROTO: 71,
  EOVERFLOW: 75,
  ENOTSOCK: 88,
  EDESTADDRREQ: 89,
  EMSGSIZE: 90,
  EPROTOTYPE: 91,
  ENOPROTOOPT: 92,
  EPROTONOSUPPORT: 93,
  EOPNOTSUPP: 95,
  EAFNOSUPPORT: 97,
  EADDRINUSE: 98,
  EADDRNOTAVAIL: 99,
  ENETDOWN: 100,
  ENETUNREACH: 101,
  ECONNABORTED: 103,
  ECONNRESET: 104,
  ENOBUFS: 105,
  EISCONN: 106,
  ENOTCONN: 107,
  ETIMEDOUT: 110,
  ECONNREFUSED: 111,
  EHOSTDOWN: 112,
  EHOSTUNREACH: 113,
  EALREADY: 114,
  EINPROGRESS: 115,
} as const;
export type Errno = typeof Errno[keyof typeof Errno];

const NAMES = new Map<number, string>(Object.entries(Errno).map(([name, n]) => [n, name]));

/** What a number means in words, where the name alone is obscure. */
const MEANINGS = new Map<number, string>([
  [Errno.ENOENT, "no such file or directory"],
  [Errno.ENODEV, "no such device"],
  [Errno.ENXIO, "no such device or address"],
  [Errno.EADDRINUSE, "address already in use"],
  [Errno.EADDRNOTAVAIL, "no interface has this address"],
  [Errno.ENETDOWN, "the interface is down"],
  [Errno.ENETUNREACH, "no route"],
  [Errno.ECONNREFUSED, "nothing listens there"],
  [Errno.EHOSTUNREACH, "host unreachable"],
  [Errno.EOPNOTSUPP, "not supported by the driver"],
  [Errno.EMFILE, "too many open files: raise ulimit -n"],
  [Errno.EAFNOSUPPORT, "address family not supported"],
]);

/** `EACCES` for 13; `errno 200` for a number without a name here. */
export function errnoName(errno: number): string {
  return NAMES.get(errno) ?? `errno ${errno}`;
}

/** The name with its meaning: `EADDRINUSE (address already in use)`. */
export function errnoText(errno: number): string {
  const meaning = MEANINGS.get(errno);
  return meaning === undefined ? errnoName(errno) : `${errnoName(errno)} (${meaning})`;
}

/** A system call refused. `needs` names the capability where permission is what is missing. */
export class OsError extends Error {
  override readonly name = "OsError";
  readonly call: string;
  readonly errno: number;
  readonly subject: string;
  /** E.g. `CAP_NET_RAW`; "" where the failure is not about permission. */
  readonly needs: string;

  /**
   * @param call The system call, or the socket option where that says more.
   * @param subject What it was about: an address, an interface, a path.
   * @param needs The capability that would have allowed it, if the caller knows.
   */
  constructor(call: string, errno: number, subject = "", needs = "") {
    const denied = errno === Errno.EPERM || errno === Errno.EACCES;
    const capability = denied ? needs || capabilityFor(call, subject) : "";
    const what = capability === ""
      ? errnoText(errno)
      : `${errnoName(errno)} (needs ${capability} or root)`;
    super(`${subject === "" ? call : `${call} ${subject}`}: ${what}`);
    this.call = call;
    this.errno = errno;
    this.subject = subject;
    this.needs = capability;
  }
}

/** The capability whose lack makes `call` fail with EPERM or EACCES; "" where none is sure. */
function capabilityFor(call: string, subject: string): string {
  switch (call) {
    case "bind": {
      const port = Number(subject.slice(subject.lastIndexOf(":") + 1));
      return port > 0 && port < 1024 ? "CAP_NET_BIND_SERVICE" : "";
    }
    case "clock_adjtime":
    case "clock_settime":
      return "CAP_SYS_TIME";
    case "socket AF_PACKET":
    case "SO_BINDTODEVICE":
      return "CAP_NET_RAW";
    case "SIOCSHWTSTAMP":
    case "TUNSETIFF":
    case "SO_RCVBUFFORCE":
    case "SO_PRIORITY":
      return "CAP_NET_ADMIN";
    case "mlockall":
      return "CAP_IPC_LOCK";
    case "sched_setscheduler":
      return "CAP_SYS_NICE";
    default:
      return "";
  }
}
