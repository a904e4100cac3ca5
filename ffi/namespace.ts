/**
 * Sockets in another network namespace: what is opened there stays there, the process does not.
 * @module
 */
import { openPath } from "./file.ts";
import { CLONE_NEWNET, Open } from "./layout.ts";
import { checked, closeDescriptor, libc } from "./libc.ts";

/**
 * Runs `open` with this thread in the namespace, then returns to the present one. `open` must not
 * wait: sockets, links and packet sockets are opened synchronously.
 * @param path E.g. `/run/netns/blue`.
 * @throws OsError; needs CAP_SYS_ADMIN.
 */
export function inNamespace<T>(path: string, open: () => T): T {
  const home = openPath("/proc/thread-self/ns/net", Open.ReadOnly);
  try {
    const there = openPath(path, Open.ReadOnly);
    try {
      checked("setns", path, libc().setns(there, CLONE_NEWNET));
    } finally {
      closeDescriptor(there);
    }
    try {
      return open();
    } finally {
      checked("setns", "back", libc().setns(home, CLONE_NEWNET));
    }
  } finally {
    closeDescriptor(home);
  }
}
