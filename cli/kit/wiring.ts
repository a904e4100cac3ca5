/**
 * Files that Deno refuses to open, through the system's own calls.
 * @module
 */
import { NEVER } from "../../lib/base/time.ts";
import { openPath } from "../../ffi/file.ts";
import { Open } from "../../ffi/layout.ts";
import { checked, closeDescriptor, libc } from "../../ffi/libc.ts";
import { AsyncReactor } from "../../ffi/reactor.ts";
import type { Sink } from "./output.ts";

/** A file below /dev, /proc or /sys, which Deno itself refuses to open: `/dev/fd/63`, `/dev/shm/x`. */
export class DeviceFile implements Sink {
  readonly #fd: number;
  readonly #path: string;
  readonly #reactor: AsyncReactor;

  /** @throws OsError */
  constructor(path: string, mode: "read" | "write") {
    const flags = mode === "read" ? Open.ReadOnly : Open.WriteOnly | Open.Create | Open.Truncate;
    this.#fd = openPath(path, flags);
    this.#path = path;
    const fds = [this.#fd];
    this.#reactor = new AsyncReactor([{ fds: () => fds, isBlocked: () => mode === "write" }]);
  }

  /** Waits aside, so that signals are heard while a pipe has nothing. */
  async read(into: Uint8Array<ArrayBuffer>): Promise<number | null> {
    await this.#reactor.wait(NEVER, false);
    const n = checked("read", this.#path, libc().read(this.#fd, into, BigInt(into.length)));
    return n === 0 ? null : n;
  }

  writeSync(octets: Uint8Array<ArrayBuffer>): number {
    return checked("write", this.#path, libc().write(this.#fd, octets, BigInt(octets.length)));
  }

  async write(octets: Uint8Array<ArrayBuffer>): Promise<number> {
    await this.#reactor.wait(NEVER, true);
    return this.writeSync(octets);
  }

  close(): void {
    this.#reactor.close();
    closeDescriptor(this.#fd);
  }
}
