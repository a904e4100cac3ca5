/**
 * What a Worker of this program may be: its `name` picks the role, which is imported literally.
 *
 * A role's file sets `onmessage` when it is loaded; arguments go by message.
 * @module
 */
const ROLES: Readonly<Record<string, () => Promise<unknown>>> = {};

/** Loads the role of this Worker. */
export async function enterRole(name: string): Promise<void> {
  const load = ROLES[name];
  if (load === undefined) throw new Error(`unreachable: no worker role "${name}"`);
  await load();
}
