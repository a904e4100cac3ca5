/**
 * Malformed input through every reader and dissector: nothing is thrown, no octet outside a packet
 * is looked at, a cut packet says so instead of telling wrong fields, a broken file ends cleanly.
 * @module
 */
import { deepStrictEqual as assertEquals, ok } from "node:assert/strict";
import { Random } from "../../lib/base/random.ts";
import { CaptureReader } from "../../lib/capture/reader.ts";
import { captureRecord, MAX_CAPLEN, Progress } from "../../lib/capture/record.ts";
import { ByteBuffer } from "../../lib/dissect/byte_buffer.ts";
import type { LineOptions } from "../../lib/dissect/dissection.ts";
import { PacketDissector } from "../../lib/dissect/packet_dissector.ts";
import { check as checkPtp } from "../../lib/ptp/wire/message.ts";
import * as control from "../../lib/srt/wire/control.ts";
import * as data from "../../lib/srt/wire/data.ts";
import { check as checkHandshake } from "../../lib/srt/wire/handshake.ts";
import * as arp from "../../lib/wire/arp.ts";
import * as ipv4 from "../../lib/wire/ipv4.ts";
import * as ipv6 from "../../lib/wire/ipv6.ts";
import * as tcp from "../../lib/wire/tcp.ts";
import * as udp from "../../lib/wire/udp.ts";
import { captureFiles, type Packet, packetsOf, pcapOf } from "../kit/capture.ts";
import { recordOf } from "../kit/dissect.ts";
import { asPackets } from "../kit/packets.ts";
import { plainFrames } from "../kit/plain_frames.ts";
import { ptpFrames, ptpMessages } from "../kit/ptp_messages.ts";
import { srtFrames, srtPackets } from "../kit/srt_packets.ts";

const MUTATIONS = Number(Deno.env.get("RPTP_FUZZ") ?? 1_000_000);
/** Another seed is another run: `RPTP_FUZZ_SEED=7 ./test fuzz`. */
const SEED = Number(Deno.env.get("RPTP_FUZZ_SEED") ?? 20_240_229);
const FILES = 4_000;
/** Packets of each capture that join the corpus: enough for all kinds of them. */
const PER_CAPTURE = 60;
const MARGIN = 512;
const LARGEST = 2048;

/** Frames made here and the beginnings of all captures that are at hand. */
function corpus(): Packet[] {
  const own = asPackets([...plainFrames(), ...ptpFrames(), ...srtFrames()]);
  const captured = captureFiles().flatMap((path) =>
    packetsOf(Deno.readFileSync(path)).slice(0, PER_CAPTURE)
  );
  return [...own, ...captured].filter((packet) => packet.octets.length <= LARGEST);
}

/** A room for one packet between octets that must not matter. */
class Room {
  readonly bytes = new Uint8Array(MARGIN + LARGEST + MARGIN);
  readonly view = new DataView(this.bytes.buffer);
  readonly dissector = new PacketDissector({ flows: 64 });
  readonly out = new ByteBuffer();
  readonly #filler: number;

  constructor(filler: number) {
    this.#filler = filler;
    this.bytes.fill(filler);
  }

