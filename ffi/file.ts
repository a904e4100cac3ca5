/**
 * Files under /proc, /sys and /dev, which Deno refuses to open whatever it is permitted.
 * @module
 */
import { DIRENT, Open } from "./layout.ts";
import { checked, closeDescriptor, cString, libc } from "./libc.ts";

const CHUNK = 65536;

/** Opens a path; the caller closes it by {@linkcode closeDescriptor}. */
export function openPath(path: string, flags: number, mode = 0o644): number {
  const name = cString(path);
  return checked("open", path, libc().open(name, flags | Open.CloseOnExec, mode));
}

/** The whole file as text (UTF-8). @throws OsError */
export function readText(path: string): string {
  return new TextDecoder().decode(readOctets(path));
}

/** The first line without its end; `undefined` where the file cannot be read. */
export function readLineIfAny(path: string): string | undefined {
  try {
    return readText(path).split("\n", 1)[0]!;
  } catch {
    return undefined; // an attribute this kernel or driver does not have
  }
}

/** The whole file. @throws OsError */
export function readOctets(path: string): Uint8Array {
  const c = libc();
  const fd = openPath(path, Open.ReadOnly);
  try {
    const parts: Uint8Array[] = [];
    let total = 0;
    const chunk = new Uint8Array(CHUNK);
    for (;;) {
      const n = checked("read", path, c.read(fd, chunk, BigInt(CHUNK)));
      if (n === 0) break;
      parts.push(chunk.slice(0, n));
      total += n;
    }
    const whole = new Uint8Array(total);
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  } finally {
    closeDescriptor(fd);
  }
}

/** Writes `text` to an existing file, as to a sysfs attribute. @throws OsError */
export function writeText(path: string, text: string): void {
  const octets = new TextEncoder().encode(text);
  const fd = openPath(path, Open.WriteOnly);
  try {
    writeAll(fd, octets, path);
  } finally {
    closeDescriptor(fd);
  }
}

/** Writes all octets to a descriptor. @throws OsError */
export function writeAll(fd: number, octets: Uint8Array<ArrayBuffer>, subject: string): void {
  const c = libc();
  for (let at = 0; at < octets.length;) {
    const rest = octets.subarray(at);
    at += checked("write", subject, c.write(fd, rest, BigInt(rest.length)));
  }
}

/** True where the path can be opened for reading. */
export function isReadable(path: string): boolean {
  const name = cString(path);
  const fd = libc().open(name, Open.ReadOnly | Open.NonBlock | Open.CloseOnExec, 0);
  closeDescriptor(fd);
  return fd >= 0;
}

/** The names in a folder, sorted, without `.` and `..`. @throws OsError */
export function listDir(path: string): string[] {
  const c = libc();
  const name = cString(path);
  const folder = c.opendir(name);
  if (folder === null) checked("opendir", path, -1);
  const names: string[] = [];
  try {
    for (let entry = c.readdir(folder); entry !== null; entry = c.readdir(folder)) {
      names.push(new Deno.UnsafePointerView(entry).getCString(DIRENT.name));
    }
  } finally {
    c.closedir(folder);
  }
  return names.filter((n) => n !== "." && n !== "..").sort((a, b) => a < b ? -1 : 1);
}
