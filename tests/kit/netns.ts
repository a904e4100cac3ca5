/**
 * Two network namespaces joined by a veth pair, gone when the test is over or the process dies.
 * @module
 */
import { run, Running } from "./process.ts";

/** One end of the pair. */
export interface Side {
  readonly namespace: string;
  /** The interface's name, the same on both sides. */
  readonly iface: string;
  readonly address: string;
  /** In fd77::/64. */
  readonly address6: string;
  readonly mac: string;
}

let made = 0;

/** A stem for names of namespaces that nobody else has. */
export function freshStem(): string {
  return `rptp-${Deno.pid}-${++made}`;
}

/** A process that deletes namespaces, and ends what runs in them, when its stdin is closed. */
export async function watchOver(namespaces: readonly string[]): Promise<Running> {
  const cleanup = `trap '' INT TERM HUP; echo watching; cat >/dev/null
    for n in ${namespaces.join(" ")}; do
      for p in $(ip netns pids $n 2>/dev/null); do kill -9 $p; done
      ip netns del $n 2>/dev/null
    done; true`;
  const options = { stdin: "piped", limitSeconds: 900 } as const;
  const watcher = Running.start("sh", ["-c", cleanup], options);
  await watcher.line(/watching/);
  return watcher;
}

/**
 * A pair of namespaces with unique names: `lo` up, 10.77.0.1 and 10.77.0.2 in a /24, fd77::1 and
 * fd77::2 in a /64 on `ptp0`, a multicast route. A watcher process deletes them at the latest when
 * this process ends.
 */
export class NamespacePair implements AsyncDisposable {
  readonly a: Side;
  readonly b: Side;
  readonly #watcher: Running;

  private constructor(a: Side, b: Side, watcher: Running) {
    this.a = a;
    this.b = b;
    this.#watcher = watcher;
  }

  static async open(): Promise<NamespacePair> {
    const stem = freshStem();
    const side = (letter: string, host: number): Side => ({
      namespace: `${stem}${letter}`,
      iface: "ptp0",
      address: `10.77.0.${host}`,
      address6: `fd77::${host}`,
      mac: `02:00:5e:4d:00:0${host}`,
    });
    const a = side("a", 1);
    const b = side("b", 2);
    const watcher = await watchOver([a.namespace, b.namespace]);
    const pair = new NamespacePair(a, b, watcher);
    try {
      await pair.#build();
    } catch (error) {
      await pair[Symbol.asyncDispose]();
      throw error;
    }
    return pair;
  }

  /** Runs `ip ARGS` inside a side's namespace. */
  ip(side: Side, ...args: string[]): Promise<string> {
    return run("ip", ["-n", side.namespace, ...args]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#watcher.closeStdin();
    await this.#watcher.ended;
  }

  async #build(): Promise<void> {
    const { a, b } = this;
    await run("ip", ["netns", "add", a.namespace]);
    await run("ip", ["netns", "add", b.namespace]);
    const veth = ["type", "veth", "peer", "name", b.iface, "netns", b.namespace];
    await run("ip", ["link", "add", a.iface, "netns", a.namespace, ...veth]);
    for (const side of [a, b]) {
      await this.ip(side, "link", "set", "lo", "up");
      await this.ip(side, "link", "set", side.iface, "address", side.mac);
      await this.ip(side, "address", "add", `${side.address}/24`, "dev", side.iface);
      await this.ip(side, "address", "add", `${side.address6}/64`, "dev", side.iface, "nodad");
      await this.ip(side, "link", "set", side.iface, "up");
      await this.ip(side, "route", "add", "224.0.0.0/4", "dev", side.iface);
    }
  }
}
