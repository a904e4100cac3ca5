/**
 * Who may ask a unicast server: address prefixes, the first that matches decides.
 * @module
 */
import { type AddressHandle, type AddressTable, Family, parseAddress } from "../../base/address.ts";

/** `allow 10.0.0.0/8`, `deny 2001:db8::/32`, as data. */
export interface AccessRule {
  readonly isAllowed: boolean;
  /** An address, or one with the number of its leading bits that count. */
  readonly prefix: string;
}

interface Compiled {
  readonly isAllowed: boolean;
  readonly family: Family;
  readonly octets: Uint8Array;
  readonly bits: number;
}

/** An ordered list. Nothing matches: allowed, unless the list allows somebody by name. */
export class AccessList {
  readonly #rules: readonly Compiled[];
  readonly #otherwise: boolean;
  readonly #octets = new Uint8Array(16);

  /** @throws RangeError where a prefix is none. */
  constructor(rules: readonly AccessRule[]) {
    this.#rules = rules.map(compile);
    this.#otherwise = !rules.some((r) => r.isAllowed);
  }

  isAllowed(addresses: AddressTable, peer: AddressHandle): boolean {
    if (this.#rules.length === 0) return true;
    const family = addresses.family(peer);
    addresses.copyOctets(peer, this.#octets, 0);
    for (let k = 0; k < this.#rules.length; k++) {
      const rule = this.#rules[k]!;
      if (rule.family === family && isWithin(this.#octets, rule)) return rule.isAllowed;
    }
    return this.#otherwise;
  }
}

function compile(rule: AccessRule): Compiled {
  const [address = "", length] = rule.prefix.split("/");
  const octets = new Uint8Array(16);
  const family = parseAddress(address, octets);
  const most = 8 * family;
  const bits = length === undefined ? most : Number(length);
  const isNumber = length === undefined || /^\d{1,3}$/.test(length);
  if (family === Family.None || !isNumber || bits > most) {
    throw new RangeError(`"${rule.prefix}" is no address prefix, such as 10.0.0.0/8 or fe80::/10`);
  }
  return { isAllowed: rule.isAllowed, family, octets, bits };
}

function isWithin(octets: Uint8Array, rule: Compiled): boolean {
  const whole = rule.bits >> 3;
  for (let k = 0; k < whole; k++) if (octets[k] !== rule.octets[k]) return false;
  const rest = rule.bits & 7;
  if (rest === 0) return true;
  return (octets[whole]! ^ rule.octets[whole]!) >>> (8 - rest) === 0;
}
