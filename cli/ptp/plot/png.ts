/**
 * Pixels as a PNG file (ISO/IEC 15948): 8-bit RGB, one IDAT, each row by the filter that fits best.
 * @module
 */

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const RGB = 2;
/** Filter types (9.2). */
const NONE = 0;
const SUB = 1;
const UP = 2;

const CRC_TABLE = (() => {
  const table = new Uint32Array(256);
  for (let n = 0; n < 256; n++) {
    let c = n;
    for (let k = 0; k < 8; k++) c = (c & 1) !== 0 ? 0xedb8_8320 ^ (c >>> 1) : c >>> 1;
    table[n] = c;
  }
  return table;
})();

/** The file of `columns` x `rows` pixels, three octets each, row by row. */
export async function encodePng(
  columns: number,
  rows: number,
  pixels: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, columns);
  view.setUint32(4, rows);
  header.set([8, RGB, 0, 0, 0], 8);
  const octets = await deflate(filtered(columns, rows, pixels));
  const parts = [
    new Uint8Array(SIGNATURE),
    chunk("IHDR", header),
    chunk("IDAT", octets),
    chunk("IEND", new Uint8Array(0)),
  ];
  const file = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}

/** Rows with a filter octet before each. */
function filtered(columns: number, rows: number, pixels: Uint8Array): Uint8Array<ArrayBuffer> {
  const stride = columns * 3;
  const found = new Uint8Array((stride + 1) * rows);
  const trial = new Uint8Array(stride);
  for (let row = 0; row < rows; row++) {
    let least = Infinity;
    for (const filter of [NONE, SUB, UP]) {
      let sum = 0;
      for (let k = 0; k < stride; k++) {
        const here = pixels[row * stride + k]!;
        const left = k < 3 ? 0 : pixels[row * stride + k - 3]!;
        const up = row === 0 ? 0 : pixels[(row - 1) * stride + k]!;
        const value = (here - (filter === SUB ? left : filter === UP ? up : 0)) & 0xff;
        trial[k] = value;
        sum += value < 128 ? value : 256 - value;
      }
      if (sum >= least) continue;
      least = sum;
      found[row * (stride + 1)] = filter;
      found.set(trial, row * (stride + 1) + 1);
    }
  }
  return found;
}

async function deflate(octets: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([octets]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function chunk(type: string, content: Uint8Array): Uint8Array<ArrayBuffer> {
  const found = new Uint8Array(content.length + 12);
  const view = new DataView(found.buffer);
  view.setUint32(0, content.length);
  for (let k = 0; k < 4; k++) found[4 + k] = type.charCodeAt(k);
  found.set(content, 8);
  view.setUint32(content.length + 8, crc(found, 4, content.length + 8));
  return found;
}

function crc(octets: Uint8Array, from: number, to: number): number {
  let c = 0xffff_ffff;
  for (let k = from; k < to; k++) c = CRC_TABLE[(c ^ octets[k]!) & 0xff]! ^ (c >>> 8);
  return (c ^ 0xffff_ffff) >>> 0;
}
