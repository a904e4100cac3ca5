/**
 * Three network namespaces in a row, for a boundary clock in the middle: a - middle - b.
 * @module
 */
import { freshStem, type Side, watchOver } from "./netns.ts";
import { run, type Running } from "./process.ts";

/** Ends with `ptp0`; the middle has `ptpa` (10.78.1.2) and `ptpb` (10.78.2.2). */
export class NamespaceChain implements AsyncDisposable {
  readonly a: Side;
  readonly b: Side;
  readonly middle: string;
  readonly #watcher: Running;

  private constructor(stem: string, watcher: Running) {
    const side = (letter: string, net: number): Side => ({
      namespace: `${stem}${letter}`,
      iface: "ptp0",
      address: `10.78.${net}.1`,
      address6: `fd78:${net}::1`,
      mac: `02:00:5e:4e:0${net}:01`,
    });
    this.a = side("a", 1);
    this.b = side("b", 2);
    this.middle = `${stem}m`;
    this.#watcher = watcher;
  }

  static async open(): Promise<NamespaceChain> {
    const stem = freshStem();
    const watcher = await watchOver([`${stem}a`, `${stem}m`, `${stem}b`]);
    const chain = new NamespaceChain(stem, watcher);
    try {
      await chain.#build();
    } catch (error) {
      await chain[Symbol.asyncDispose]();
      throw error;
    }
    return chain;
  }

  /** Runs `ip ARGS` inside a namespace. */
  ip(namespace: string, ...args: string[]): Promise<string> {
    return run("ip", ["-n", namespace, ...args]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#watcher.closeStdin();
    await this.#watcher.ended;
  }

  async #build(): Promise<void> {
    const { a, b, middle } = this;
    for (const name of [a.namespace, middle, b.namespace]) {
      await run("ip", ["netns", "add", name]);
      await this.ip(name, "link", "set", "lo", "up");
    }
    for (const [side, port, net] of [[a, "ptpa", 1], [b, "ptpb", 2]] as const) {
      const peer = ["type", "veth", "peer", "name", port, "netns", middle];
      await this.ip(side.namespace, "link", "add", side.iface, ...peer);
      await this.ip(side.namespace, "link", "set", side.iface, "address", side.mac);
      await this.#address(side.namespace, side.iface, net, 1);
      await this.#address(middle, port, net, 2);
      await this.ip(side.namespace, "link", "set", side.iface, "up");
      await this.ip(middle, "link", "set", port, "up");
      await this.ip(side.namespace, "route", "add", "224.0.0.0/4", "dev", side.iface);
    }
  }

  async #address(name: string, device: string, net: number, host: number): Promise<void> {
    await this.ip(name, "address", "add", `10.78.${net}.${host}/24`, "dev", device);
    await this.ip(name, "address", "add", `fd78:${net}::${host}/64`, "dev", device, "nodad");
  }
}
