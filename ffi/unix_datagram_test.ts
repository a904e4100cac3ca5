import { deepStrictEqual as assertEquals, throws } from "node:assert/strict";
import { openArenas } from "./arena.ts";
import { UnixDatagram } from "./unix_datagram.ts";

function inFolder(act: (folder: string) => void): void {
  const folder = Deno.makeTempDirSync({ prefix: "rptp-unix-" });
  try {
    act(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("UnixDatagram: a message arrives with its sender's path, the answer goes back", () =>
  inFolder((folder) => {
    const server = UnixDatagram.bind(`${folder}/server`);
    const client = UnixDatagram.bind(`${folder}/client`);
    assertEquals(server.receive(), undefined);
    assertEquals(client.send(new Uint8Array([1, 2, 3]), server.path), true);
    const request = server.receive();
    assertEquals(request, { octets: new Uint8Array([1, 2, 3]), from: `${folder}/client` });
    assertEquals(server.send(new Uint8Array(0), request!.from), true);
    assertEquals(client.receive(), { octets: new Uint8Array(0), from: `${folder}/server` });
    client.close();
    client.close();
    assertEquals(server.send(new Uint8Array(1), `${folder}/client`), false);
    server.close();
    assertEquals([...Deno.readDirSync(folder)], []);
  }));

Deno.test("UnixDatagram.bind() replaces a dead socket file, never a live one", () =>
  inFolder((folder) => {
    const path = `${folder}/socket`;
    const arenas = openArenas();
    const first = UnixDatagram.bind(path);
    throws(() => UnixDatagram.bind(path), /OsError: bind .*socket: EADDRINUSE/);
    first.close();
    const dead = Deno.listenDatagram({ transport: "unixpacket", path });
    dead.close(); // leaves the file behind
    const second = UnixDatagram.bind(path);
    second.close();
    Deno.writeTextFileSync(path, "a file");
    throws(() => UnixDatagram.bind(path), /EADDRINUSE/);
    assertEquals(Deno.readTextFileSync(path), "a file");
    assertEquals(openArenas(), arenas);
  }));

Deno.test("UnixDatagram.bind() refuses a path that is too long, and says how long it may be", () => {
  throws(() => UnixDatagram.bind("/tmp/" + "x".repeat(110)), /ENAMETOOLONG|1 to 107 octets/);
});
