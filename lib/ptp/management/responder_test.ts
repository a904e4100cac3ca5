/** The responder over a live instance: every id, every action, targets, refusals, subscriptions. */
import { deepStrictEqual as assertEquals, ok } from "node:assert/strict";
import { Random } from "../../base/random.ts";
import { OWN_CLOCK, PtpBench } from "../../../tests/kit/ptp_bench.ts";
import { PortState } from "../state.ts";
import { ANY_PORT, type PortIdentity } from "../wire/identity.ts";
import { Action, ManagementError, ManagementId } from "../wire/management.ts";
import { BODIES, type BodyName } from "./bodies.ts";
import { parseCommand } from "./command.ts";
import { Writer } from "./cursor.ts";
import { encode, type Layout, type Values } from "./kind.ts";
import * as message from "./message.ts";
import { ManagedNode } from "./node.ts";
import { textLines, valuesOf } from "./print.ts";
import { type Asker, Outcome, Responder } from "./responder.ts";
import { MAX_SUBSCRIBERS } from "./subscriptions.ts";

const RW: Asker = { address: "/run/asker", maySet: true };
const RO: Asker = { address: "/run/asker", maySet: false };
const ASKER: PortIdentity = { high: 0, low: 0, port: 99 };

interface Answer {
  readonly id: number;
  readonly port: number;
  readonly action: number;
  readonly error: number;
  readonly values: Values | undefined;
  readonly text: string[];
}

class Ask {
  readonly bench: PtpBench;
  readonly responder: Responder;

  constructor(bench: PtpBench = new PtpBench()) {
    this.bench = bench;
    this.responder = new Responder(
      new ManagedNode(bench.instance, {
        productDescription: "a;b;c",
        revisionData: ";;1",
        userDescription: "here",
        ports: [{
          interfaceName: "eth0",
          physicalLayer: "IEEE 802.3",
          physicalAddress: Uint8Array.of(2, 0, 0, 0, 0, 1),
          protocolAddress: { networkProtocol: 1, address: Uint8Array.of(192, 0, 2, 1) },
          addresses: bench.addresses,
          timestamping: 0,
          phcIndex: -1,
        }],
        clock: bench.clock,
      }),
    );
  }

  octets(given: Partial<message.Envelope>, id: number, data: Uint8Array): Uint8Array<ArrayBuffer> {
    return message.write(
      {
        majorSdoId: 0,
        minorSdoId: 0,
        minorVersionPtp: 0,
        domainNumber: 0,
        isUnicast: false,
        source: ASKER,
        target: ANY_PORT,
        sequenceId: 7,
        startingBoundaryHops: 0,
        boundaryHops: 0,
        action: Action.Get,
        ...given,
      },
      id,
      data,
    );
  }

  send(octets: Uint8Array<ArrayBuffer>, asker = RW): Answer[] {
    const v = new DataView(octets.buffer);
    const out = this.responder.answer(this.bench.now, v, 0, octets.length, asker);
    return out.map(({ octets, to }) => {
      assertEquals(to, asker.address);
      return read(octets);
    });
  }

  ask(line: string, asker = RW, target: Readonly<PortIdentity> = ANY_PORT): Answer[] {
    const typed = parseCommand(line);
    ok(typed.kind === "request");
    const { action, name, data } = typed;
    return this.send(this.octets({ action, target }, BODIES[name].id, data), asker);
  }
}

function read(octets: Uint8Array<ArrayBuffer>): Answer {
  const v = new DataView(octets.buffer);
  assertEquals(message.check(v, 0, octets.length), 0);
  const m = message.read(v, 0);
  return {
    id: m.id,
    port: m.source.port,
    action: m.action,
    error: m.error,
    values: valuesOf(v, m)?.values,
    text: textLines(v, m),
  };
}

function follower(): Ask {
  const bench = new PtpBench({ slaveOnly: true });
  bench.follow();
  return new Ask(bench);
}

