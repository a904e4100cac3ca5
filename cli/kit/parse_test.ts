import { deepStrictEqual as assertEquals, throws } from "node:assert/strict";
import {
  duration,
  hostPort,
  integer,
  interfaceName,
  ipAddress,
  number,
  positiveDuration,
  signedDuration,
  size,
} from "./parse.ts";

Deno.test("duration() takes ns, us, ms, s, m, h and bare seconds", () => {
  for (
    const [text, nanos] of [
      ["250us", 250_000],
      ["20ms", 20e6],
      ["5s", 5e9],
      ["1.5", 1.5e9],
      [".5", 0.5e9],
      ["2m", 120e9],
      ["1h", 3600e9],
      ["0", 0],
      ["7ns", 7],
    ] as const
  ) assertEquals(duration(text) as number, nanos, text);
});

Deno.test("duration() refuses what is none and says what is accepted", () => {
  for (const bad of ["", "s", "5 s", "-1s", "1e3", "5d", "ten", "1.", "0x5"]) {
    throws(() => duration(bad), /250us, 20ms, 5s, 2m, 1h/, bad);
  }
  throws(() => positiveDuration("0s"), /above zero/);
});

Deno.test("signedDuration() keeps the sign", () => {
  assertEquals(signedDuration("-3us") as number, -3000);
  assertEquals(signedDuration("+1.5s") as number, 1.5e9);
  throws(() => signedDuration("--1s"));
});

Deno.test("integer() keeps to its range and to whole numbers", () => {
  const domain = integer(0, 255);
  assertEquals(domain("0"), 0);
  assertEquals(domain("0xff"), 255);
  for (const bad of ["256", "-1", "1.0", "", "1e1", "abc", " 1"]) {
    throws(() => domain(bad), /from 0 to 255/, bad);
  }
  assertEquals(integer(-7, 7)("-3"), -3);
});

Deno.test("number() takes fractions within its range", () => {
  assertEquals(number(-100, 100, "ppm")("-3.5"), -3.5);
  throws(() => number(-100, 100, "ppm")("101"), /from -100 to 100 ppm/);
  throws(() => number(0, 1)("Infinity"));
});

Deno.test("size() knows decimal and binary units", () => {
  assertEquals(size("1500"), 1500);
  assertEquals(size("64k"), 64_000);
  assertEquals(size("64K"), 64_000);
  assertEquals(size("4MiB"), 4 * 1024 * 1024);
  assertEquals(size("1G"), 1e9);
  for (const bad of ["", "k", "1.5", "-1", "1T"]) throws(() => size(bad), /octets/, bad);
});

Deno.test("hostPort() takes IPv6 in brackets apart", () => {
  assertEquals(hostPort("192.0.2.1:5000"), { host: "192.0.2.1", port: 5000 });
  assertEquals(hostPort("[2001:db8::1]:5000"), { host: "2001:db8::1", port: 5000 });
  assertEquals(hostPort(":5000"), { host: "", port: 5000 });
  for (const bad of ["2001:db8::1:5000", "a", "a:0", "a:65536", "a:x"]) {
    throws(() => hostPort(bad), /HOST:PORT/, bad);
  }
});

Deno.test("ipAddress() takes literals only", () => {
  assertEquals(ipAddress("fe80::1%eth0"), "fe80::1%eth0");
  for (const bad of ["localhost", "1.2.3", "01:1b:19:00:00:00"]) throws(() => ipAddress(bad), bad);
});

Deno.test("interfaceName() refuses what the kernel refuses", () => {
  assertEquals(interfaceName("eth0.100"), "eth0.100");
  for (const bad of ["", "a b", "a/b", "sixteencharacter", ".."]) {
    throws(() => interfaceName(bad), /network interface/, bad);
  }
});
