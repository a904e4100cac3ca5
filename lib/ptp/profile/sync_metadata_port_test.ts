import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { PacketBatch } from "../../base/batch.ts";
import { instant } from "../../base/time.ts";
import type { PortManagement } from "../port_management.ts";
import { Reason } from "../reason.ts";
import { Received } from "../received.ts";
import { PortState } from "../state.ts";
import { Fault } from "../wire/fault.ts";
import { portIdentity } from "../wire/identity.ts";
import * as management from "../wire/management.ts";
import * as message from "../wire/message.ts";
import { syncMetadata } from "./sync_metadata.ts";
import { SyncMetadataPort } from "./sync_metadata_port.ts";

const FIELDS = { ...syncMetadata(), frameRateNumerator: 25, frameRateDenominator: 1 };

function bench(own = true, inner?: PortManagement) {
  const port = {
    state: PortState.Master as PortState,
    portDS: { portIdentity: portIdentity(1, 2, 3) },
    emitter: { sent: new Float64Array(16) },
  };
  const instance = {
    options: { majorSdoId: 0, minorSdoId: 0, minorVersionPtp: 1 },
    defaultDS: { domainNumber: 127 },
    currentDS: { stepsRemoved: 0 },
  };
  const metadata = new SyncMetadataPort(
    { port, instance },
    7,
    own ? () => FIELDS : undefined,
    inner,
  );
  const out = new PacketBatch(8, 256);
  const sentAt = (seconds: number) => {
    const before = out.count;
    metadata.transmit(instant(seconds * 1e9), out);
    return out.count - before;
  };
  return { port, instance, metadata, out, sentAt };
}

Deno.test("SyncMetadataPort: a grandmaster sends once a second, a COMMAND to all ports", () => {
  const b = bench();
  assertEquals([1, 1.5, 2, 2.1, 3.05, 4].map(b.sentAt), [1, 0, 1, 0, 1, 1]);
  const { view, offset, length, peer } = b.out;
  assertEquals(message.check(view, offset[0]!, length[0]!), Fault.None);
  assertEquals([length[0], peer[0]], [100, 7]);
  assertEquals(management.actionField(view, offset[0]!), management.Action.Command);
  const target = new Uint8Array(view.buffer, offset[0]! + management.TARGET_PORT_IDENTITY, 10);
  assertEquals(target, new Uint8Array(10).fill(0xff));
});

Deno.test("SyncMetadataPort: neither a slave nor a boundary clock's master sends its own", () => {
  const b = bench();
  b.port.state = PortState.Slave;
  assertEquals(b.sentAt(1), 0);
  b.port.state = PortState.Master;
  b.instance.currentDS.stepsRemoved = 1;
  assertEquals(b.sentAt(2), 0);
});

Deno.test("SyncMetadataPort: keeps what a grandmaster sends; others' messages go on", () => {
  const sender = bench();
  sender.sentAt(1);
  let others = 0;
  const inner: PortManagement = {
    receive: () => (others++, Reason.OtherPort),
    transmit: () => true,
  };
  const receiver = bench(false, inner);
  const m = new Received();
  m.load(sender.out.view, sender.out.offset[0]!);
  assertEquals(receiver.metadata.receive(m), Reason.None);
  assertEquals(receiver.metadata.received, FIELDS);
  sender.out.view.setUint8(sender.out.offset[0]! + 52, 0x12);
  assertEquals(receiver.metadata.receive(m), Reason.OtherPort);
  assertEquals(others, 1);
});
