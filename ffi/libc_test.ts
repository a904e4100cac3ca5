import { deepStrictEqual as assertEquals, ok, throws } from "node:assert/strict";
import { Arena, openArenas } from "./arena.ts";
import { Errno, errnoText, OsError } from "./errno.ts";
import { checked, errno, libc } from "./libc.ts";

Deno.test("errno() is right after each of 100,000 failing calls while garbage is made", () => {
  const c = libc();
  let wrong = 0;
  const kept: Uint8Array[] = [];
  for (let k = 0; k < 50_000; k++) {
    kept[k % 64] = new Uint8Array(1600);
    if (c.close(-1) !== -1) wrong++;
    if (errno() !== Errno.EBADF) wrong++;
    if (c.socket(12345, 0, 0) !== -1) wrong++;
    if (errno() !== Errno.EAFNOSUPPORT) wrong++;
  }
  ok(wrong <= 1, `${wrong} of 100000 wrong`);
});

Deno.test("checked() throws an OsError with call, subject and number", () => {
  throws(
    () => checked("close", "descriptor -1", libc().close(-1)),
    (e) =>
      e instanceof OsError && e.errno === Errno.EBADF && e.call === "close" &&
      e.message === "close descriptor -1: EBADF",
  );
});

Deno.test("OsError names the capability where permission is missing, and only there", () => {
  const text = (call: string, errno: number, subject: string) =>
    new OsError(call, errno, subject).message;
  assertEquals(
    text("bind", Errno.EACCES, "0.0.0.0:319"),
    "bind 0.0.0.0:319: EACCES (needs CAP_NET_BIND_SERVICE or root)",
  );
  assertEquals(
    text("bind", Errno.EACCES, "[::]:320"),
    "bind [::]:320: EACCES (needs CAP_NET_BIND_SERVICE or root)",
  );
  assertEquals(text("bind", Errno.EACCES, "0.0.0.0:4000"), "bind 0.0.0.0:4000: EACCES");
  assertEquals(
    text("clock_adjtime", Errno.EPERM, "CLOCK_REALTIME"),
    "clock_adjtime CLOCK_REALTIME: EPERM (needs CAP_SYS_TIME or root)",
  );
  assertEquals(
    text("socket AF_PACKET", Errno.EPERM, "eth0"),
    "socket AF_PACKET eth0: EPERM (needs CAP_NET_RAW or root)",
  );
  assertEquals(
    text("bind", Errno.EADDRINUSE, "0.0.0.0:319"),
    "bind 0.0.0.0:319: EADDRINUSE (address already in use)",
  );
  assertEquals(errnoText(250), "errno 250");
});

Deno.test("Arena keeps what it holds until close()", () => {
  const before = openArenas();
  const arena = new Arena(100);
  assertEquals(openArenas(), before + 1);
  const a = arena.reserve(10, 1);
  const b = arena.reserve(8);
  assertEquals([a, b], [0, 16]);
  throws(() => arena.reserve(200), /arena too small/);
  arena.link(b, a);
  const address = arena.view.getBigUint64(b, true);
  assertEquals(address, Deno.UnsafePointer.value(arena.pointer(a)));
  arena.close();
  arena.close();
  assertEquals(openArenas(), before);
});

Deno.test("Arena.hold() gives the same address until 64 other buffers came", () => {
  const arena = new Arena(16);
  const buffer = new ArrayBuffer(8);
  const address = arena.hold(buffer);
  for (let k = 0; k < 100; k++) {
    ok(arena.hold(new ArrayBuffer(8)) > 0);
    assertEquals(arena.hold(buffer), address);
  }
  arena.close();
});

Deno.test("Arena: the kernel reads what a stored pointer names, after collections", () => {
  const c = libc();
  const arena = new Arena(64);
  const vector = arena.reserve(16);
  const text = arena.reserve(4);
  arena.bytes.set([0x6b, 0x65, 0x70, 0x74], text);
  arena.link(vector, text);
  arena.setPointer(vector + 8, 4);
  const pointer = arena.pointer(vector);
  for (let k = 0; k < 2000; k++) new Uint8Array(100_000);
  const file = Deno.makeTempFileSync();
  try {
    const path = new TextEncoder().encode(`${file}\0`);
    const fd = checked("open", file, c.open(path, 1, 0));
    assertEquals(c.writev(fd, pointer, 1), 4);
    c.close(fd);
    assertEquals(Deno.readTextFileSync(file), "kept");
  } finally {
    Deno.removeSync(file);
    arena.close();
  }
});