/** What this clock has not: transparent clocks', unicast's, peer delay's, what is optional. */
const UNSUPPORTED: readonly BodyName[] = [
  "GRANDMASTER_CLUSTER_TABLE",
  "UNICAST_MASTER_TABLE",
  "UNICAST_MASTER_MAX_TABLE_SIZE",
  "ACCEPTABLE_MASTER_TABLE",
  "ACCEPTABLE_MASTER_TABLE_ENABLED",
  "ACCEPTABLE_MASTER_MAX_TABLE_SIZE",
  "ALTERNATE_MASTER",
  "ALTERNATE_TIME_OFFSET_ENABLE",
  "ALTERNATE_TIME_OFFSET_NAME",
  "ALTERNATE_TIME_OFFSET_PROPERTIES",
  "EXTERNAL_PORT_CONFIGURATION_ENABLED",
  "HOLDOVER_UPGRADE_ENABLE",
  "EXT_PORT_CONFIG_PORT_DATA_SET",
  "TRANSPARENT_CLOCK_DEFAULT_DATA_SET",
  "TRANSPARENT_CLOCK_PORT_DATA_SET",
  "PRIMARY_DOMAIN",
  "UNICAST_MASTER_TABLE_NP",
  "POWER_PROFILE_SETTINGS_NP",
  "CMLDS_INFO_NP",
  "EXTERNAL_GRANDMASTER_PROPERTIES_NP",
];

Deno.test("Responder: every id with GET is answered, by the clock from port 0, by ports from theirs", () => {
  const ask = follower();
  for (const [name, { id, actions, scope }] of Object.entries(BODIES)) {
    const answers = ask.send(ask.octets({}, id, new Uint8Array(0)));
    assertEquals(answers.length, 1, name);
    const [a] = answers;
    assertEquals(
      [a!.id, a!.action, a!.port],
      [id, Action.Response, scope === "clock" ? 0 : 1],
      name,
    );
    const isServed = actions.includes("G") && !UNSUPPORTED.includes(name as BodyName);
    assertEquals(a!.error, isServed ? 0 : ManagementError.NOT_SUPPORTED, name);
    assertEquals(a!.values !== undefined, isServed, name);
  }
});

Deno.test("Responder: an unknown id is NO_SUCH_ID, a port that is not there WRONG_VALUE", () => {
  const ask = new Ask();
  const unknown = ask.send(ask.octets({}, 0x7777, new Uint8Array(0)));
  assertEquals(unknown.map((a) => [a.id, a.error]), [[0x7777, ManagementError.NO_SUCH_ID]]);
  const target = { ...ANY_PORT, port: 2 };
  assertEquals(ask.ask("GET PORT_DATA_SET", RW, target)[0]!.error, ManagementError.WRONG_VALUE);
  assertEquals(ask.ask("GET PRIORITY1", RW, target)[0]!.error, 0);
});

Deno.test("Responder: other clocks, domains and sdoIds, and what is no request, go unanswered", () => {
  const ask = new Ask();
  const get = (e: Partial<message.Envelope>) =>
    ask.send(ask.octets(e, ManagementId.PRIORITY1, new Uint8Array(0))).length;
  assertEquals(get({ target: { high: 1, low: 2, port: 1 } }), 0);
  assertEquals(get({ target: { ...OWN_CLOCK, port: 0xffff } }), 1);
  assertEquals(get({ domainNumber: 1 }), 0);
  assertEquals(get({ majorSdoId: 1 }), 0);
  assertEquals(get({ action: Action.Response }), 0);
  assertEquals(get({ action: Action.Acknowledge }), 0);
  assertEquals(get({ action: 9 }), 0);
  const { counters } = ask.responder;
  assertEquals(counters.snapshot(), {
    Answered: 1,
    ForeignDomain: 2,
    OtherTarget: 1,
    NotRequest: 3,
  });
});

Deno.test("Responder: SET PRIORITY1 takes effect at the next state decision", () => {
  const bench = new PtpBench({ priority1: 200 });
  bench.follow();
  const ask = new Ask(bench);
  assertEquals(bench.port.state, PortState.Uncalibrated);
  assertEquals(ask.ask("SET PRIORITY1 1").map((a) => a.values), [{ priority1: 1 }]);
  bench.turn();
  assertEquals(bench.instance.parentDS.grandmasterPriority1, 1);
  assertEquals(
    bench.port.state >= PortState.PreMaster && bench.port.state <= PortState.Master,
    true,
  );
});

