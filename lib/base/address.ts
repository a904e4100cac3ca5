/**
 * Addresses as small integers: a link interns each (family, octets, port, scope) it meets, and
 * batches carry the handle.
 *
 * The table is bounded, so a flood of forged source addresses costs no memory: handles that nobody
 * retained are reused, oldest first. A core that remembers a peer calls {@linkcode AddressTable.retain}.
 * @module
 */

/** Address families; the values are the number of octets, so each is its own length. */
export const Family = { None: 0, Ipv4: 4, Mac: 6, Ipv6: 16 } as const;
export type Family = typeof Family[keyof typeof Family];

/** An index into an {@linkcode AddressTable}; 0 means "none". */
export type AddressHandle = number;

const OCTETS = 16;
const EMPTY = 0;

/** Interned addresses of one link (or one process). Open addressing; lookups allocate nothing. */
export class AddressTable {
  readonly capacity: number;
  readonly #octets: Uint8Array;
  readonly #family: Uint8Array;
  readonly #port: Uint16Array;
  readonly #scope: Uint32Array;
  readonly #retained: Uint32Array;
  readonly #generation: Uint32Array;
  /** Chains of handles by hash: `#bucket[hash]` is the first, `#next[handle]` the following one. */
  readonly #bucket: Int32Array;
  readonly #next: Int32Array;
  readonly #hash: Uint32Array;
  #used = 1;
  #hand = 1;
  readonly #scratch = new Uint8Array(OCTETS);

  /** @param capacity Most addresses remembered at once, at least 16. */
  constructor(capacity = 4096) {
    this.capacity = Math.max(16, capacity);
    const n = this.capacity + 1;
    this.#octets = new Uint8Array(n * OCTETS);
    this.#family = new Uint8Array(n);
    this.#port = new Uint16Array(n);
    this.#scope = new Uint32Array(n);
    this.#retained = new Uint32Array(n);
    this.#generation = new Uint32Array(n);
    this.#next = new Int32Array(n);
    this.#hash = new Uint32Array(n);
    this.#bucket = new Int32Array(1 << Math.ceil(Math.log2(n)));
  }

