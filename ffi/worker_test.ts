import { deepStrictEqual as assertEquals, ok } from "node:assert/strict";
import { PacketBatch } from "../lib/base/batch.ts";
import { Errno } from "./errno.ts";
import { rawNow, rawOrigin } from "./raw_clock.ts";
import { wakeDescriptor } from "./reactor.ts";
import { UdpLink } from "./udp.ts";

Deno.test("a Worker has its own errno, the same instants, and is woken from here", async () => {
  const probe = new URL("./testing/worker_probe.ts", import.meta.url);
  const worker = new Worker(probe, { type: "module" });
  const messages: Record<string, number>[] = [];
  let arrived = Promise.withResolvers<void>();
  worker.onmessage = (event) => {
    messages.push(event.data);
    arrived.resolve();
  };
  const next = async () => {
    if (messages.length === 0) await arrived.promise;
    arrived = Promise.withResolvers();
    return messages.shift()!;
  };
  const before = rawNow();
  worker.postMessage({ origin: rawOrigin() });
  const ready = await next();
  assertEquals(ready["badDescriptor"], Errno.EBADF);
  ok(ready["now"]! > before && ready["now"]! < rawNow(), "instants compare across isolates");

  const link = UdpLink.open({ sockets: [{ address: "127.0.0.1" }] });
  const out = new PacketBatch(1, 64);
  const i = out.open();
  out.length[i] = 7;
  out.peer[i] = link.addresses.internText("127.0.0.1", ready["port"]!);
  assertEquals(link.send(out, 0), 1);
  assertEquals(await next(), { received: 7 });
  wakeDescriptor(ready["wakeFd"]!);
  ok((await next())["waited"]! < 60e9);
  link.close();
  worker.terminate();
});
