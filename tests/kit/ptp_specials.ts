/**
 * What the interop matrix shows besides its cells: a boundary clock of ours between others.
 * @module
 */
import { ClockGuard } from "./clock_guard.ts";
import { NamespacePair } from "./netns.ts";
import { NamespaceChain } from "./netns_chain.ts";
import { Running } from "./process.ts";
import { Ptp4l } from "./ptp4l.ts";
import { followPtp4l, leadPtp4l, LIMIT } from "./ptp_matrix.ts";
import { judgedFor, LAUNCHER, startGm } from "./rptp.ts";
import { Sampler } from "./sampler.ts";
import { errorsOfReadings, evaluate, lastSeconds, PieceClock, type Verdict } from "./truth.ts";

/** One thing to show. */
export interface Special {
  readonly name: string;
  /** Also run by the gate. */
  readonly isInGate?: boolean;
  readonly run: () => Promise<Verdict>;
}

/** What came of it. */
export interface SpecialResult {
  readonly verdict?: Verdict;
  readonly failure?: string;
  readonly unsupported?: string;
}

const RATE = ["--log-sync", "-3", "--log-announce", "-1", "--log-min-delay-req", "-3"];
const JUDGED_SECONDS = 6;

/** A profile as both programs are told of it. */
interface ProfileCase {
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
  readonly domain: number;
  readonly transportSpecific?: number;
}

/** linuxptp's gPTP.cfg, but for the neighbour's distance: software stamps see more than 800 ns. */
const GPTP: ProfileCase = {
  ours: [
    ...["--profile", "gptp", "--priority1", "10", "--neighbor-delay-threshold", "20us"],
    ...["--log-min-pdelay-req", "-3"],
  ],
  theirs: [
    "gmCapable 1",
    "priority2 248",
    "logAnnounceInterval 0",
    "logSyncInterval -3",
    "logMinPdelayReqInterval -3",
    "syncReceiptTimeout 3",
    "neighborPropDelayThresh 20000",
    "min_neighbor_prop_delay -20000000",
    "assume_two_step 1",
    "path_trace_enabled 1",
    "follow_up_info 1",
    "ptp_dst_mac 01:80:C2:00:00:0E",
    "network_transport L2",
    "delay_mechanism P2P",
  ],
  domain: 0,
  transportSpecific: 1,
};

/** linuxptp's G.8275.1.cfg, by the forwardable group. */
const TELECOM: ProfileCase = {
  ours: ["--profile", "g8275.1"],
  theirs: [
    "dataset_comparison G.8275.x",
    "G.8275.defaultDS.localPriority 128",
    "maxStepsRemoved 255",
    "logAnnounceInterval -3",
    "logSyncInterval -4",
    "logMinDelayReqInterval -4",
    "G.8275.portDS.localPriority 128",
    "ptp_dst_mac 01:1B:19:00:00:00",
    "network_transport L2",
  ],
  domain: 24,
};

/** All of them, in the order of printing. */
export function allSpecials(): Special[] {
  return [
    { name: "rptp of ptp4l, gPTP (802.1AS)", run: () => profileOf("rptp", GPTP) },
    { name: "ptp4l of rptp, gPTP (802.1AS)", run: () => profileOf("ptp4l", GPTP) },
    { name: "rptp of ptp4l, G.8275.1", run: () => profileOf("rptp", TELECOM) },
    { name: "ptp4l of rptp, G.8275.1", run: () => profileOf("ptp4l", TELECOM) },
    { name: "rptp bc between two ptp4l", run: () => betweenTwo() },
    {
      name: "ptp4l behind rptp bc behind rptp gm",
      isInGate: true,
      run: () => behindBoundary(),
    },
  ];
}