  /**
   * The handle of an address, the same one for the same address while it is remembered.
   * @param octets Holds the address at `at`: 4, 6 or 16 octets as `family` says, network order.
   * @param port UDP or TCP port; 0 for MAC addresses.
   * @param scope Interface index for link-local IPv6, else 0.
   */
  intern(family: Family, octets: Uint8Array, at: number, port: number, scope = 0): AddressHandle {
    const hash = hashOf(family, octets, at, port, scope);
    const slot = hash & (this.#bucket.length - 1);
    for (let h = this.#bucket[slot]!; h !== EMPTY; h = this.#next[h]!) {
      if (this.#hash[h] === hash && this.#is(h, family, octets, at, port, scope)) return h;
    }
    const h = this.#used <= this.capacity ? this.#used++ : this.#recycle();
    for (let k = 0; k < family; k++) this.#octets[h * OCTETS + k] = octets[at + k]!;
    this.#family[h] = family;
    this.#port[h] = port;
    this.#scope[h] = scope;
    this.#hash[h] = hash;
    this.#next[h] = this.#bucket[slot]!;
    this.#bucket[slot] = h;
    return h;
  }

  /**
   * Interns a literal: `192.0.2.1`, `2001:db8::1`, `fe80::1%2`, `01:1b:19:00:00:00`.
   * @returns 0 where the text is none of these.
   */
  internText(text: string, port: number): AddressHandle {
    const percent = text.indexOf("%");
    const scope = percent < 0 ? 0 : Number(text.slice(percent + 1));
    if (!Number.isInteger(scope) || scope < 0) return EMPTY;
    const family = parseAddress(percent < 0 ? text : text.slice(0, percent), this.#scratch);
    if (family === Family.None) return EMPTY;
    return this.intern(family, this.#scratch, 0, port, scope);
  }

  /** Keeps `h` from being reused until as many {@linkcode release} calls. */
  retain(h: AddressHandle): void {
    if (h !== EMPTY) this.#retained[h]! += 1;
  }

  /** Undoes one {@linkcode retain}. */
  release(h: AddressHandle): void {
    if (h !== EMPTY && this.#retained[h]! > 0) this.#retained[h]! -= 1;
  }

  /** Changes whenever `h` is reused for another address: what a side cache must compare. */
  generation(h: AddressHandle): number {
    return this.#generation[h] ?? 0;
  }

  /** The family; `None` for handle 0. */
  family(h: AddressHandle): Family {
    return (this.#family[h] ?? 0) as Family;
  }

  /** UDP or TCP port. */
  port(h: AddressHandle): number {
    return this.#port[h] ?? 0;
  }

  /** Interface index of a scoped address, else 0. */
  scope(h: AddressHandle): number {
    return this.#scope[h] ?? 0;
  }

  /** Writes the 4, 6 or 16 octets into `into` at `at`; returns how many. */
  copyOctets(h: AddressHandle, into: Uint8Array, at: number): number {
    const n = this.family(h);
    for (let k = 0; k < n; k++) into[at + k] = this.#octets[h * OCTETS + k]!;
    return n;
  }

  /** True for a group: 224.0.0.0/4, ff00::/8, a MAC address with the group bit; false for handle 0. */
  isGroup(h: AddressHandle): boolean {
    const first = this.#octets[h * OCTETS] ?? 0;
    switch (this.family(h)) {
      case Family.Ipv4:
        return (first & 0xf0) === 0xe0;
      case Family.Ipv6:
        return first === 0xff;
      case Family.Mac:
        return (first & 1) === 1;
      default:
        return false;
    }
  }

  /** The address alone: `192.0.2.1`, `fe80::1%2`, `01:1b:19:00:00:00`; "" for handle 0. */
  hostText(h: AddressHandle): string {
    const text = formatAddress(this.family(h), this.#octets, h * OCTETS);
    const scope = this.scope(h);
    return scope === 0 ? text : `${text}%${scope}`;
  }

  /** With the port: `192.0.2.1:319`, `[fe80::1%2]:319`. */
  text(h: AddressHandle): string {
    const host = this.hostText(h);
    const port = this.port(h);
    if (this.family(h) === Family.Ipv6) return `[${host}]:${port}`;
    return this.family(h) === Family.Ipv4 ? `${host}:${port}` : host;
  }

  #is(
    h: number,
    family: Family,
    octets: Uint8Array,
    at: number,
    port: number,
    scope: number,
  ): boolean {
    if (this.#family[h] !== family || this.#port[h] !== port || this.#scope[h] !== scope) {
      return false;
    }
    for (let k = 0; k < family; k++) {
      if (this.#octets[h * OCTETS + k] !== octets[at + k]) return false;
    }
    return true;
  }

  /** Takes the next handle nobody retains out of its chain. All retained: the oldest is given up. */
  #recycle(): number {
    let h = this.#hand;
    for (let tries = 0; tries < this.capacity; tries++) {
      h = this.#hand;
      this.#hand = h === this.capacity ? 1 : h + 1;
      if (this.#retained[h] === 0) break;
    }
    const slot = this.#hash[h]! & (this.#bucket.length - 1);
    if (this.#bucket[slot] === h) {
      this.#bucket[slot] = this.#next[h]!;
    } else {
      let before = this.#bucket[slot]!;
      while (this.#next[before] !== h) before = this.#next[before]!;
      this.#next[before] = this.#next[h]!;
    }
    this.#generation[h]! += 1;
    this.#retained[h] = 0;
    return h;
  }
}

function hashOf(family: Family, octets: Uint8Array, at: number, port: number, scope: number) {
  let h = 0x811c9dc5 ^ family;
  for (let k = 0; k < family; k++) h = Math.imul(h ^ octets[at + k]!, 0x01000193);
  h = Math.imul(h ^ port, 0x01000193);
  h = Math.imul(h ^ (port >>> 8), 0x01000193);
  h = Math.imul(h ^ scope, 0x01000193);
  h ^= h >>> 15;
  return h >>> 0;
}

/** Parses an IPv4, IPv6 or MAC literal into `into`; `Family.None` where it is none of them. */
export function parseAddress(text: string, into: Uint8Array): Family {
  if (/^[0-9a-f]{1,2}(:[0-9a-f]{1,2}){5}$/i.test(text)) {
    text.split(":").forEach((part, k) => into[k] = parseInt(part, 16));
    return Family.Mac;
  }
  if (text.includes(":")) return parseIpv6(text, into) ? Family.Ipv6 : Family.None;
  return parseIpv4(text, into, 0) ? Family.Ipv4 : Family.None;
}

function parseIpv4(text: string, into: Uint8Array, at: number): boolean {
  const parts = text.split(".");
  if (parts.length !== 4) return false;
  for (let k = 0; k < 4; k++) {
    if (!/^(0|[1-9]\d{0,2})$/.test(parts[k]!) || Number(parts[k]) > 255) return false;
    into[at + k] = Number(parts[k]);
  }
  return true;
}

function parseIpv6(text: string, into: Uint8Array): boolean {
  const halves = text.split("::");
  if (halves.length > 2) return false;
  const head = groups(halves[0]!);
  const tail = halves.length === 2 ? groups(halves[1]!) : [];
  if (head === undefined || tail === undefined) return false;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return false;
  const all = [...head, ...new Array<number>(missing).fill(0), ...tail];
  all.forEach((g, k) => {
    into[2 * k] = g >>> 8;
    into[2 * k + 1] = g & 0xff;
  });
  return true;
}

/** The 16-bit groups of one side of "::"; a dotted quad at the end counts as two. */
function groups(side: string): number[] | undefined {
  if (side === "") return [];
  const out: number[] = [];
  const parts = side.split(":");
  for (let k = 0; k < parts.length; k++) {
    const part = parts[k]!;
    if (part.includes(".") && k === parts.length - 1) {
      const quad = new Uint8Array(4);
      if (!parseIpv4(part, quad, 0)) return undefined;
      out.push(quad[0]! << 8 | quad[1]!, quad[2]! << 8 | quad[3]!);
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) {
      out.push(parseInt(part, 16));
    } else {
      return undefined;
    }
  }
  return out;
}

/** The text of the address whose octets start at `at`; IPv6 as RFC 5952 section 4 writes it. */
export function formatAddress(family: Family, octets: Uint8Array, at: number): string {
  if (family === Family.Ipv4) {
    return `${octets[at]}.${octets[at + 1]}.${octets[at + 2]}.${octets[at + 3]}`;
  }
  if (family === Family.Mac) {
    return Array.from(octets.subarray(at, at + 6), (b) => b.toString(16).padStart(2, "0")).join(
      ":",
    );
  }
  return family === Family.Ipv6 ? formatIpv6(octets, at) : "";
}

function formatIpv6(octets: Uint8Array, at: number): string {
  const g: number[] = [];
  for (let k = 0; k < 8; k++) g.push(octets[at + 2 * k]! << 8 | octets[at + 2 * k + 1]!);
  if (g.slice(0, 5).every((x) => x === 0) && g[5] === 0xffff) {
    return `::ffff:${formatAddress(Family.Ipv4, octets, at + 12)}`;
  }
  let best = -1;
  let longest = 1;
  for (let k = 0; k < 8; k++) {
    let n = 0;
    while (k + n < 8 && g[k + n] === 0) n++;
    if (n > longest) {
      best = k;
      longest = n;
    }
  }
  const hex = (part: number[]) => part.map((x) => x.toString(16)).join(":");
  if (best < 0) return hex(g);
  return `${hex(g.slice(0, best))}::${hex(g.slice(best + longest))}`;
}
