/**
 * The interop matrix: rptp and ptp4l across transports, delay mechanisms and ways of addressing, in
 * both directions, each cell judged by the true error of the follower's clock.
 *
 * A slave of ours has a virtual clock, judged against the sampled CLOCK_REALTIME that ptp4l serves;
 * ptp4l as slave steers CLOCK_REALTIME, judged against our grandmaster's virtual clock.
 * @module
 */
import { ClockGuard } from "./clock_guard.ts";
import type { NamespacePair, Side } from "./netns.ts";
import { Ptp4l, type Ptp4lOptions } from "./ptp4l.ts";
import { judgedFor, startGm, startSlave } from "./rptp.ts";
import { type Traffic, TrafficCapture } from "./ptp_traffic.ts";
import { Sampler } from "./sampler.ts";
import { errorsOfReadings, evaluate, lastSeconds, PieceClock, type Verdict } from "./truth.ts";

export type Transport = "udp4" | "udp6" | "l2";
export type Delay = "e2e" | "p2p";
export type Mode = "multicast" | "hybrid" | "unicast";
/** Who follows. */
export type Follower = "rptp" | "ptp4l";

/** One cell. */
export interface Cell {
  readonly follower: Follower;
  readonly delay: Delay;
  readonly transport: Transport;
  readonly mode: Mode;
}

/** What came of a cell: its true errors, or why there is none. */
export interface CellResult {
  readonly cell: Cell;
  readonly verdict?: Verdict;
  /** Set where it did not work. */
  readonly failure?: string;
  /** Set where there is nothing to try. */
  readonly unsupported?: string;
}

/** True p99 that a cell may have, ns: fifty times what is usual, well below a wrong timestamp's. */
export const LIMIT = 50_000;

const JUDGED_SECONDS = 6;
const RATE = ["--log-sync", "-3", "--log-announce", "-1", "--log-min-delay-req", "-3"];
const PEER_RATE = ["--log-min-pdelay-req", "-3"];
const NETWORKS = { udp4: "UDPv4", udp6: "UDPv6", l2: "L2" } as const;

/** All cells, in the order of printing. */
export function allCells(): Cell[] {
  const cells: Cell[] = [];
  for (const follower of ["rptp", "ptp4l"] as const) {
    for (const delay of ["e2e", "p2p"] as const) {
      for (const mode of ["multicast", "hybrid", "unicast"] as const) {
        for (const transport of ["udp4", "udp6", "l2"] as const) {
          cells.push({ follower, delay, transport, mode });
        }
      }
    }
  }
  return cells;
}

/** `rptp slave  e2e  udp4  multicast`. */
export function cellName(cell: Cell): string {
  const who = cell.follower === "rptp" ? "rptp of ptp4l" : "ptp4l of rptp";
  return `${who}, ${cell.delay}, ${cell.transport}, ${cell.mode}`;
}

/** Why nobody can try this cell; `undefined` where it can be tried. */
export function unsupported(cell: Cell): string | undefined {
  if (cell.delay === "p2p" && cell.mode === "hybrid") {
    return "hybrid is about Delay_Req (ptp4l: hybrid_e2e); peer delay has none";
  }
  return undefined;
}

/** Runs one cell, about ten seconds. */
export async function runCell(pair: NamespacePair, cell: Cell): Promise<CellResult> {
  const why = unsupported(cell);
  if (why !== undefined) return { cell, unsupported: why };
  await using _guard = await ClockGuard.hold(600);
  try {
    await using capture = await TrafficCapture.start(pair.b);
    const verdict = cell.follower === "rptp" ? await rptpOf(pair, cell) : await ptp4lOf(pair, cell);
    const strange = strangeness(cell, await capture.finish());
    if (strange !== undefined) return { cell, verdict, failure: strange };
    if (verdict.p99 < LIMIT) return { cell, verdict };
    return { cell, verdict, failure: `true p99 ${(verdict.p99 / 1000).toFixed(0)} us` };
  } catch (error) {
    return { cell, failure: error instanceof Error ? error.message : String(error) };
  }
}

/** How the two programs are told what to do. */
export interface Terms {
  readonly ours: readonly string[];
  readonly theirs: Ptp4lOptions;
}

/** What of the traffic does not go as the cell says; `undefined` where all of it does. */
function strangeness(cell: Cell, traffic: Traffic): string | undefined {
  const { multicast, unicast } = traffic;
  const all = JSON.stringify(traffic);
  const request = cell.delay === "e2e" ? "Delay_Req" : "Pdelay_Req";
  const announces = cell.mode === "unicast" ? unicast : multicast;
  const requests = cell.mode === "multicast" ? multicast : unicast;
  const others = cell.mode === "unicast" ? multicast : unicast;
  for (const name of ["Announce", "Sync", "Follow_Up"]) {
    if ((announces[name] ?? 0) < 5) return `few ${name} by ${cell.mode}: ${all}`;
    if ((others[name] ?? 0) > 0) return `${name} not by ${cell.mode}: ${all}`;
  }
  if ((requests[request] ?? 0) < 5) return `few ${request} by ${cell.mode}: ${all}`;
  if (cell.delay === "p2p") return undefined; // the other side measures the link, too, its own way
  const strays = cell.mode === "multicast" ? unicast[request] : multicast[request];
  return (strays ?? 0) > 0 ? `${request} not by ${cell.mode}: ${all}` : undefined;
}

