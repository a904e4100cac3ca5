/**
 * The C library: one table of symbols, opened at the first use, and errno read safely.
 *
 * errno lives per thread and survives only until the engine allocates or the garbage collector
 * runs, so a result goes straight into {@linkcode checked}, or is followed at once by
 * {@linkcode errno}, with no allocation in between. A nonblocking call loses errno altogether: it
 * may only wait (`ppollAsync`).
 *
 * Results that C calls `ssize_t` are declared 32 bits wide: nothing here moves 2 GiB at once.
 * @module
 */
import { OsError } from "./errno.ts";

const SYMBOLS = {
  __errno_location: { parameters: [], result: "pointer" },
  open: { parameters: ["buffer", "i32", "u32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  read: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  write: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  writePointer: { name: "write", parameters: ["i32", "pointer", "usize"], result: "i32" },
  writev: { parameters: ["i32", "pointer", "i32"], result: "i32" },
  ftruncate: { parameters: ["i32", "i64"], result: "i32" },
  opendir: { parameters: ["buffer"], result: "pointer" },
  readdir: { parameters: ["pointer"], result: "pointer" },
  closedir: { parameters: ["pointer"], result: "i32" },
  unlink: { parameters: ["buffer"], result: "i32" },
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  recvmsg: { parameters: ["i32", "pointer", "i32"], result: "i32" },
  sendmsg: { parameters: ["i32", "pointer", "i32"], result: "i32" },
  recvmmsg: { parameters: ["i32", "pointer", "u32", "i32", "pointer"], result: "i32" },
  sendmmsg: { parameters: ["i32", "pointer", "u32", "i32"], result: "i32" },
  ioctl: { parameters: ["i32", "u32", "buffer"], result: "i32" },
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
  ppoll: { parameters: ["pointer", "u32", "pointer", "pointer"], result: "i32" },
  ppollAsync: {
    name: "ppoll",
    parameters: ["pointer", "u32", "pointer", "pointer"],
    result: "i32",
    nonblocking: true,
  },
  eventfd: { parameters: ["u32", "i32"], result: "i32" },
  clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
  clock_settime: { parameters: ["i32", "buffer"], result: "i32" },
  clock_adjtime: { parameters: ["i32", "buffer"], result: "i32" },
  mmap: { parameters: ["pointer", "usize", "i32", "i32", "i32", "i64"], result: "pointer" },
  munmap: { parameters: ["pointer", "usize"], result: "i32" },
  getifaddrs: { parameters: ["buffer"], result: "i32" },
  freeifaddrs: { parameters: ["pointer"], result: "void" },
  if_nametoindex: { parameters: ["buffer"], result: "u32" },
  geteuid: { parameters: [], result: "u32" },
  getpid: { parameters: [], result: "i32" },
  getsid: { parameters: ["i32"], result: "i32" },
  setns: { parameters: ["i32", "i32"], result: "i32" },
  isatty: { parameters: ["i32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** The functions of the C library this program calls. */
export type Libc = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

let symbols: Libc | undefined;
let errnoCell: Int32Array<ArrayBuffer> = new Int32Array(1);

/**
 * The table, opened once per isolate. Hot paths keep the result in a field.
 * @throws Error that says what is missing: another system, another C library, no `--allow-ffi`.
 */
export function libc(): Libc {
  return symbols ?? openLibc();
}

/** True where {@linkcode libc} can work at all: Linux with glibc and FFI permission. */
export function hasLibc(): boolean {
  try {
    libc();
    return true;
  } catch {
    return false;
  }
}

/** The calling thread's errno. Valid right after a call that failed, before any allocation. */
export function errno(): number {
  return errnoCell[0]!;
}

/**
 * `result`, or an {@linkcode OsError} where it is negative. The call itself must be the last
 * argument, so that the subject's text is made before it and errno is read right after:
 * `checked("bind", "0.0.0.0:319", c.bind(fd, bytes, 16))`.
 */
export function checked(call: string, subject: string, result: number): number {
  if (result < 0) throw new OsError(call, errnoCell[0]!, subject);
  return result;
}

/** Closes a descriptor; an error is of no use to anybody and is ignored. */
export function closeDescriptor(fd: number): void {
  if (fd >= 0) libc().close(fd);
}

/** A C string: the octets of `text` in UTF-8 with a final 0. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`) as Uint8Array<ArrayBuffer>;
}

function openLibc(): Libc {
  if (Deno.build.os !== "linux") {
    throw new Error(`this needs Linux (here: ${Deno.build.os}); use --io deno`);
  }
  let opened: Libc;
  try {
    opened = Deno.dlopen("libc.so.6", SYMBOLS).symbols;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`the GNU C library (libc.so.6) could not be opened: ${why}`, { cause: error });
  }
  const cell = opened.__errno_location();
  if (cell === null) throw new Error("unreachable: __errno_location() gave no address");
  errnoCell = new Int32Array(Deno.UnsafePointerView.getArrayBuffer(cell, 4));
  symbols = opened;
  return opened;
}