Deno.test("Responder: the read-only asker gets, and is refused every SET and COMMAND", () => {
  const ask = new Ask();
  assertEquals(ask.ask("GET PRIORITY1", RO)[0]!.error, 0);
  const before = ask.bench.instance.snapshot();
  for (const [name, { id }] of Object.entries(BODIES)) {
    for (const action of [Action.Set, Action.Command]) {
      const answers = ask.send(ask.octets({ action }, id, new Uint8Array(64)), RO);
      assertEquals(answers.map((a) => a.error), [ManagementError.NOT_SUPPORTED], name);
    }
  }
  assertEquals(ask.bench.instance.snapshot(), before);
});

Deno.test("Responder: lengths that do not fit are WRONG_LENGTH, values out of range WRONG_VALUE", () => {
  const ask = new Ask();
  const set = (name: BodyName, ...data: number[]) =>
    ask.send(ask.octets({ action: Action.Set }, BODIES[name].id, Uint8Array.from(data)))[0]!.error;
  assertEquals(set("PRIORITY1"), ManagementError.WRONG_LENGTH);
  assertEquals(set("PRIORITY1", 1, 0, 0, 0), ManagementError.WRONG_LENGTH);
  assertEquals(set("LOG_SYNC_INTERVAL", 20, 0), ManagementError.WRONG_VALUE);
  assertEquals(set("ANNOUNCE_RECEIPT_TIMEOUT", 1, 0), ManagementError.WRONG_VALUE);
  assertEquals(set("UTC_PROPERTIES", 0, 37, 3, 0), ManagementError.WRONG_VALUE);
  assertEquals(set("SLAVE_ONLY", 3, 0), 0);
  assertEquals(
    set("DEFAULT_DATA_SET", ...new Array<number>(20).fill(0)),
    ManagementError.NOT_SUPPORTED,
  );
  assertEquals(set("DELAY_MECHANISM", 2, 0), ManagementError.NOT_SETABLE);
  assertEquals(set("DELAY_MECHANISM", 1, 0), 0);
});

Deno.test("Responder: what is SET is in force: intervals, quality, time, descriptions", () => {
  const ask = new Ask();
  const { instance, port } = ask.bench;
  const done = (line: string) => assertEquals(ask.ask(line).map((a) => a.error), [0], line);
  done("SET LOG_SYNC_INTERVAL -3");
  done("SET LOG_ANNOUNCE_INTERVAL -1");
  done("SET ANNOUNCE_RECEIPT_TIMEOUT 5");
  assertEquals([port.portDS.logSyncInterval, port.options.logAnnounceInterval], [-3, -1]);
  assertEquals(port.options.announceReceiptTimeout, 5);
  done("SET CLOCK_ACCURACY 0x21");
  assertEquals(instance.defaultDS.clockQuality.clockAccuracy, 0x21);
  done("SET TRACEABILITY_PROPERTIES timeTraceable 1 frequencyTraceable 1");
  assertEquals(instance.options.timeProperties.timeTraceable, true);
  done("SET USER_DESCRIPTION studio 3;Bern");
  assertEquals(ask.ask("GET USER_DESCRIPTION")[0]!.values, { userDescription: "studio 3;Bern" });
  done(
    "SET GRANDMASTER_SETTINGS_NP clockClass 6 clockAccuracy 0x20 offsetScaledLogVariance 0x4e5d " +
      "currentUtcOffset 37 leap61 1 leap59 0 currentUtcOffsetValid 1 ptpTimescale 1 " +
      "timeTraceable 1 frequencyTraceable 1 timeSource 0x20",
  );
  assertEquals(instance.defaultDS.clockQuality.clockClass, 6);
  assertEquals(instance.options.timeProperties.leap61, true);
  done(
    "SET ALTERNATE_TIME_OFFSET_PROPERTIES keyField 1 currentOffset 3600 jumpSeconds 0 timeOfNextJump 0",
  );
  done("SET ALTERNATE_TIME_OFFSET_NAME keyField 1 displayName CET");
  assertEquals(instance.options.alternateTimeOffsets.length, 0);
  done("SET ALTERNATE_TIME_OFFSET_ENABLE keyField 1 enable 1");
  assertEquals(instance.options.alternateTimeOffsets.map((a) => [a.displayName, a.currentOffset]), [
    ["CET", 3600],
  ]);
});

