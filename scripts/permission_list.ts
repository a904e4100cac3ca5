/**
 * What the product may do: the list that the launcher and both executables share.
 *
 * `scripts/permissions` holds one flag a line and nothing else, because the launcher's shell reads
 * it at every start. Why each is there stands in SECURITY.md.
 * @module
 */

/** The flags of `scripts/permissions` in the repository at `root` (which ends in a slash). */
export function permissionFlags(root: string): string[] {
  return Deno.readTextFileSync(`${root}scripts/permissions`).trim().split("\n");
}
