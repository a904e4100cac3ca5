/**
 * What a monitor remembers, each kind in a table of bounded size.
 * @module
 */
import { isSamePort, type PortIdentity } from "../wire/identity.ts";
import { LruTable } from "./lru.ts";
import { Negotiation } from "./negotiation.ts";
import { PeerPair } from "./peer_pair.ts";
import { addressHash, addressText, isUnicast, type Sighting } from "./sighting.ts";
import { MessageStream } from "./stream.ts";
import { WatchedDomain } from "./watched_domain.ts";
import { WatchedPort } from "./watched_port.ts";

/** How much is remembered; what was seen longest ago is forgotten first. */
export interface MonitorLimits {
  /** 256. Domains beyond are only counted. */
  domains: number;
  /** 16,384. */
  ports: number;
  /** Rows of messages: by port, type and, with unicast, destination; 65,536. */
  streams: number;
  /** Pairs of ports that measure their link's delay; 4,096. */
  pairs: number;
  /** Unicast negotiations: by client, server and message type; 16,384. */
  negotiations: number;
}

/** What {@linkcode MonitorLimits} says of each. */
export const DEFAULT_LIMITS: Readonly<MonitorLimits> = {
  domains: 256,
  ports: 16_384,
  streams: 65_536,
  pairs: 4_096,
  negotiations: 16_384,
};

/** See the module. */
export class Tables {
  readonly domains = new Map<number, WatchedDomain>();
  readonly ports: LruTable<WatchedPort>;
  readonly streams: LruTable<MessageStream>;
  readonly pairs: LruTable<PeerPair>;
  readonly negotiations: LruTable<Negotiation>;
  readonly #maxDomains: number;

  constructor(limits: Readonly<MonitorLimits>) {
    this.#maxDomains = limits.domains;
    this.ports = new LruTable(limits.ports);
    this.streams = new LruTable(limits.streams);
    this.pairs = new LruTable(limits.pairs);
    this.negotiations = new LruTable(limits.negotiations);
  }

  /** The domain, made where it is new; `undefined` where there are too many. */
  domain(sdoId: number, number: number, at: number): WatchedDomain | undefined {
    const key = (sdoId << 8) | number;
    const known = this.domains.get(key);
    if (known !== undefined) return known;
    if (this.domains.size >= this.#maxDomains) return undefined;
    const made = new WatchedDomain(sdoId, number, at);
    this.domains.set(key, made);
    return made;
  }

  /** The port of that identity; `undefined` where it was not seen. */
  findPort(domain: WatchedDomain, id: Readonly<PortIdentity>): WatchedPort | undefined {
    let port = this.ports.first(portHash(domain, id));
    while (port !== undefined && (port.domain !== domain || !isSamePort(port.identity, id))) {
      port = port.chain;
    }
    return port;
  }

  /** The port of that identity, made where it is new. */
  port(domain: WatchedDomain, id: Readonly<PortIdentity>, at: number): WatchedPort {
    const known = this.findPort(domain, id);
    if (known !== undefined) {
      this.ports.touch(known);
      return known;
    }
    const made = new WatchedPort(portHash(domain, id), domain, id, at);
    const gone = this.ports.add(made);
    if (gone !== undefined) gone.domain.leave(gone);
    return made;
  }

  /** The row of messages that this one belongs to. */
  stream(port: WatchedPort, messageType: number, s: Sighting): MessageStream {
    const destination = isUnicast(s) ? addressHash(s, s.destination) : 0;
    const hash = mix(mix(port.hash, messageType), destination);
    let stream = this.streams.first(hash);
    while (
      stream !== undefined && (stream.port !== port || stream.messageType !== messageType ||
        stream.destination !== destination)
    ) stream = stream.chain;
    if (stream !== undefined) {
      this.streams.touch(stream);
      return stream;
    }
    const to = destination === 0 ? "" : addressText(s, s.destination);
    const made = new MessageStream({ hash, port, messageType, destination }, to);
    this.streams.add(made);
    return made;
  }

  pair(requester: WatchedPort, responder: WatchedPort): PeerPair {
    const hash = mix(requester.hash, responder.hash);
    let pair = this.pairs.first(hash);
    while (pair !== undefined && (pair.requester !== requester || pair.responder !== responder)) {
      pair = pair.chain;
    }
    if (pair !== undefined) {
      this.pairs.touch(pair);
      return pair;
    }
    const made = new PeerPair(hash, requester, responder);
    this.pairs.add(made);
    return made;
  }

  negotiation(
    client: WatchedPort,
    serverKey: number,
    messageType: number,
    serverAddress: string,
  ): Negotiation {
    const hash = mix(mix(client.hash, messageType), serverKey);
    let found = this.negotiations.first(hash);
    while (
      found !== undefined && (found.client !== client || found.serverKey !== serverKey ||
        found.messageType !== messageType)
    ) found = found.chain;
    if (found !== undefined) {
      this.negotiations.touch(found);
      return found;
    }
    const made = new Negotiation({ hash, client, serverKey, messageType }, serverAddress);
    this.negotiations.add(made);
    return made;
  }
}

function portHash(domain: WatchedDomain, id: Readonly<PortIdentity>): number {
  return mix(mix(mix(id.high, id.low), id.port), (domain.sdoId << 8) | domain.number);
}

function mix(a: number, b: number): number {
  const h = Math.imul(a ^ (a >>> 15), 0x2c1b_3c6d) ^ b;
  return Math.imul(h ^ (h >>> 13), 0x297a_2d39) >>> 0;
}
