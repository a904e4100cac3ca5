/**
 * What PTP really went over an interface: message types by multicast and by unicast, counted in a
 * capture of tcpdump's.
 * @module
 */
import type { Side } from "./netns.ts";
import { Running } from "./process.ts";

const NAMES: Readonly<Record<number, string>> = {
  0: "Sync",
  1: "Delay_Req",
  2: "Pdelay_Req",
  3: "Pdelay_Resp",
  8: "Follow_Up",
  9: "Delay_Resp",
  10: "Pdelay_Resp_Follow_Up",
  11: "Announce",
  12: "Signaling",
  13: "Management",
};

/** Messages by name. */
export interface Traffic {
  readonly multicast: Record<string, number>;
  readonly unicast: Record<string, number>;
}

/** A running capture of one side's interface. */
export class TrafficCapture implements AsyncDisposable {
  readonly #process: Running;
  readonly #file: string;

  private constructor(process: Running, file: string) {
    this.#process = process;
    this.#file = file;
  }

  static async start(side: Side): Promise<TrafficCapture> {
    const file = await Deno.makeTempFile({ prefix: "rptp-traffic-", suffix: ".pcap" });
    const filter = "ether proto 0x88f7 or udp port 319 or udp port 320";
    const words = ["-i", side.iface, "-p", "-U", "-Z", "root", "-w", file, filter];
    const process = Running.start("tcpdump", words, { namespace: side.namespace });
    await process.line(/listening on/);
    return new TrafficCapture(process, file);
  }

  /** Ends the capture and counts. */
  async finish(): Promise<Traffic> {
    await this.#process.stop();
    return count(await Deno.readFile(this.#file));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop();
    await Deno.remove(this.#file);
  }
}

/** Counts the PTP messages of a pcap file of this machine's byte order with Ethernet frames. */
export function count(file: Uint8Array): Traffic {
  const traffic: Traffic = { multicast: {}, unicast: {} };
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let at = 24; at + 16 <= file.length;) {
    const length = view.getUint32(at + 8, true);
    const frame = at + 16;
    at = frame + length;
    if (at > file.length) break;
    const start = messageStart(view, frame);
    if (start === undefined || start >= at) continue;
    const name = NAMES[view.getUint8(start) & 0x0f] ?? "other";
    const kind = (view.getUint8(frame) & 1) === 1 ? traffic.multicast : traffic.unicast;
    kind[name] = (kind[name] ?? 0) + 1;
  }
  return traffic;
}

/** Where the PTP message of an Ethernet frame begins. */
function messageStart(view: DataView, frame: number): number | undefined {
  const network = frame + 14;
  switch (view.getUint16(frame + 12)) {
    case 0x88f7:
      return network;
    case 0x0800:
      return network + (view.getUint8(network) & 0x0f) * 4 + 8;
    case 0x86dd:
      return network + 40 + 8;
    default:
      return undefined;
  }
}