Deno.test("Responder: DISABLE_PORT, ENABLE_PORT and INITIALIZE are acknowledged and done", () => {
  const ask = new Ask();
  const [disabled] = ask.ask("COMMAND DISABLE_PORT");
  assertEquals([disabled!.action, disabled!.error], [Action.Acknowledge, 0]);
  assertEquals(ask.bench.port.state, PortState.Disabled);
  ask.ask("COMMAND ENABLE_PORT");
  assertEquals(ask.bench.port.state, PortState.Initializing);
  ask.bench.turn();
  assertEquals(ask.bench.port.state, PortState.Listening);
  ask.ask("COMMAND INITIALIZE initializationKey 0");
  assertEquals(ask.bench.port.state, PortState.Initializing);
  assertEquals(
    ask.ask("COMMAND INITIALIZE initializationKey 1")[0]!.error,
    ManagementError.WRONG_VALUE,
  );
  const save = ask.ask("COMMAND SAVE_IN_NON_VOLATILE_STORAGE")[0]!;
  assertEquals(save.error, ManagementError.NOT_SUPPORTED);
});

Deno.test("Responder: SET DOMAIN moves the clock to another domain", () => {
  const ask = new Ask(new PtpBench({}, { masterOnly: true }));
  assertEquals(ask.ask("SET DOMAIN 4")[0]!.values, { domainNumber: 4 });
  ask.bench.take();
  ask.bench.pass(3e9);
  const domains = new Set(ask.bench.take().map((m) => m.view.getUint8(4)));
  assertEquals([...domains], [4]);
});

Deno.test("Responder: faults are logged, told and forgotten", () => {
  const ask = new Ask();
  const { bench, responder } = ask;
  bench.takeEvents();
  bench.port.fail(bench.now, "management");
  bench.turn();
  for (const event of bench.takeEvents()) responder.observe(bench.now, event);
  const log = ask.ask("GET FAULT_LOG")[0]!;
  assertEquals(log.text[1], "\t\tfaultRecords     1");
  ok(log.text.some((line) => line.endsWith("management")));
  ask.ask("COMMAND FAULT_LOG_RESET");
  assertEquals(ask.ask("GET FAULT_LOG")[0]!.values, { faultRecords: [] });
});

Deno.test("Responder: subscribers hear port states until their time is over", () => {
  const ask = new Ask();
  const { bench, responder } = ask;
  const tell = () =>
    bench.takeEvents().flatMap((event) => responder.observe(bench.now, event)).map(
      ({ to, octets }) => {
        assertEquals(to, RW.address);
        return read(octets);
      },
    );
  assertEquals(ask.ask("SET SUBSCRIBE_EVENTS_NP duration 3 NOTIFY_PORT_STATE on")[0]!.error, 0);
  assertEquals(ask.ask("GET SUBSCRIBE_EVENTS_NP")[0]!.text.slice(1), [
    "\t\tduration          3",
    "\t\tNOTIFY_PORT_STATE on",
  ]);
  bench.takeEvents();
  ask.ask("COMMAND DISABLE_PORT");
  bench.turn();
  const told = tell();
  assertEquals(told.map((a) => [a.id, a.port, a.action]), [[
    ManagementId.PORT_DATA_SET,
    1,
    Action.Response,
  ]]);
  assertEquals(told[0]!.values!["portState"], PortState.Disabled);
  bench.pass(3e9);
  ask.ask("COMMAND ENABLE_PORT");
  bench.turn();
  assertEquals(tell().length, 0);
  assertEquals(responder.subscriptions.size, 0);
});

Deno.test("Responder: time sync and parent changes are told to those who want them", () => {
  const bench = new PtpBench({ slaveOnly: true });
  const ask = new Ask(bench);
  ask.ask("SET SUBSCRIBE_EVENTS_NP duration 60 NOTIFY_PARENT_DATA_SET on");
  bench.takeEvents();
  bench.follow();
  const told = bench.takeEvents().flatMap((e) => ask.responder.observe(bench.now, e));
  assertEquals(told.map(({ octets }) => read(octets).id), [ManagementId.PARENT_DATA_SET]);
});