  /** Line and, where asked for, object of the packet as text. */
  read(packet: Packet, octets: Uint8Array, n: number, options: LineOptions, json: boolean): void {
    this.bytes.set(octets.subarray(0, n), MARGIN);
    this.dissector.dissect(recordOf(packet, this.view, MARGIN, n));
    this.out.clear();
    this.dissector.appendLine(this.out, options);
    if (json) {
      this.out.octet(0x0a);
      this.dissector.appendJson(this.out, 1);
    }
    this.bytes.fill(this.#filler, MARGIN, MARGIN + n);
  }
}

function sameText(a: ByteBuffer, b: ByteBuffer): boolean {
  if (a.length !== b.length) return false;
  for (let k = 0; k < a.length; k++) if (a.bytes[k] !== b.bytes[k]) return false;
  return true;
}

const SPECIAL = [0, 1, 2, 0x7f, 0x80, 0xfe, 0xff, 4, 8, 16, 44, 64];

/** Changes some octets of `octets[0...n)`; mostly in the headers, where they count. */
function mutate(r: Random, octets: Uint8Array, n: number): void {
  if (n === 0) return;
  const changes = 1 + r.integer(6);
  for (let k = 0; k < changes; k++) {
    const reach = r.chance(0.8) ? Math.min(n, 96) : n;
    const at = r.integer(reach);
    switch (r.integer(4)) {
      case 0:
        octets[at]! ^= 1 << r.integer(8);
        break;
      case 1:
        octets[at] = SPECIAL[r.integer(SPECIAL.length)]!;
        break;
      case 2:
        octets[at] = r.integer(256);
        break;
      default: { // a piece of the packet moves elsewhere in it
        const from = r.integer(n);
        octets.copyWithin(at, from, Math.min(n, from + 1 + r.integer(16)));
      }
    }
  }
}

Deno.test("dissect: mutated packets read the same whatever lies around them", () => {
  const r = new Random(SEED, "readers");
  const packets = corpus();
  const zeros = new Room(0);
  const ones = new Room(0xff);
  const octets = new Uint8Array(LARGEST);
  for (let k = 0; k < MUTATIONS; k++) {
    const packet = packets[r.integer(packets.length)]!;
    let n = packet.octets.length;
    octets.set(packet.octets);
    mutate(r, octets, n);
    if (r.chance(0.3)) n = r.integer(n + 1);
    const options = {
      verbose: r.integer(3),
      quiet: r.chance(0.1),
      link: r.chance(0.2),
      absolute: r.chance(0.1),
    };
    const json = k % 8 === 0;
    zeros.read(packet, octets, n, options, json);
    ones.read(packet, octets, n, options, json);
    if (!sameText(zeros.out, ones.out)) {
      assertEquals(ones.out.text(), zeros.out.text(), `round ${k}: ${octets.subarray(0, n)}`);
    }
    if (k % 16 === 0) readAlone(packet, octets.slice(0, n), options);
  }
});

/** In a buffer that ends with the packet, an octet read too far would throw. */
function readAlone(packet: Packet, octets: Uint8Array<ArrayBuffer>, options: LineOptions): void {
  const dissector = new PacketDissector({ flows: 16 });
  const out = new ByteBuffer();
  dissector.dissect(recordOf({ ...packet, octets }));
  dissector.appendLine(out, options);
  dissector.appendJson(out, 1);
  for (let k = 0; k < out.length; k++) {
    const c = out.bytes[k]!;
    ok(c >= 0x20 && c < 0x7f || c === 0x0a || c === 0x09, `octet ${c} reaches the terminal`);
  }
}

Deno.test("dissect: every truncation of every packet tells no wrong field and marks what it lacks", () => {
  for (const frames of [ptpFrames(), srtFrames()]) {
    const packets = asPackets(frames);
    for (const packet of packets) {
      const whole = fieldsOf(packets[0]!, packet, packet.octets.length);
      for (let n = 0; n < packet.octets.length; n++) {
        const cut = fieldsOf(packets[0]!, packet, n);
        if (cut.name === "") continue; // the line ended before: see the next test
        assertEquals(cut.name, whole.name);
        let lacks = false;
        for (const [field, value] of Object.entries(whole.fields)) {
          const found = cut.fields[field];
          if (found === undefined) lacks = true;
          else if (typeof found === "string" && typeof value === "string") {
            assertEquals(found, value, field);
          } else {
            const list = [found].flat();
            if (list.length < [value].flat().length) lacks = true;
            assertEquals(list, [value].flat().slice(0, list.length), field);
          }
        }
        assertEquals(Object.keys(cut.fields).filter((f) => whole.fields[f] === undefined), []);
        if (lacks) ok(/ \[\|| \[malformed\]/.test(cut.line), `${n} octets: ${cut.line}`);
      }
    }
  }
});

interface Cut {
  name: string;
  fields: Record<string, string | string[]>;
  line: string;
}

/** A packet's first `n` octets after the packet that taught the flow. */
function fieldsOf(teacher: Packet, packet: Packet, n: number): Cut {
  const dissector = new PacketDissector({ flows: 16 });
  dissector.dissect(recordOf(teacher));
  dissector.dissect(recordOf(packet, new DataView(packet.octets.buffer), 0, n));
  const out = new ByteBuffer();
  dissector.appendLine(out, { verbose: 0, quiet: false, link: false, absolute: false });
  const object = dissector.toObject(1);
  const name = object.protocols.find((p) => p === "ptp" || p === "srt") ?? "";
  return { name, fields: (object[name] ?? {}) as Cut["fields"], line: out.text() };
}

Deno.test("dissect: a frame cut within its headers is marked", () => {
  for (const packet of asPackets([...plainFrames(), ...ptpFrames(), ...srtFrames()])) {
    const ethertype = new DataView(packet.octets.buffer).getUint16(12);
    const header = ethertype === 0x0806 ? 42 : ethertype === 0x0800 ? 34 : 14;
    for (let n = 0; n < Math.min(header, packet.octets.length); n++) {
      const { line } = fieldsOf(packet, packet, n);
      ok(/\[\|| \(invalid\)|bad-hlen|0x0000/.test(line) || n === 14, `${n} octets: ${line}`);
    }
  }
});

type Check = (v: DataView, o: number, length: number) => number;

/** No prefix of the octets passes the check, except lengths that are right for another form. */
function assertCut(octets: Uint8Array<ArrayBuffer>, check: Check, except: readonly number[]): void {
  assertEquals(check(new DataView(octets.buffer), 0, octets.length), 0);
  for (let n = 0; n < octets.length; n++) {
    if (except.includes(n)) continue;
    const alone = octets.slice(0, n);
    ok(check(new DataView(alone.buffer), 0, n) !== 0, `${n} of ${octets.length} octets pass`);
  }
}

Deno.test("wire: every truncation of every vector gives a fault", () => {
  const isRight: (m: Uint8Array<ArrayBuffer>) => boolean = (m) =>
    checkPtp(new DataView(m.buffer), 0, m.length) === 0;
  const messages = ptpMessages().filter(isRight);
  ok(messages.length > 60);
  for (const message of messages) {
    assertCut(message, checkPtp, []);
  }
  for (const packet of srtPackets()) {
    const isHandshake = packet[0] === 0x80 && packet[1] === 0;
    const isControl = packet[0]! >= 0x80;
    // padding, shorter ACKs and loss lists are right where they end
    const ends = packet[1] === 3 ? [20, 28] : [16, 20, 32, 40, 44];
    const shorter = ends.filter((n) => n < packet.length);
    if (isHandshake) assertCut(packet, checkHandshake, extensionEnds(packet));
    else if (!isControl) assertCut(packet, data.check, range(16, packet.length));
    else if (packet[1] !== 0xff) assertCut(packet, control.check, shorter);
  }
  for (const frame of plainFrames()) {
    const packet = frame.slice(14);
    const type = new DataView(frame.buffer).getUint16(12);
    const v = new DataView(packet.buffer);
    if (type === 0x0806 && packet.length >= 46) assertCut(packet.slice(0, 28), arp.check, []);
    if (type === 0x0800 && ipv4.check(v, 0, packet.length) === 0) assertCut(packet, ipv4.check, []);
    if (type === 0x86dd) assertCut(packet, ipv6.check, []);
    if (type === 0x0800 && packet[9] === 17 && packet[0] === 0x45) cutDatagram(packet.slice(20));
    if (type === 0x0800 && packet[9] === 6 && packet.length >= 40) cutSegment(packet.slice(20));
  }
});

function cutDatagram(datagram: Uint8Array<ArrayBuffer>): void {
  if (udp.check(new DataView(datagram.buffer), 0, datagram.length) === 0) {
    assertCut(datagram, udp.check, []);
  }
}

function cutSegment(segment: Uint8Array<ArrayBuffer>): void {
  const v = new DataView(segment.buffer);
  if (tcp.check(v, 0, segment.length) === 0) {
    assertCut(segment.slice(0, tcp.headerLength(v, 0)), tcp.check, []);
  }
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, k) => from + k);
}

/** Lengths at which a handshake ends with a whole extension. */
function extensionEnds(packet: Uint8Array<ArrayBuffer>): number[] {
  const v = new DataView(packet.buffer);
  const ends: number[] = [];
  for (let at = 64; at < packet.length; at += 4 + 4 * v.getUint16(at + 2)) ends.push(at);
  return ends;
}

/** All records of a file fed in pieces; checks what must hold of each. */
function readPieces(file: Uint8Array, piece: (left: number) => number): string[] {
  const reader = new CaptureReader(256);
  const record = captureRecord();
  const records: string[] = [];
  let fed = 0;
  for (let step = 0; step < 10 * file.length + 100; step++) {
    const progress = reader.next(record);
    if (progress === Progress.More) {
      if (fed === file.length) reader.finish();
      else {
        const n = Math.min(file.length - fed, Math.max(1, piece(file.length - fed)));
        fed += reader.feed(file.subarray(0, fed + n), fed);
      }
    } else if (progress === Progress.Record) {
      ok(record.caplen <= MAX_CAPLEN && record.offset + record.caplen <= record.view.byteLength);
      ok(record.nanoseconds >= 0 && record.nanoseconds < 1e9);
      const octets = new Uint8Array(record.view.buffer, record.offset, record.caplen);
      let sum = 0;
      for (let k = 0; k < octets.length; k++) sum = (sum * 31 + octets[k]!) >>> 0;
      const { seconds, nanoseconds, len, linktype } = record;
      records.push([seconds, nanoseconds, len, linktype, record.interface, sum].join());
    } else {
      records.push(`${progress} ${reader.fault} ${reader.faultOffset}`);
      assertEquals(reader.next(record), progress, "the end stays the end");
      ok(progress === Progress.End || reader.fault !== 0);
      ok(reader.faultOffset <= file.length);
      return records;
    }
  }
  throw new Error("the reader does not end");
}

Deno.test("capture: mutated files end cleanly, whatever the pieces they come in", () => {
  const r = new Random(7, "files");
  const sources = [
    pcapOf(asPackets(plainFrames().slice(0, 12))),
    pcapngFile(true),
    pcapngFile(false),
  ];
  for (const path of captureFiles()) {
    const file = Deno.readFileSync(path);
    if (file.length < 5000) sources.push(file);
  }
  for (let k = 0; k < FILES; k++) {
    const source = sources[k % sources.length]!;
    const file = source.slice(0, r.chance(0.2) ? r.integer(source.length + 1) : source.length);
    if (k >= sources.length && file.length > 0) mutateFile(r, file);
    const whole = readPieces(file, (left) => left);
    assertEquals(readPieces(file, () => 1 + r.integer(64)), whole);
    if (k < sources.length) continue;
    ok(whole.length <= file.length / 12 + 1);
  }
});

Deno.test("capture: every truncation of a file is a fault or ends at a record", () => {
  for (const file of [pcapOf(asPackets(plainFrames().slice(0, 3))), pcapngFile(true)]) {
    const whole = readPieces(file, (left) => left);
    for (let n = 0; n < file.length; n++) {
      const cut = readPieces(file.slice(0, n), (left) => left);
      assertEquals(cut.slice(0, -1), whole.slice(0, cut.length - 1));
      if (cut.at(-1) !== `${Progress.End} 0 0`) ok(cut.at(-1)!.startsWith(`${Progress.Fault} `));
    }
  }
});

function mutateFile(r: Random, file: Uint8Array): void {
  for (let k = 1 + r.integer(4); k > 0; k--) {
    const at = r.chance(0.5) ? r.integer(Math.min(64, file.length)) : r.integer(file.length);
    file[at] = r.chance(0.5) ? SPECIAL[r.integer(SPECIAL.length)]! : file[at]! ^ 1 << r.integer(8);
  }
}

/** Two sections, three interfaces, all kinds of packet blocks, options and an unknown block. */
function pcapngFile(littleEndian: boolean): Uint8Array<ArrayBuffer> {
  const out: number[] = [];
  const put = (size: number, ...values: number[]) => {
    for (const value of values) {
      const octets = Array.from({ length: size }, (_, k) => Math.floor(value / 256 ** k) & 0xff);
      out.push(...littleEndian ? octets : octets.reverse());
    }
  };
  const block = (type: number, body: () => void) => {
    put(4, type);
    const at = out.length;
    put(4, 0);
    body();
    while (out.length % 4 !== 0) out.push(0);
    const length = out.length - at + 8;
    put(4, length);
    out.splice(at, 4, ...out.slice(-4));
  };
  const section = () =>
    block(0x0a0d0d0a, () => put(4, 0x1a2b3c4d, 0x10000, 0xffffffff, 0xffffffff));
  const packet = [...plainFrames()[0]!];
  const frame = () => out.push(...packet);
  const units = (option: number) =>
    block(1, () => {
      put(2, 1, 0);
      put(4, 0);
      put(2, 9, 1);
      out.push(option, 0, 0, 0);
      put(4, 0);
    });
  section();
  units(9);
  units(0x94);
  block(6, () => {
    put(4, 1, 0x1234, 0x56789abc, packet.length, 60);
    frame();
  });
  block(0xbad, () => put(4, 1, 2, 3));
  block(3, () => {
    put(4, packet.length);
    frame();
  });
  section();
  units(6);
  block(2, () => {
    put(2, 0, 0);
    put(4, 0x5abcd, 0x1234, packet.length, packet.length);
    frame();
  });
  return Uint8Array.from(out);
}
