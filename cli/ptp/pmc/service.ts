/**
 * PTP management of a running clock: the read-write and the read-only socket, and the network.
 * @module
 */
import type { Clock } from "../../../lib/base/clock.ts";
import { Family, parseAddress } from "../../../lib/base/address.ts";
import { parseHex } from "../../../lib/base/text.ts";
import { type Instant, NEVER } from "../../../lib/base/time.ts";
import type { PtpEvent } from "../../../lib/ptp/event.ts";
import type { PtpInstance } from "../../../lib/ptp/instance.ts";
import { Timestamping } from "../../../lib/ptp/management/bodies.ts";
import { NetworkProtocol, type PortAddress } from "../../../lib/ptp/management/composite.ts";
import { NetworkManagement } from "../../../lib/ptp/management/network.ts";
import { ManagedNode, type PortDescription } from "../../../lib/ptp/management/node.ts";
import { type Outgoing, Responder } from "../../../lib/ptp/management/responder.ts";
import type { Destinations } from "../../../lib/ptp/options.ts";
import { isOsError } from "../../kit/errors.ts";
import { VERSION } from "../../version/version.ts";
import { type ManagementSocket, openManagementSocket } from "./wiring.ts";

/** Where a clock is managed. */
export interface ManagementPlan {
  /** Path of the read-write socket; left out: none. */
  readonly uds?: string;
  /** Path of the read-only socket; left out: none. */
  readonly udsRo?: string;
  /** Permissions of the sockets; 0660 and 0666. */
  readonly udsMode?: number;
  readonly udsRoMode?: number;
  readonly network: "off" | "read-only";
  /** `name;location` */
  readonly userDescription?: string;
  readonly productDescription?: string;
  readonly revisionData?: string;
}

/** One port as management needs it. */
export interface ManagedPort {
  readonly interfaceName: string;
  /** `aa:bb:cc:dd:ee:ff`; "" where there is none. */
  readonly mac: string;
  /** In the transport's own writing. */
  readonly address: string;
  readonly destinations: Destinations;
}

/** What is managed. */
export interface Managed {
  readonly instance: PtpInstance;
  readonly clock: Clock;
  /** Number of the PHC that stamps and is steered; -1 for none. */
  readonly phcIndex: number;
  readonly ports: readonly ManagedPort[];
}

const UDS_MODE = 0o660;
const UDS_RO_MODE = 0o666;
/** Messages taken from one socket in one turn, so that a flood starves nobody. */
const MESSAGES_PER_TURN = 32;

/** A client's queue may be full (the kernel keeps ten messages): how long it is tried again. */
const PATIENCE = 500e6;
const RETRY = 2e6;
/** Messages that wait for room in their receivers' queues. */
const MAX_WAITING = 512;

/** A message whose receiver had no room. */
interface Waiting extends Outgoing {
  readonly socket: ManagementSocket;
  readonly until: Instant;
}

/** Serves management until closed; made by {@linkcode openManagement}. */
export class ManagementService {
  readonly responder: Responder;
  /** For the reactor. */
  readonly sockets: readonly ManagementSocket[];
  /** Answers and notifications that nobody took. */
  lost = 0;
  readonly #readWrite: ManagementSocket | undefined;
  #waiting: Waiting[] = [];
  #retryAt: Instant = NEVER;

  constructor(
    responder: Responder,
    sockets: { readWrite: ManagementSocket | undefined; readOnly: ManagementSocket | undefined },
  ) {
    this.responder = responder;
    this.#readWrite = sockets.readWrite;
    this.sockets = [sockets.readWrite, sockets.readOnly].filter((s) => s !== undefined);
  }