/** Runs one. */
export async function runSpecial(special: Special): Promise<SpecialResult> {
  try {
    const verdict = await special.run();
    if (verdict.p99 < LIMIT) return { verdict };
    return { verdict, failure: `true p99 ${(verdict.p99 / 1000).toFixed(0)} us` };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

/** Both programs under one profile; `follower` is judged. */
async function profileOf(follower: "rptp" | "ptp4l", profile: ProfileCase): Promise<Verdict> {
  await using _guard = await ClockGuard.hold(600);
  await using pair = await NamespacePair.open();
  const { ours, theirs: extra, domain, transportSpecific = 0 } = profile;
  const theirs = { servo: "linreg", domain, transportSpecific, extra } as const;
  return follower === "rptp"
    ? await followPtp4l(pair, { ours, theirs: { ...theirs, role: "master" } })
    : await leadPtp4l(pair, { ours, theirs: { ...theirs, role: "slave" } });
}

function startBoundary(chain: NamespaceChain, flags: readonly string[]): Running {
  const words = ["ptp", "bc", "--iface", "ptpa", "--iface", "ptpb", "--json", ...flags];
  return Running.start(LAUNCHER, words, { namespace: chain.middle, limitSeconds: 60 });
}

const PTP4L = { logSync: -3, logAnnounce: -1, logMinDelayReq: -3 } as const;

/**
 * ptp4l as grandmaster, our boundary clock on a virtual clock, ptp4l as slave that only measures
 * (both ptp4l have the same CLOCK_REALTIME). The boundary clock is judged by truth; the slave must
 * see two steps to the grandmaster and an offset to the boundary clock that agrees with that.
 */
async function betweenTwo(): Promise<Verdict> {
  await using _guard = await ClockGuard.hold(600);
  await using chain = await NamespaceChain.open();
  await using gm = await Ptp4l.start(chain.a, { ...PTP4L, role: "master" });
  await using sampler = await Sampler.start(60);
  const boundary = startBoundary(chain, ["--clock", "virtual:offset=0.3,ppm=40", ...RATE]);
  try {
    await using slave = await Ptp4l.start(chain.b, { ...PTP4L, role: "slave", freeRunning: true });
    await boundary.line(/"state":"locked"/, 20_000);
    await slave.process.line(/to UNCALIBRATED on RS_SLAVE/, 20_000);
    await judgedFor(JUDGED_SECONDS);
    const current = await slave.get("CURRENT_DATA_SET");
    const parent = await slave.get("PARENT_DATA_SET");
    const own = await gm.get("DEFAULT_DATA_SET");
    const readings = await sampler.finish();
    await boundary.stop();
    expect("stepsRemoved", current.get("stepsRemoved"), "2");
    expect("grandmaster", parent.get("grandmasterIdentity"), own.get("clockIdentity"));
    const seen = Math.abs(Number(current.get("offsetFromMaster")));
    if (!(seen < LIMIT)) throw new Error(`ptp4l sees the boundary clock ${seen} ns off`);
    const clock = PieceClock.fromLog(boundary.stdout);
    const last = BigInt(boundary.events("sample").at(-1)!["raw"] as string);
    const errors = readings.filter((r) => r.raw >= clock.start && r.raw <= last)
      .map((r) => ({ at: Number(r.raw - clock.start), error: -clock.errorOf(r.raw, r.time) }));
    return evaluate(lastSeconds(errors, JUDGED_SECONDS - 2));
  } finally {
    await boundary.stop();
  }
}

/** A virtual clock through our grandmaster and our boundary clock into a ptp4l that steers. */
async function behindBoundary(): Promise<Verdict> {
  await using _guard = await ClockGuard.hold(600);
  await using chain = await NamespaceChain.open();
  const gm = await startGm(chain.a, ["--clock", "virtual:offset=0.2,ppm=30", ...RATE]);
  const boundary = startBoundary(chain, ["--clock", "virtual:ppm=-20", ...RATE]);
  try {
    await boundary.line(/"state":"locked"/, 20_000);
    await using sampler = await Sampler.start(60);
    await using slave = await Ptp4l.start(chain.b, { ...PTP4L, role: "slave", servo: "linreg" });
    await slave.process.line(/UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED/, 20_000);
    await judgedFor(JUDGED_SECONDS);
    const current = await slave.get("CURRENT_DATA_SET");
    const readings = await sampler.finish();
    expect("stepsRemoved", current.get("stepsRemoved"), "2");
    const errors = errorsOfReadings(readings, PieceClock.fromLog(gm.stdout));
    return evaluate(lastSeconds(errors, JUDGED_SECONDS - 3));
  } finally {
    await boundary.stop();
    await gm.stop();
  }
}

function expect(what: string, found: string | undefined, wanted: string | undefined): void {
  if (found !== wanted) throw new Error(`${what} is ${found}, not ${wanted}`);
}
