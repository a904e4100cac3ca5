/**
 * Synchronization metadata at a port (SMPTE ST 2059-2:2021 6.12): sent once a second while the clock
 * is grandmaster, in a management message COMMAND to all ports; kept as received otherwise.
 * @module
 */
import type { AddressHandle } from "../../base/address.ts";
import type { PacketBatch } from "../../base/batch.ts";
import type { Instant } from "../../base/time.ts";
import { Channel } from "../emit.ts";
import type { PortManagement } from "../port_management.ts";
import { Reason } from "../reason.ts";
import type { Received } from "../received.ts";
import { PortState } from "../state.ts";
import { Fault } from "../wire/fault.ts";
import * as header from "../wire/header.ts";
import { MessageType } from "../wire/header.ts";
import { ANY_PORT, type PortIdentity, writePort } from "../wire/identity.ts";
import * as management from "../wire/management.ts";
import * as message from "../wire/message.ts";
import * as tlv from "../wire/tlv.ts";
import * as metadata from "./sync_metadata.ts";
import type { SyncMetadata } from "./sync_metadata.ts";

const PERIOD = 1e9;
const LENGTH = management.MANAGEMENT_LENGTH + tlv.TLV_HEADER_LENGTH + metadata.VALUE_LENGTH;
/** `logMessageInterval` of management messages. */
const NO_INTERVAL = 0x7f;

/** A port and its instance, as far as this needs them. */
export interface MetadataContext {
  readonly port: {
    readonly state: PortState;
    readonly portDS: { readonly portIdentity: Readonly<PortIdentity> };
    readonly emitter: { readonly sent: Float64Array };
  };
  readonly instance: {
    readonly options: {
      readonly majorSdoId: number;
      readonly minorSdoId: number;
      readonly minorVersionPtp: number;
    };
    readonly defaultDS: { readonly domainNumber: number };
    readonly currentDS: { readonly stepsRemoved: number };
  };
}

/** Stands before a port's management, which gets every other message. */
export class SyncMetadataPort implements PortManagement {
  /** The newest that a grandmaster sent; `undefined` before. */
  received: SyncMetadata | undefined;
  readonly #context: MetadataContext;
  readonly #general: AddressHandle;
  readonly #own: (() => Readonly<SyncMetadata>) | undefined;
  readonly #inner: PortManagement | undefined;
  #next = -Infinity;
  #sequenceId = 0;

  /**
   * @param own What to send as grandmaster, asked each time; `undefined` sends nothing.
   * @param inner Takes all other management messages; `undefined` takes none.
   */
  constructor(
    context: MetadataContext,
    general: AddressHandle,
    own: (() => Readonly<SyncMetadata>) | undefined,
    inner: PortManagement | undefined,
  ) {
    this.#context = context;
    this.#general = general;
    this.#own = own;
    this.#inner = inner;
  }

  receive(m: Received): Reason {
    const { view: v, offset: o } = m;
    const end = message.end(v, o);
    for (let t = o + management.MANAGEMENT_LENGTH; t < end; t = tlv.next(v, t)) {
      if (!metadata.isSyncMetadata(v, t)) continue;
      if (metadata.check(v, t) !== Fault.None) return Reason.NotConfigured;
      this.received ??= metadata.syncMetadata();
      metadata.read(v, t, this.received);
      return Reason.None;
    }
    return this.#inner === undefined ? Reason.NotConfigured : this.#inner.receive(m);
  }

  transmit(now: Instant, out: PacketBatch): boolean {
    const own = this.#own;
    const isMaster = this.#context.port.state === PortState.Master;
    if (own !== undefined && isMaster && this.#isGrandmaster && now >= this.#next) {
      if (!out.hasRoom) return false;
      this.#next = now - this.#next < PERIOD ? this.#next + PERIOD : now + PERIOD;
      this.#write(out, own());
    }
    return this.#inner === undefined || this.#inner.transmit(now, out);
  }

  get #isGrandmaster(): boolean {
    return this.#context.instance.currentDS.stepsRemoved === 0;
  }

  #write(out: PacketBatch, fields: Readonly<SyncMetadata>): void {
    const { options, defaultDS } = this.#context.instance;
    const i = out.open();
    const v = out.view;
    const o = out.offset[i]!;
    header.write(v, o, {
      majorSdoId: options.majorSdoId,
      minorSdoId: options.minorSdoId,
      minorVersionPtp: options.minorVersionPtp,
      messageType: MessageType.Management,
      messageLength: LENGTH,
      domainNumber: defaultDS.domainNumber,
      flagField: 0,
      sourcePortIdentity: this.#context.port.portDS.portIdentity,
      sequenceId: this.#sequenceId,
      logMessageInterval: NO_INTERVAL,
    });
    this.#sequenceId = this.#sequenceId + 1 & 0xffff;
    writePort(v, o + management.TARGET_PORT_IDENTITY, ANY_PORT);
    v.setUint8(o + 44, 0);
    v.setUint8(o + 45, 0);
    v.setUint8(o + 46, management.Action.Command);
    v.setUint8(o + 47, 0);
    metadata.write(v, o + management.MANAGEMENT_LENGTH, fields);
    out.length[i] = LENGTH;
    out.channel[i] = Channel.General;
    out.peer[i] = this.#general;
    this.#context.port.emitter.sent[MessageType.Management]! += 1;
  }
}