  /** Answers what has come in. */
  receive(now: Instant): void {
    for (const socket of this.sockets) {
      for (let k = 0; k < MESSAGES_PER_TURN; k++) {
        const message = socket.receive();
        if (message === undefined) break;
        // An answer to nobody is no use: such a socket has no path.
        if (message.from === "") continue;
        const { octets } = message;
        const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
        const asker = { address: message.from, maySet: socket === this.#readWrite };
        const answers = this.responder.answer(now, view, 0, octets.length, asker);
        for (const answer of answers) this.#send(now, socket, answer);
      }
    }
  }

  /** Tells subscribers, who all are at the read-write socket. */
  take(now: Instant, event: PtpEvent): void {
    const told = this.responder.observe(now, event);
    const socket = this.#readWrite;
    if (socket === undefined) return;
    for (const one of told) this.#send(now, socket, one);
  }

  /** When messages that found no room are tried again. */
  deadline(): Instant {
    return this.#retryAt;
  }

  expire(now: Instant): void {
    const full = new Set<string>();
    this.#waiting = this.#waiting.filter((one) => {
      if (!full.has(one.to) && this.#hasSent(one.socket, one)) return false;
      full.add(one.to);
      if (now < one.until) return true;
      this.lost++;
      this.responder.subscriptions.drop(one.to);
      return false;
    });
    this.#retryAt = this.#waiting.length === 0 ? NEVER : now + RETRY as Instant;
  }

  /** Counters for `--json`. */
  snapshot(): Record<string, number> {
    return { ...this.responder.counters.snapshot(), lost: this.lost };
  }

  close(): void {
    for (const socket of this.sockets) socket.close();
  }

  /** Sends, behind what already waits for that receiver. */
  #send(now: Instant, socket: ManagementSocket, message: Outgoing): void {
    const isBehind = this.#waiting.some((one) => one.to === message.to);
    if (!isBehind && this.#hasSent(socket, message)) return;
    if (this.#waiting.length >= MAX_WAITING) {
      this.lost++;
      return;
    }
    this.#waiting.push({ ...message, socket, until: now + PATIENCE as Instant });
    if (this.#retryAt === NEVER) this.#retryAt = now + RETRY as Instant;
  }

  /** True also where there is no use in trying again. */
  #hasSent(socket: ManagementSocket, { octets, to }: Outgoing): boolean {
    try {
      return socket.send(octets, to);
    } catch (error) {
      // A client's path may be one that we may not write to.
      if (!isOsError(error)) throw error;
      this.lost++;
      return true;
    }
  }
}

/** Opens the sockets of `plan`. @throws OsError */
export function openManagement(plan: ManagementPlan, managed: Managed): ManagementService {
  const { instance, clock, ports } = managed;
  const node = new ManagedNode(instance, {
    productDescription: plan.productDescription ?? "rptp;rptp;",
    revisionData: plan.revisionData ?? `;;${VERSION}`,
    userDescription: plan.userDescription ?? "",
    ports: ports.map((port) => describe(port, managed.phcIndex)),
    clock,
  });
  const responder = new Responder(node);
  if (plan.network === "read-only") {
    ports.forEach((one, k) => {
      const port = instance.ports[k];
      if (port === undefined) throw new Error("unreachable: more interfaces than ports");
      port.management = new NetworkManagement(responder, port, one.destinations);
    });
  }
  const readWrite = open(plan.uds, plan.udsMode ?? UDS_MODE);
  try {
    const readOnly = open(plan.udsRo, plan.udsRoMode ?? UDS_RO_MODE);
    return new ManagementService(responder, { readWrite, readOnly });
  } catch (error) {
    readWrite?.close();
    throw error;
  }
}

function open(path: string | undefined, mode: number): ManagementSocket | undefined {
  return path === undefined ? undefined : openManagementSocket(path, mode);
}

function describe(port: ManagedPort, phcIndex: number): PortDescription {
  return {
    interfaceName: port.interfaceName,
    physicalLayer: "IEEE 802.3",
    physicalAddress: parseHex(port.mac) ?? new Uint8Array(0),
    protocolAddress: portAddressOf(port.address),
    addresses: port.destinations.addresses,
    timestamping: phcIndex < 0 ? Timestamping.Software : Timestamping.Hardware,
    phcIndex,
  };
}

function portAddressOf(text: string): PortAddress {
  const octets = new Uint8Array(16);
  switch (parseAddress(text.replace(/%.*$/, ""), octets)) {
    case Family.Ipv4:
      return { networkProtocol: NetworkProtocol.UdpIpv4, address: octets.slice(0, 4) };
    case Family.Ipv6:
      return { networkProtocol: NetworkProtocol.UdpIpv6, address: octets };
    default:
      return {
        networkProtocol: NetworkProtocol.Ieee8023,
        address: parseHex(text) ?? new Uint8Array(0),
      };
  }
}