Deno.test("Responder: the table of subscribers is bounded, and room comes back", () => {
  const ask = new Ask();
  const subscribe = (k: number, duration: number) => {
    const asker = { address: `/run/${k}`, maySet: true };
    return ask.ask(`SET SUBSCRIBE_EVENTS_NP duration ${duration} NOTIFY_PORT_STATE on`, asker)[0]!
      .error;
  };
  for (let k = 0; k < MAX_SUBSCRIBERS; k++) assertEquals(subscribe(k, 10), 0);
  assertEquals(subscribe(1000, 10), ManagementError.GENERAL_ERROR);
  assertEquals(subscribe(5, 10), 0);
  assertEquals(subscribe(5, 0), 0);
  assertEquals(subscribe(1000, 10), 0);
});

Deno.test("Responder: 100,000 mutated requests: no throw, every one counted, answers well-formed", () => {
  const bench = new PtpBench();
  const ask = new Ask(bench);
  const random = new Random(11, "management");
  const names = Object.keys(BODIES) as BodyName[];
  const sizes = new Map(names.map((name) => [name, sizeOf(name)]));
  const N = 100_000;
  let answered = 0;
  for (let k = 0; k < N; k++) {
    const name = names[random.integer(names.length)]!;
    const octets = ask.octets(
      { action: random.integer(5), domainNumber: bench.instance.defaultDS.domainNumber },
      BODIES[name].id,
      new Uint8Array(sizes.get(name)! + (random.integer(4) === 0 ? 2 : 0)),
    );
    const flips = random.integer(6);
    for (let f = 0; f < flips; f++) octets[random.integer(octets.length)] = random.integer(256);
    const cut = random.integer(8) === 0 ? random.integer(octets.length) : octets.length;
    const v = new DataView(octets.buffer);
    const out = ask.responder.answer(bench.now, v, 0, cut, RW);
    answered += out.length;
    for (const { octets } of out) {
      assertEquals(message.check(new DataView(octets.buffer), 0, octets.length), 0);
    }
    if (k % 64 === 0) {
      bench.pass(1e6);
      for (const event of bench.takeEvents()) ask.responder.observe(bench.now, event);
      bench.take();
    }
  }
  const { counters } = ask.responder;
  assertEquals(counters.of(Outcome.Answered) + counters.of(Outcome.Refused), answered);
  assertEquals(counters.total(), N);
  ok(answered > N / 4, String(answered));
});

/** Octets of the body with nothing in its lists and texts. */
function sizeOf(name: BodyName): number {
  const empty = new Writer();
  const layout = BODIES[name].layout as Layout;
  const zeros = new Uint8Array(400);
  const v = new DataView(zeros.buffer);
  const m = { dataAt: 0, dataEnd: 400, id: BODIES[name].id, error: 0 } as message.ManagementMessage;
  encode(layout, valuesOf(v, m)!.values as never, empty);
  return empty.length;
}

Deno.test("Responder: a unicast client tells its master table, a peer delay port its link", () => {
  const bench = new PtpBench({ slaveOnly: true }, (addresses) => ({
    delayMechanism: "p2p",
    unicastClient: {
      masters: [addresses.internText("192.0.2.9", 320), addresses.internText("192.0.2.10", 320)],
      logQueryInterval: 2,
      duration: 100,
    },
  }));
  const ask = new Ask(bench);
  bench.turn();
  assertEquals(ask.ask("GET UNICAST_NEGOTIATION_ENABLE")[0]!.values, { flags: { enable: true } });
  assertEquals(ask.ask("GET UNICAST_MASTER_TABLE")[0]!.text.slice(1), [
    "\t\tlogQueryInterval 2",
    "\t\tactualTableSize  2",
    "\t\tportAddress      1 192.0.2.9",
    "\t\tportAddress      1 192.0.2.10",
  ]);
  const states = ask.ask("GET UNICAST_MASTER_TABLE_NP")[0]!.text;
  assertEquals(states.length, 5);
  assertEquals(
    states[3],
    "\t\tno  000000.0000.000000-0     192.0.2.9                          WAIT      " +
      "0          0x00         0x0000                  0   0  ",
  );
  assertEquals(ask.ask("GET CMLDS_INFO_NP")[0]!.values, {
    meanLinkDelay: 0,
    scaledNeighborRateRatio: 0,
    as_capable: 0,
  });
});
