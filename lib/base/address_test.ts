import { deepStrictEqual as assertEquals, notStrictEqual as assertNot } from "node:assert/strict";
import { AddressTable, Family } from "./address.ts";

Deno.test("AddressTable: the same address has the same handle, another port another", () => {
  const t = new AddressTable();
  const a = t.internText("192.0.2.1", 319);
  assertEquals(t.internText("192.0.2.1", 319), a);
  assertNot(t.internText("192.0.2.1", 320), a);
  assertEquals(t.text(a), "192.0.2.1:319");
});

Deno.test("AddressTable: text of IPv6 follows RFC 5952", () => {
  const t = new AddressTable();
  for (
    const [given, text] of [
      ["2001:DB8:0:0:1:0:0:1", "[2001:db8::1:0:0:1]:1"],
      ["::", "[::]:1"],
      ["::1", "[::1]:1"],
      ["::ffff:192.0.2.3", "[::ffff:192.0.2.3]:1"],
      ["fe80::1%2", "[fe80::1%2]:1"],
    ] as const
  ) assertEquals(t.text(t.internText(given, 1)), text);
});

Deno.test("AddressTable: what is no literal is handle 0", () => {
  const t = new AddressTable();
  for (const bad of ["", "1.2.3", "1.2.3.256", "01.2.3.4", "1::2::3", "1:2:3:4:5:6:7:8:9", ":::"]) {
    assertEquals(t.internText(bad, 1), 0, bad);
  }
});

Deno.test("AddressTable: a flood reuses unretained handles and spares retained ones", () => {
  const t = new AddressTable(16);
  const kept = t.internText("10.0.0.1", 1);
  t.retain(kept);
  const lost = t.internText("10.0.0.2", 1);
  const before = t.generation(lost);
  const octets = new Uint8Array(4);
  for (let k = 0; k < 1000; k++) {
    new DataView(octets.buffer).setUint32(0, 0xc0000000 + k);
    t.intern(Family.Ipv4, octets, 0, 9);
  }
  assertEquals(t.text(kept), "10.0.0.1:1");
  assertEquals(t.internText("10.0.0.1", 1), kept);
  assertNot(t.generation(lost), before);
});

Deno.test("AddressTable: a MAC address round-trips", () => {
  const t = new AddressTable();
  assertEquals(t.hostText(t.internText("01:1b:19:00:00:00", 0)), "01:1b:19:00:00:00");
});

Deno.test("AddressTable: addresses whose hashes are the same stay apart", () => {
  // Of 300,000 addresses about ten pairs share a hash of 32 bits.
  const n = 300_000;
  const t = new AddressTable(n);
  const octets = new Uint8Array(4);
  const view = new DataView(octets.buffer);
  const addressOf = (k: number) => Math.imul(k, 0x9e3779b1) >>> 0;
  const handles = new Set<number>();
  for (let k = 0; k < n; k++) {
    view.setUint32(0, addressOf(k));
    const h = t.intern(Family.Ipv4, octets, 0, k & 0xffff);
    handles.add(h);
    t.copyOctets(h, octets, 0);
    assertEquals([view.getUint32(0), t.port(h)], [addressOf(k), k & 0xffff]);
  }
  assertEquals(handles.size, n);
});

Deno.test("AddressTable.isGroup() knows the groups of each family", () => {
  const table = new AddressTable(16);
  const isGroup = (text: string) => table.isGroup(table.internText(text, 319));
  const groups = ["224.0.1.129", "239.255.255.255", "ff02::6b", "01:1b:19:00:00:00"];
  assertEquals(groups.map(isGroup), [true, true, true, true]);
  const hosts = ["223.255.255.255", "240.0.0.1", "fe80::1", "02:1b:19:00:00:00"];
  assertEquals(hosts.map(isGroup), [false, false, false, false]);
  assertEquals(table.isGroup(0), false);
});
