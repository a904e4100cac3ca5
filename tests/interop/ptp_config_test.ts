// deno-lint-ignore-file camelcase -- linuxptp spells its keys so
/**
 * linuxptp's own configurations, as Debian ships them: rptp reads what ptp4l reads.
 *
 * With logging_level 7 ptp4l prints each item it looks up, for the clock and for each port; the same
 * file must give the same values here. A broken file must be refused at the same line by both.
 */
import { deepStrictEqual as assertEquals, ok as assert } from "node:assert/strict";
import { EffectiveConfig } from "../../lib/ptp/config/effective.ts";
import { KEYS, RENAMED } from "../../lib/ptp/config/keys.ts";
import { type CommandLine, parseConfig } from "../../lib/ptp/config/parse.ts";
import { useOf } from "../../lib/ptp/config/use.ts";
import { testNeeding } from "../kit/need.ts";
import { NamespacePair, type Side } from "../kit/netns.ts";
import { Running, say } from "../kit/process.ts";

const FOLDER = "/usr/share/doc/linuxptp/configs";
/** snmpd.conf and ts2phc-*.cfg are of other programs. */
const NAMES = [
  "default",
  "gPTP",
  "automotive-master",
  "automotive-slave",
  "G.8265.1",
  "G.8275.1",
  "G.8275.2",
  "UNICAST-MASTER",
  "UNICAST-SLAVE",
  "E2E-TC",
  "P2P-TC",
];
const NEEDS = {
  root: true,
  netns: true,
  commands: ["ptp4l", "ip", "timeout"],
  files: NAMES.map((name) => `${FOLDER}/${name}.cfg`),
};

/** ptp4l's numbers of the words in these files, as its log prints them. */
const NUMBERS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  asCapable: { true: 0, auto: 1 },
  BMCA: { ptp: 0, noop: 1 },
  clock_servo: { pi: 0 },
  clock_type: { OC: 0x8000, P2P_TC: 0x2000, E2E_TC: 0x1000 },
  dataset_comparison: { ieee1588: 0, "G.8275.x": 1 },
  delay_filter: { moving_median: 1 },
  delay_mechanism: { E2E: 1, P2P: 2 },
  hwts_filter: { normal: 0 },
  network_transport: { UDPv4: 1, UDPv6: 2, L2: 3 },
  time_stamping: { software: 0 },
  tsproc_mode: { filter: 0 },
};

/** Defaults that linuxptp changed after 3.1.1; ours are the newer ones. */
const NEWER_DEFAULTS = ["tx_timestamp_timeout"];

interface Item {
  readonly section: string;
  readonly key: string;
  readonly text: string;
}

/** What stock ptp4l looks up when started with the file on a side's interface. */
async function itemsOf(path: string, side: Side): Promise<{ items: Item[]; output: string }> {
  const folder = await Deno.makeTempDir({ prefix: "rptp-config-" });
  const own = ["-i", side.iface, "-S", "-m", "-q", "-l", "7", "--uds_address", `${folder}/uds`];
  const options = { namespace: side.namespace, limitSeconds: 20 };
  const process = Running.start("ptp4l", ["-f", path, ...own], options);
  try {
    await process.line(/port 1: INITIALIZING to|failed to|needs at least/, 10_000);
  } finally {
    await process.stop();
    await Deno.remove(folder, { recursive: true });
  }
  const all = [...process.stdout, ...process.stderr];
  const items: Item[] = [];
  for (const line of all) {
    const match = /config item (\S+?|\(null\))\.(.+?) is (.*)$/.exec(line);
    if (match === null || match[1]!.startsWith(folder)) continue;
    // A unicast table makes ptp4l set hybrid_e2e by itself: no value of the file.
    if (all.some((one) => one.includes(`section item ${match[1]}.${match[2]} now`))) continue;
    items.push({ section: match[1]!, key: match[2]!, text: match[3]! });
  }
  return { items, output: all.join("\n") };
}

/** Our value as ptp4l prints it. */
function printed(config: EffectiveConfig, item: Item): string | undefined {
  const name = RENAMED[item.key] ?? item.key;
  const key = KEYS.get(name);
  if (key === undefined) return undefined;
  const port = config.file.ports.find((one) => one.name === item.section);
  const { value } = config.of(name, port);
  switch (key.type) {
    case "word":
      return String(NUMBERS[name]?.[String(value)]);
    case "number":
      return Number(value).toFixed(6);
    case "text":
      return `'${value}'`;
    case "integer":
      return String(value);
  }
}

