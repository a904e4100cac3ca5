/**
 * Where an answer goes that only its asker shall hear.
 * @module
 */
import type { AddressHandle } from "../base/address.ts";
import type { Destinations } from "./options.ts";

/** Turns the address an event message came from into the one its general answer goes to. */
export class UnicastReplies {
  readonly #destinations: Destinations;
  readonly #octets = new Uint8Array(16);

  constructor(destinations: Destinations) {
    this.#destinations = destinations;
  }

  /** `peer`'s host with the general port (320); 0 where `peer` is unknown. */
  generalOf(peer: AddressHandle): AddressHandle {
    return this.#withPortOf(peer, this.#destinations.general);
  }

  /** `peer`'s host with the event port (319); 0 where `peer` is unknown. */
  eventOf(peer: AddressHandle): AddressHandle {
    return this.#withPortOf(peer, this.#destinations.event);
  }

  #withPortOf(peer: AddressHandle, other: AddressHandle): AddressHandle {
    const a = this.#destinations.addresses;
    const family = a.family(peer);
    if (family === 0) return 0;
    a.copyOctets(peer, this.#octets, 0);
    return a.intern(family, this.#octets, 0, a.port(other), a.scope(peer));
  }
}
