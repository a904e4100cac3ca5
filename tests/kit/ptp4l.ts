/**
 * linuxptp as the other end: ptp4l in a namespace with a private management socket, and pmc.
 * @module
 */
import type { Side } from "./netns.ts";
import { run, Running } from "./process.ts";

/** What a ptp4l instance is for. */
export interface Ptp4lOptions {
  /** Slave only; a master that never touches the clock otherwise. */
  role: "slave" | "master" | "either";
  servo?: "pi" | "linreg";
  domain?: number;
  /** majorSdoId: 1 for 802.1AS. */
  transportSpecific?: number;
  priority1?: number;
  logSync?: number;
  logAnnounce?: number;
  logMinDelayReq?: number;
  /** Never steers the clock; always so for a master. */
  freeRunning?: boolean;
  limitSeconds?: number;
  /** More lines for the [global] section. */
  extra?: readonly string[];
  /** Sections of their own, before that of the interface. */
  sections?: readonly string[];
  /** Lines for the section of the interface. */
  port?: readonly string[];
}

/** A running ptp4l. */
export class Ptp4l implements AsyncDisposable {
  readonly process: Running;
  readonly #folder: string;
  readonly #side: Side;
  readonly #options: Ptp4lOptions;

  private constructor(process: Running, folder: string, side: Side, options: Ptp4lOptions) {
    this.process = process;
    this.#folder = folder;
    this.#side = side;
    this.#options = options;
  }

  static async start(side: Side, options: Ptp4lOptions): Promise<Ptp4l> {
    const folder = await Deno.makeTempDir({ prefix: "rptp-ptp4l-" });
    await Deno.writeTextFile(`${folder}/conf`, configuration(side, options, `${folder}/uds`));
    const process = Running.start("ptp4l", ["-f", `${folder}/conf`], {
      namespace: side.namespace,
      limitSeconds: options.limitSeconds ?? 60,
    });
    return new Ptp4l(process, folder, side, options);
  }

  /** Fields of one management answer, as pmc prints them: `portState` -> `SLAVE`. */
  async get(dataset: string): Promise<Map<string, string>> {
    const text = await this.#ask(`GET ${dataset}`);
    const fields = new Map<string, string>();
    for (const line of text.split("\n")) {
      const match = /^\s+(\S+)\s+(\S.*)$/.exec(line);
      if (match !== null && match[1] !== "RESPONSE") fields.set(match[1]!, match[2]!.trim());
    }
    return fields;
  }

  /** `SET ...` by pmc, e.g. `PRIORITY1 10`. */
  async set(what: string): Promise<void> {
    await this.#ask(`SET ${what}`);
  }

  /** What pmc prints for one request. */
  #ask(request: string): Promise<string> {
    const { domain = 0, transportSpecific = 0 } = this.#options;
    const own = `${this.#folder}/pmc${crypto.randomUUID().slice(0, 8)}`;
    const command = ["netns", "exec", this.#side.namespace, "timeout", "5", "pmc", "-u", "-b", "0"];
    const whom = ["-d", String(domain), "-t", String(transportSpecific)];
    return run("ip", [...command, ...whom, "-s", `${this.#folder}/uds`, "-i", own, request]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process.stop();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

function configuration(side: Side, options: Ptp4lOptions, socket: string): string {
  const isMaster = options.role === "master";
  const lines = [
    "[global]",
    "time_stamping software",
    // Its default of 1 ms makes a port FAULTY for 16 s where the machine is busy.
    "tx_timestamp_timeout 100",
    "use_syslog 0",
    "verbose 1",
    "logging_level 6",
    `uds_address ${socket}`,
    "summary_interval -4",
    `clock_servo ${options.servo ?? "pi"}`,
    `domainNumber ${options.domain ?? 0}`,
    `transportSpecific ${options.transportSpecific ?? 0}`,
    `priority1 ${options.priority1 ?? (isMaster ? 1 : 128)}`,
    `logSyncInterval ${options.logSync ?? 0}`,
    `logAnnounceInterval ${options.logAnnounce ?? 0}`,
    `logMinDelayReqInterval ${options.logMinDelayReq ?? options.logSync ?? 0}`,
    `slaveOnly ${options.role === "slave" ? 1 : 0}`,
    `free_running ${isMaster || options.freeRunning === true ? 1 : 0}`,
    ...(options.extra ?? []),
    ...(options.sections ?? []),
    `[${side.iface}]`,
    ...(options.port ?? []),
  ];
  return `${lines.join("\n")}\n`;
}
