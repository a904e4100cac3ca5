/**
 * Fields of PTP signaling messages under tshark's names: unicast negotiation (IEEE 1588-2019 16.1.4),
 * the TLVs of IEEE 802.1AS (10.6.4) and of White Rabbit.
 * @module
 */
import * as message from "../ptp/wire/message.ts";
import * as signaling from "../ptp/wire/signaling.ts";
import * as tlv from "../ptp/wire/tlv.ts";
import type { FieldList } from "./field_list.ts";
import { Organization, portFields, signed24, WHITE_RABBIT } from "./ptp_fields.ts";

const { TlvType } = tlv;

/** Adds the fields of a signaling message that ends at `end`; `gptp`: of IEEE 802.1AS. */
export function signalingFields(
  v: DataView,
  o: number,
  gptp: boolean,
  end: number,
  into: FieldList,
): void {
  portFields(
    "v2.sig.targetportidentity",
    "v2.sig.targetportid",
    v,
    o + signaling.TARGET_PORT_IDENTITY,
    into,
  );
  for (let t = message.firstTlv(v, o); t + tlv.TLV_HEADER_LENGTH <= end; t = tlv.next(v, t)) {
    if (tlv.next(v, t) > end) return;
    if (gptp) {
      gptpTlv(v, t, into);
      return; // IEEE 802.1AS allows one TLV; tshark reads no second one
    }
    signalingTlv(v, t, into);
  }
}

function signalingTlv(v: DataView, t: number, into: FieldList): void {
  const type = tlv.type(v, t);
  const n = tlv.length(v, t);
  into.decimal("v2.sig.tlv.tlvType", type);
  into.decimal("v2.sig.tlv.lengthField", n);
  switch (type) {
    case TlvType.REQUEST_UNICAST_TRANSMISSION:
    case TlvType.GRANT_UNICAST_TRANSMISSION:
    case TlvType.CANCEL_UNICAST_TRANSMISSION:
    case TlvType.ACKNOWLEDGE_CANCEL_UNICAST_TRANSMISSION:
      return unicastFields(v, t, n, into);
    case TlvType.ORGANIZATION_EXTENSION:
      return organizationFields(v, t, n, into);
    default:
      if (n > 0) into.octets("v2.sig.tlv.data", v, tlv.value(t), n);
  }
}

function unicastFields(v: DataView, t: number, n: number, into: FieldList): void {
  if (n < 2) return;
  into.hex("v2.sig.tlv.messageType", signaling.unicastMessageType(v, t), 2);
  if (n < 6) return;
  const period = signaling.unicastLogInterMessagePeriod(v, t);
  into.decimal("v2.sig.tlv.logInterMessagePeriod", period);
  into.decimal("v2.sig.tlv.logInterMessagePeriod.period", period);
  into.decimal("v2.sig.tlv.logInterMessagePeriod.rate", period);
  into.decimal("v2.sig.tlv.durationField", signaling.unicastDuration(v, t));
  if (n >= 8) into.flag("v2.sig.tlv.renewalInvited", signaling.isRenewalInvited(v, t));
}

function organizationFields(v: DataView, t: number, n: number, into: FieldList): void {
  if (n < 6) return;
  const organization = tlv.organizationId(v, t);
  const subType = tlv.organizationSubType(v, t);
  into.decimal("v2.an.oe.organizationId", organization);
  if (organization !== Organization.Cern) {
    into.hex("v2.an.oe.organizationSubType", subType, 6);
    return;
  }
  into.hex("v2.sig.oe.organizationSubType", subType, 6);
  const data = t + 10;
  if (subType !== WHITE_RABBIT) {
    if (n > 6) into.octets("v2.an.oe.dataField", v, data, n - 6);
    return;
  }
  if (n < 8) return;
  const kind = v.getUint16(data);
  into.hex("v2.sig.oe.cern.wr.wrMessageID", kind, 4);
  if (kind === 0x1003 && n >= 14) {
    into.flag("v2.sig.oe.cern.wr.calSendPattern", (v.getUint8(data + 2) & 1) !== 0);
    into.decimal("v2.sig.oe.cern.wr.calRety", v.getUint8(data + 3));
    into.decimal("v2.sig.oe.cern.wr.calPeriod", v.getUint32(data + 4));
  } else if (kind === 0x1004 && n >= 24) {
    into.octets("v2.sig.oe.cern.wr.deltaTx", v, data + 2, 8);
    into.octets("v2.sig.oe.cern.wr.deltaRx", v, data + 10, 8);
  }
}

function gptpTlv(v: DataView, t: number, into: FieldList): void {
  const n = tlv.length(v, t);
  into.decimal("as.sig.tlvType", tlv.type(v, t));
  into.decimal("as.sig.lengthField", n);
  if (n < 6) return;
  const subType = tlv.organizationSubType(v, t);
  into.hex("as.sig.tlv.organizationId", tlv.organizationId(v, t), 6);
  into.decimal("as.sig.tlv.organizationSubType", signed24(subType));
  const data = t + 10;
  if (subType === 2 && n >= 10) {
    into.decimal("as.sig.tlv.linkdelayinterval", v.getInt8(data));
    into.decimal("as.sig.tlv.timesyncinterval", v.getInt8(data + 1));
    into.decimal("as.sig.tlv.announceinterval", v.getInt8(data + 2));
    const flags = v.getUint8(data + 3);
    into.hex("as.sig.tlv.flags", flags, 2);
    into.flag("as.sig.tlv.flags.rateratio", (flags & 2) !== 0);
    into.flag("as.sig.tlv.flags.meanlinkdelay", (flags & 4) !== 0);
    into.flag("as.sig.tlv.flags.stepreceivecapable", (flags & 8) !== 0);
  } else if ((subType === 4 || subType === 5) && n >= 7) {
    into.decimal("as.sig.tlv.gptpcapablemessageinterval", v.getInt8(data));
  }
}