testNeeding(
  "parseConfig(): every value of linuxptp's configs as stock ptp4l has it",
  NEEDS,
  async () => {
    await using pair = await NamespacePair.open();
    const commandLine: CommandLine = {
      interfaces: [pair.a.iface],
      settings: [["time_stamping", "software"], ["logging_level", "7"], ["verbose", "1"], [
        "use_syslog",
        "0",
      ]],
    };
    let compared = 0;
    for (const name of NAMES) {
      const path = `${FOLDER}/${name}.cfg`;
      const file = parseConfig(await Deno.readTextFile(path), commandLine);
      assertEquals(file.errors, [], name);
      const config = new EffectiveConfig(file);
      const { items, output } = await itemsOf(path, pair.a);
      assert(!output.includes("failed to parse"), output);
      const isTransparent = name.endsWith("-TC");
      assert(items.length > (isTransparent ? 3 : 90), `${name}: ${items.length} items: ${output}`);
      const differences = items
        .filter((item) =>
          config.isGiven(RENAMED[item.key] ?? item.key) || !NEWER_DEFAULTS.includes(item.key)
        )
        .filter((item) => item.key !== "uds_address")
        .filter((item) => printed(config, item) !== item.text)
        .map((item) => `${item.section}.${item.key} ${item.text}, here ${printed(config, item)}`);
      assertEquals(differences, [], name);
      compared += items.length;
      assertEquals(useOf("clock_type", config).kind, isTransparent ? "refused" : "honoured");
    }
    say(`${compared} values of ${NAMES.length} files as ptp4l's`);
    assert(compared > 900, `${compared} values`);
  },
);

/** Files that both refuse, each with the line of its first problem. */
const BROKEN: readonly (readonly [what: string, line: number, text: string])[] = [
  ["a typo", 3, "[global]\n\npriorty1 10\n"],
  ["a value out of range", 2, "[global]\npriority1 256\n"],
  ["a negative value", 2, "[global]\ndomainNumber -1\n"],
  ["a comment behind a value", 3, "# x\n[global]\npriority1 10 # best\n"],
  ["a number with a letter", 2, "[global]\npriority1 10x\n"],
  ["octal with an eight", 2, "[global]\npriority1 08\n"],
  ["an unknown word", 2, "[global]\nnetwork_transport UDP\n"],
  ["a clock's key in a port's section", 2, "[ptp0]\npriority1 10\n"],
  ["a key before any section", 1, "priority1 10\n"],
  ["a key without a value", 2, "[global]\npriority1\n"],
  ["a number of seconds below 0", 2, "[global]\nstep_threshold -1\n"],
  ["a table without id", 2, "[unicast_master_table]\nUDPv4 192.0.2.1\n"],
  ["a table with a taken id", 4, "[unicast_master_table]\ntable_id 1\n\ntable_id 1\n"],
  ["a table with id 0", 2, "[unicast_master_table]\ntable_id 0\n"],
  ["a wrong address", 3, "[unicast_master_table]\ntable_id 1\nUDPv4 192.0.2.300\n"],
];

/** Files that both take. */
const WHOLE: readonly (readonly [what: string, text: string])[] = [
  ["hexadecimal, octal and signs", "[global]\npriority1 0x10\npriority2 010\nlogSyncInterval +1\n"],
  ["repeated keys", "[global]\npriority1 1\npriority1 2\n[global]\npriority1 3\n"],
  ["tabs and blanks", "  [global]  \n\t priority1 \t 10 \t\n"],
  ["words in any case", "[GLOBAL]\nnetwork_transport udpv4\nclock_servo LINREG\n"],
  ["ASAP", "[global]\nfault_reset_interval asap\n"],
  ["old names", "[global]\npi_offset_const 0.1\npi_f_offset_const 0.2\npi_max_frequency 5\n"],
  ["two ports", "[ptp0]\nlogSyncInterval -3\n[ptp1]\nlogSyncInterval -4\n"],
];

testNeeding("parseConfig(): broken files are refused at the line that ptp4l names", {
  commands: ["ptp4l", "timeout"],
}, async () => {
  const path = await Deno.makeTempFile({ prefix: "rptp-config-" });
  const stock = async (text: string) => {
    await Deno.writeTextFile(path, text);
    const process = Running.start("ptp4l", ["-f", path, "-m", "-q"], { limitSeconds: 5 });
    const { stdout, stderr } = await process.ended;
    return [...stdout, ...stderr].join("\n");
  };
  try {
    for (const [what, line, text] of BROKEN) {
      const output = await stock(text);
      assert(output.includes("failed to parse"), `${what}: ptp4l says ${output}`);
      assertEquals(parseConfig(text).errors[0]?.line, line, what);
      assertEquals(Number(/line (\d+)/.exec(output)?.[1]), line, `${what}: ${output}`);
    }
    for (const [what, text] of WHOLE) {
      const output = await stock(text);
      assert(!output.includes("failed to parse"), `${what}: ptp4l says ${output}`);
      assertEquals(parseConfig(text).errors, [], what);
    }
  } finally {
    await Deno.remove(path);
  }
});
