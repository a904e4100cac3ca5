import { deepStrictEqual as assertEquals, match, ok as assert } from "node:assert/strict";
import { drawFigure, type Figure, figureSize } from "./figure.ts";
import { textStrokes, textWidth } from "./font.ts";
import { encodePng } from "./png.ts";
import { RasterCanvas } from "./raster.ts";
import { nanosScale, secondsScale } from "./scale.ts";
import { Series } from "./series.ts";
import { renderFigure } from "./write.ts";

/** Takes a PNG apart; its checksums are compared with a plain computation. */
async function decodePng(file: Uint8Array) {
  assertEquals([...file.subarray(0, 8)], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const v = new DataView(file.buffer, file.byteOffset, file.length);
  const parts = new Map<string, Uint8Array<ArrayBuffer>>();
  for (let at = 8; at < file.length;) {
    const length = v.getUint32(at);
    const type = String.fromCharCode(...file.subarray(at + 4, at + 8));
    assertEquals(v.getUint32(at + 8 + length), plainCrc(file.subarray(at + 4, at + 8 + length)));
    parts.set(type, file.slice(at + 8, at + 8 + length));
    at += length + 12;
  }
  const header = new DataView(parts.get("IHDR")!.buffer);
  const [columns, rows] = [header.getUint32(0), header.getUint32(4)];
  const stream = new Blob([parts.get("IDAT")!]).stream();
  const inflated = stream.pipeThrough(new DecompressionStream("deflate"));
  const raw = new Uint8Array(await new Response(inflated).arrayBuffer());
  const pixels = new Uint8Array(columns * rows * 3);
  const stride = columns * 3;
  for (let row = 0; row < rows; row++) {
    const filter = raw[row * (stride + 1)];
    for (let k = 0; k < stride; k++) {
      const left = k < 3 ? 0 : pixels[row * stride + k - 3]!;
      const up = row === 0 ? 0 : pixels[(row - 1) * stride + k]!;
      const base = filter === 1 ? left : filter === 2 ? up : 0;
      pixels[row * stride + k] = raw[row * (stride + 1) + 1 + k]! + base;
    }
  }
  return { columns, rows, pixels, last: [...parts.keys()].at(-1) };
}

function plainCrc(octets: Uint8Array): number {
  let c = 0xffff_ffff;
  for (const octet of octets) {
    c ^= octet;
    for (let k = 0; k < 8; k++) c = (c & 1) !== 0 ? (c >>> 1) ^ 0xedb8_8320 : c >>> 1;
  }
  return ~c >>> 0;
}

function figure(): Figure {
  const offset = new Series("0011.<22>&");
  const delay = new Series("delay");
  for (let k = 0; k < 100; k++) {
    offset.add(k / 8, 300 * Math.sin(k / 9));
    delay.add(k / 8, 2000 + k % 7);
  }
  const panels = [
    { title: "offset", series: [offset], bands: [offset], hasZero: true },
    { title: "delay", series: [delay], hasZero: false },
    { title: "frequency", series: [delay], hasZero: false, unit: "ppb" },
  ];
  return { title: "a title", subtitle: "<&>", panels, origin: "since then" };
}

Deno.test("encodePng(): the pixels come back, whatever filter a row got", async () => {
  const pixels = new Uint8Array(7 * 5 * 3).map((_, k) => k < 42 ? k * 29 : k < 60 ? 9 : k);
  const file = await encodePng(7, 5, pixels);
  assertEquals(await decodePng(file), { columns: 7, rows: 5, pixels, last: "IEND" });
});

Deno.test("renderFigure(): a PNG of twice the size, with ink of the series' colour", async () => {
  const { columns, rows, pixels } = await decodePng(await renderFigure("x.png", figure()));
  const { width, height } = figureSize(figure());
  assertEquals([columns, rows], [2 * width, 2 * height]);
  let blue = 0;
  for (let k = 0; k < pixels.length; k += 3) {
    if (pixels[k] === 0 && pixels[k + 1] === 0x72 && pixels[k + 2] === 0xb2) blue++;
  }
  assert(blue > 2000, `${blue} pixels`);
});

Deno.test("renderFigure(): an SVG is well-formed and says what the axes are", async () => {
  const text = new TextDecoder().decode(await renderFigure("x.SVG", figure()));
  match(text, /^<\?xml version="1.0"/);
  for (const words of ["a title", "offset (ns)", "frequency (ppb)", "time (s), since then"]) {
    assert(text.includes(`>${words}<`), words);
  }
  assert(text.includes("0011.&lt;22&gt;&amp;"));
  const opened = [...text.matchAll(/<(\w+)[^>]*[^/]>/g)].map((one) => one[1]);
  const closed = [...text.matchAll(/<\/(\w+)>/g)].map((one) => one[1]);
  assertEquals(opened.toSorted(byText), closed.toSorted(byText));
  assert(!/NaN|undefined|Infinity/.test(text), "numbers");
});

function byText(a: string | undefined, b: string | undefined): number {
  return (a ?? "") < (b ?? "") ? -1 : 1;
}

Deno.test("drawFigure(): figures without points, with one, and of constants have no bad number", async () => {
  const one = new Series("one");
  one.add(3, 5);
  const flat = new Series("flat");
  for (let k = 0; k < 5; k++) flat.add(k, -7e9);
  for (const series of [[], [new Series("")], [one], [flat], [one, flat]]) {
    for (const hasZero of [true, false]) {
      const panels = [{ title: "p", series, hasZero }];
      const figure = { title: "", subtitle: "", panels, origin: "" };
      const text = new TextDecoder().decode(await renderFigure("x.svg", figure));
      assert(!/NaN|undefined|Infinity/.test(text), text);
      const { width, height } = figureSize(figure);
      drawFigure(figure, new RasterCanvas(width, height));
    }
  }
});

Deno.test("nanosScale(): unit by size, 0 and the extremes inside, logarithmic for wide ones", () => {
  const small = nanosScale(new Float64Array([-40, 0, 60]), true);
  assertEquals([small.unit, small.ticks.some((tick) => tick.value === 0)], ["ns", true]);
  const micros = nanosScale(new Float64Array([2000, 15_000, 90_000]), true);
  assertEquals(micros.unit, "us");
  const wide = nanosScale(new Float64Array([-100, -50, 0, 20, 40, 50, 60, 70, 80, 2e8]), true);
  assertEquals(wide.unit, "");
  assert(wide.ticks.some((tick) => tick.text === "+100 ms"));
  const far = nanosScale(new Float64Array([-2e8 - 50, -2e8]), true);
  assert(far.ticks.every((tick) => tick.value < 0) && far.ticks.length > 2);
  for (const scale of [small, micros, wide, far]) {
    for (const tick of scale.ticks) {
      assert(scale.place(tick.value) >= 0 && scale.place(tick.value) <= 1, tick.text);
    }
    assertEquals(new Set(scale.ticks.map((tick) => tick.text)).size, scale.ticks.length);
  }
});

Deno.test("secondsScale(): round ticks, labels that differ", () => {
  const scale = secondsScale(0.3, 0.9);
  assertEquals(scale.ticks.map((tick) => tick.text), [
    "0.3",
    "0.4",
    "0.5",
    "0.6",
    "0.7",
    "0.8",
    "0.9",
  ]);
});

Deno.test("Series keeps extremes and stays small", () => {
  const series = new Series("");
  for (let k = 0; k < 100_000; k++) series.add(k, k === 77_777 ? 1e6 : Math.sin(k));
  assert(series.length <= 4096 && series.length > 1000, `${series.length}`);
  assertEquals(Math.max(...series.greatest), 1e6);
  const k = series.greatest.indexOf(1e6);
  assert(series.at[k]! <= 77_777 && (series.at[k + 1] ?? Infinity) > 77_777);
  assert(Math.min(...series.least) < -0.99);
});

Deno.test("textStrokes(): every printable letter has strokes within its width", () => {
  for (let code = 33; code < 127; code++) {
    const letter = String.fromCharCode(code);
    const strokes = textStrokes(letter, 0, 0, 14);
    assert(strokes.length > 0, letter);
    for (const stroke of strokes) {
      for (let k = 0; k < stroke.length; k += 2) {
        assert(stroke[k]! >= 0 && stroke[k]! <= textWidth(letter, 14) + 1e-9, letter);
      }
    }
  }
});