function rptpOf(pair: NamespacePair, cell: Cell): Promise<Verdict> {
  return followPtp4l(pair, {
    ours: [
      ...ourFlags(cell),
      ...(cell.mode === "hybrid" ? ["--hybrid"] : []),
      ...(cell.mode === "unicast" ? ["--unicast-master", addressOf(cell, pair.a)] : []),
    ],
    theirs: ptp4lOptions(cell, "master", pair.b),
  });
}

function ptp4lOf(pair: NamespacePair, cell: Cell): Promise<Verdict> {
  return leadPtp4l(pair, {
    ours: [...ourFlags(cell), ...(cell.mode === "unicast" ? ["--unicast-only"] : [])],
    theirs: ptp4lOptions(cell, "slave", pair.a),
  });
}

/** ptp4l serves CLOCK_REALTIME to `rptp slave`, whose virtual clock is judged. */
export async function followPtp4l(pair: NamespacePair, terms: Terms): Promise<Verdict> {
  await using _gm = await Ptp4l.start(pair.a, terms.theirs);
  await using sampler = await Sampler.start(60);
  const slave = startSlave(pair.b, ["--clock", "virtual:offset=0.3,ppm=40", ...terms.ours]);
  try {
    await slave.line(/"state":"locked"/, 20_000);
    await judgedFor(JUDGED_SECONDS);
  } finally {
    await slave.stop();
  }
  const readings = await sampler.finish();
  const clock = PieceClock.fromLog(slave.stdout);
  const last = BigInt(slave.events("sample").at(-1)!["raw"] as string);
  const errors = readings.filter((r) => r.raw >= clock.start && r.raw <= last)
    .map((r) => ({ at: Number(r.raw - clock.start), error: -clock.errorOf(r.raw, r.time) }));
  return evaluate(lastSeconds(errors, JUDGED_SECONDS - 2));
}

/** `rptp gm` serves a virtual clock to ptp4l, which steers CLOCK_REALTIME, which is judged. */
export async function leadPtp4l(pair: NamespacePair, terms: Terms): Promise<Verdict> {
  const gm = await startGm(pair.a, ["--clock", "virtual:offset=0.2,ppm=30", ...terms.ours]);
  try {
    await using sampler = await Sampler.start(60);
    await using slave = await Ptp4l.start(pair.b, terms.theirs);
    await slave.process.line(/UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED/, 20_000);
    await judgedFor(JUDGED_SECONDS);
    const port = await slave.get("PORT_DATA_SET");
    const readings = await sampler.finish();
    await slave.process.stop();
    if (port.get("portState") !== "SLAVE") throw new Error(`ptp4l is ${port.get("portState")}`);
    const errors = errorsOfReadings(readings, PieceClock.fromLog(gm.stdout));
    return evaluate(lastSeconds(errors, JUDGED_SECONDS - 3));
  } finally {
    await gm.stop();
  }
}

function ourFlags(cell: Cell): string[] {
  const peer = cell.delay === "p2p" ? PEER_RATE : [];
  return ["--transport", cell.transport, "--delay", cell.delay, ...RATE, ...peer];
}

/** How a unicast table names a side. */
function addressOf(cell: Cell, side: Side): string {
  return { udp4: side.address, udp6: side.address6, l2: side.mac }[cell.transport];
}

function ptp4lOptions(cell: Cell, role: "master" | "slave", other: Side): Ptp4lOptions {
  const network = NETWORKS[cell.transport];
  const isUnicast = cell.mode === "unicast";
  const isTable = isUnicast && role === "slave";
  const address = addressOf(cell, other);
  const peerAddress = isUnicast && cell.delay === "p2p" ? [`peer_address ${address}`] : [];
  return {
    role,
    servo: "linreg",
    logSync: -3,
    logAnnounce: -1,
    logMinDelayReq: -3,
    extra: [
      `network_transport ${network}`,
      `delay_mechanism ${cell.delay.toUpperCase()}`,
      "logMinPdelayReqInterval -3",
      ...(cell.mode === "hybrid" && role === "slave" ? ["hybrid_e2e 1"] : []),
      ...(isUnicast && role === "master"
        ? ["unicast_listen 1", "inhibit_multicast_service 1"]
        : []),
    ],
    sections: isTable
      ? [
        "[unicast_master_table]",
        "table_id 1",
        "logQueryInterval 0",
        `${network} ${address}`,
        ...peerAddress,
      ]
      : [],
    port: isTable ? ["unicast_master_table 1"] : [],
  };
}
