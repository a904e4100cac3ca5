/**
 * Files that a user names.
 * @module
 */

/**
 * Opens `path`. Deno's message leaves the path out where a folder on the way may not be entered; here
 * every error names it, as `... (os error 13): open '/root/x'`.
 */
export function openFile(path: string, options: Deno.OpenOptions): Deno.FsFile {
  try {
    return Deno.openSync(path, options);
  } catch (error) {
    if (error instanceof Error && /\(os error \d+\)$/.test(error.message)) {
      error.message += `: open '${path}'`;
    }
    throw error;
  }
}
