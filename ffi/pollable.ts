/**
 * What a reactor waits on.
 * @module
 */

/** Something with descriptors: a link, a pipe. */
export interface Pollable {
  /** The descriptors; may change only between two waits of the reactor. */
  fds(): readonly number[];
  /** True where descriptor k last took less than it was offered: wait until it is writable. */
  isBlocked(k: number): boolean;
}
