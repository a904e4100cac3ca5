/**
 * The Worker of worker_test.ts: takes the origin, waits for a datagram and for a wake-up, reports.
 * @module
 */
import { PacketBatch } from "../../lib/base/batch.ts";
import { instant, NEVER } from "../../lib/base/time.ts";
import { errno, libc } from "../libc.ts";
import { adoptOrigin, rawNow } from "../raw_clock.ts";
import { BlockingReactor } from "../reactor.ts";
import { UdpLink } from "../udp.ts";

declare const self: {
  onmessage: (event: MessageEvent<{ origin: bigint }>) => void;
  postMessage(message: unknown): void;
  close(): void;
};

self.onmessage = (event) => {
  adoptOrigin(event.data.origin);
  const c = libc();
  c.close(-1);
  const badDescriptor = errno();
  const link = UdpLink.open({ sockets: [{ address: "127.0.0.1" }] });
  const reactor = new BlockingReactor([link]);
  self.postMessage({ port: link.port(0), wakeFd: reactor.wakeFd, now: rawNow(), badDescriptor });
  const inbox = new PacketBatch(1, 64);
  const end = instant(rawNow() + 5e9);
  while (link.receive(inbox) === 0 && rawNow() < end) reactor.wait(end, false);
  self.postMessage({ received: inbox.length[0] });
  const began = rawNow();
  reactor.wait(NEVER, false);
  self.postMessage({ waited: rawNow() - began });
  reactor.close();
  link.close();
  self.close();
};
