/**
 * The portable executable: a shell head, then a gzip of a tar of Deno, the bundle and a mark that
 * the archive arrived whole. The same inputs give the same octets.
 * @module
 */
import { permissionFlags } from "./permission_list.ts";

/** What goes into the file. */
export interface PortableParts {
  /** The repository, ending in a slash. */
  root: string;
  /** The one JavaScript file. */
  bundle: string;
  /** The Deno executable. */
  deno: string;
  /** Where to write. */
  output: string;
}

const BLOCK = 512;
const encoder = new TextEncoder();

/** Writes the portable executable; it appears at `output` whole or not at all. */
export async function packPortable(parts: PortableParts): Promise<void> {
  const deno = await Deno.readFile(parts.deno);
  const bundle = await Deno.readFile(parts.bundle);
  const head = await headFor(parts.root, deno, bundle);
  const temporary = `${parts.output}.${Deno.pid}`;
  const archive = new Blob([
    ...tarEntry("deno", deno, 0o755),
    ...tarEntry("rptp.js", bundle, 0o644),
    ...tarEntry("complete", new Uint8Array(0), 0o644),
    new Uint8Array(2 * BLOCK),
  ]);
  const file = await Deno.open(temporary, { create: true, truncate: true, write: true });
  await file.write(head);
  await archive.stream().pipeThrough(new CompressionStream("gzip")).pipeTo(file.writable);
  await Deno.chmod(temporary, 0o755);
  await Deno.rename(temporary, parts.output);
}

/** The shell text with everything filled in, as octets. */
async function headFor(
  root: string,
  deno: Uint8Array<ArrayBuffer>,
  bundle: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const config = JSON.parse(await Deno.readTextFile(`${root}deno.json`)) as {
    version: string;
    unstable?: string[];
  };
  const flags = [
    ...(config.unstable ?? []).map((name) => `--unstable-${name}`),
    ...permissionFlags(root),
  ];
  for (const flag of flags) {
    if (!/^[\w=,.-]+$/.test(flag)) throw new Error(`${flag} would have to be quoted`);
  }
  const text = (await Deno.readTextFile(`${root}scripts/portable_head.sh`))
    .replaceAll("@VERSION@", config.version)
    .replaceAll("@DENO@", Deno.version.deno)
    .replaceAll("@FLAGS@", flags.join(" "));
  const key = await contentKey([encoder.encode(text), deno, bundle]);
  return withOffset(text.replaceAll("@KEY@", key));
}

/** Fills in where the archive begins, counted from 1 as `tail -c +N` does. */
function withOffset(text: string): Uint8Array<ArrayBuffer> {
  const mark = "@OFFSET@";
  const digits = mark.length;
  const offset = encoder.encode(text).length + 1;
  return encoder.encode(text.replaceAll(mark, String(offset).padStart(digits, "0")));
}

/** The first 80 bits of a SHA-256 over all parts, in hexadecimal. */
async function contentKey(parts: readonly Uint8Array<ArrayBuffer>[]): Promise<string> {
  const octets = await new Blob([...parts]).arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", octets));
  return digest.slice(0, 10).toHex();
}

/** Header, content and padding of one file in a POSIX ustar archive; owner and time are zero. */
export function tarEntry(
  name: string,
  content: Uint8Array<ArrayBuffer>,
  mode: number,
): Uint8Array<ArrayBuffer>[] {
  const header = new Uint8Array(BLOCK);
  const put = (at: number, text: string) => header.set(encoder.encode(text), at);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, "0") + "\0";
  put(0, name);
  put(100, octal(mode, 7));
  put(108, octal(0, 7));
  put(116, octal(0, 7));
  put(124, octal(content.length, 11));
  put(136, octal(0, 11));
  put(148, " ".repeat(8));
  put(156, "0");
  put(257, "ustar\u000000");
  const sum = header.reduce((total, octet) => total + octet, 0);
  put(148, sum.toString(8).padStart(6, "0") + "\0 ");
  const rest = content.length % BLOCK;
  return [header, content, new Uint8Array(rest === 0 ? 0 : BLOCK - rest)];
}
