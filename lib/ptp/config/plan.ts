/**
 * A linuxptp configuration as the clock it asks for: options of the instance, its ports, its servo,
 * and what the program around them needs.
 * @module
 */
import { type Nanos, nanos, seconds } from "../../base/time.ts";
import type { DelayMechanismName, InstanceOptions, PortOptions } from "../options.ts";
import { DEFAULT_UNICAST_SERVER } from "../unicast/server.ts";
import type { RobustOptions } from "../servo/robust.ts";
import type { PiOptions } from "../servo/pi.ts";
import type { ServoName } from "../servo/choose.ts";
import type { ClockIdentity } from "../wire/identity.ts";
import type { EffectiveConfig } from "./effective.ts";
import type { PortSection } from "./parse.ts";
import type { UnicastTable } from "./unicast_table.ts";

/** Where and how a port's messages go. */
export interface TransportPlan {
  readonly kind: "udp4" | "udp6" | "l2";
  /** Group or address of all messages but those of peer delay. */
  readonly primary: string;
  /** Of peer delay. */
  readonly peer: string;
  /** Hops that a packet may take. */
  readonly ttl: number;
  /** DSCP of event and general messages; `undefined` is our own choice. */
  readonly dscpEvent: number | undefined;
  readonly dscpGeneral: number | undefined;
}

/** One port. */
export interface PortPlan {
  readonly iface: string;
  readonly options: Partial<PortOptions>;
  readonly transport: TransportPlan;
  /** -1: the interface's own card. */
  readonly phcIndex: number;
  /** The masters it asks for unicast service; `undefined`: it does not. */
  readonly unicast: UnicastPlan | undefined;
}

/** Masters by unicast. */
export interface UnicastPlan {
  /** Of the port's own transport. */
  readonly addresses: readonly string[];
  readonly logQueryInterval: number;
  /** Seconds asked for. */
  readonly duration: number;
}

/** The servo and its limits. */
export interface ServoPlan {
  readonly name: ServoName;
  readonly options: RobustOptions & PiOptions;
}

/** The sockets that serve management, and what they tell of the machine. */
export interface ManagementSettings {
  readonly uds: string;
  readonly udsRo: string;
  readonly udsMode: number;
  readonly udsRoMode: number;
  /** Left out: rptp's own words. */
  readonly userDescription?: string;
  readonly productDescription?: string;
  readonly revisionData?: string;
  /** True where somebody named the paths. */
  readonly isGiven: boolean;
}

/** Everything. */
export interface ClockPlan {
  /** `undefined`: made from the first interface. */
  readonly clockIdentity: ClockIdentity | undefined;
  readonly instance: Partial<InstanceOptions>;
  /** TAI - UTC to announce; `undefined`: what this machine knows. */
  readonly utcOffset: number | undefined;
  readonly timeSource: number;
  /** A leap-seconds.list; "" for the built-in table. */
  readonly leapFile: string;
  readonly ports: readonly PortPlan[];
  readonly freeRunning: boolean;
  /** `either`: hardware where the card can, as nobody said otherwise. */
  readonly stamps: "hardware" | "software" | "either";
  /** Between two status lines. */
  readonly summaryInterval: Nanos;
  /** syslog's: 6 and up everything, 5 changes of state, 4 warnings. */
  readonly loggingLevel: number;
  readonly messageTag: string;
  readonly management: ManagementSettings;
}

const AUTOMATIC = "000000.0000.000000";
const UNSAID = 900_000_000;

/** The clock that a configuration without errors asks for. */
export function planOf(config: EffectiveConfig): ClockPlan {
  const identity = config.text("clockIdentity");
  const isStampsGiven = config.isGiven("time_stamping");
  const stamps = config.text("time_stamping") === "software" ? "software" : "hardware";
  return {
    clockIdentity: identity === AUTOMATIC ? undefined : identityOf(identity),
    instance: {
      domainNumber: config.number("domainNumber"),
      majorSdoId: config.number("transportSpecific"),
      minorVersionPtp: config.number("ptp_minor_version"),
      priority1: config.number("priority1"),
      priority2: config.number("priority2"),
      clockQuality: {
        clockClass: config.flag("clientOnly") ? 255 : config.number("clockClass"),
        clockAccuracy: config.number("clockAccuracy"),
        offsetScaledLogVariance: config.number("offsetScaledLogVariance"),
      },
      slaveOnly: config.flag("clientOnly"),
      maxStepsRemoved: config.number("maxStepsRemoved"),
      localPriority: config.text("dataset_comparison") === "G.8275.x"
        ? config.number("G.8275.defaultDS.localPriority")
        : 0,
      kernelLeap: config.flag("kernel_leap"),
      pathTrace: config.flag("path_trace_enabled"),
      ignoreMajorSdoId: config.flag("ignore_transport_specific"),
    },
    utcOffset: config.isGiven("utc_offset") ? config.number("utc_offset") : undefined,
    timeSource: config.number("timeSource"),
    leapFile: config.text("leapfile"),
    ports: config.file.ports.map((port) => portPlan(config, port)),
    freeRunning: config.flag("free_running"),
    stamps: isStampsGiven ? stamps : "either",
    summaryInterval: powerOfTwo(config.number("summary_interval")),
    loggingLevel: config.number("logging_level"),
    messageTag: config.text("message_tag"),
    management: {
      uds: config.text("uds_address"),
      udsRo: config.text("uds_ro_address"),
      udsMode: config.number("uds_file_mode"),
      udsRoMode: config.number("uds_ro_file_mode"),
      ...given(config, "userDescription"),
      ...given(config, "productDescription"),
      ...given(config, "revisionData"),
      isGiven: config.isGiven("uds_address") || config.isGiven("uds_ro_address"),
    },
  };
}

/** `001122.fffe.334455` as eight octets; `undefined` where it is none. */
export function identityOf(text: string): ClockIdentity | undefined {
  const match = /^([0-9a-f]{6})\.([0-9a-f]{4})\.([0-9a-f]{6})$/i.exec(text.trim());
  if (match === null) return undefined;
  const digits = `${match[1]}${match[2]}${match[3]}`;
  return { high: parseInt(digits.slice(0, 8), 16), low: parseInt(digits.slice(8), 16) };
}

function given<K extends string>(config: EffectiveConfig, key: K): Partial<Record<K, string>> {
  return config.isGiven(key) ? { [key]: config.text(key) } as Record<K, string> : {};
}

function portPlan(config: EffectiveConfig, port: PortSection): PortPlan {
  const mechanism = config.text("delay_mechanism", port).toLowerCase() as DelayMechanismName;
  const reset = config.number("fault_reset_interval", port);
  const isGptp = config.flag("follow_up_info", port) && mechanism === "p2p";
  const isAlways = !isGptp || config.text("asCapable", port) === "true";
  return {
    iface: port.name,
    options: {
      masterOnly: config.flag("serverOnly", port),
      logAnnounceInterval: config.number("logAnnounceInterval", port),
      logSyncInterval: config.number("logSyncInterval", port),
      logMinDelayReqInterval: config.number("logMinDelayReqInterval", port),
      delayMechanism: mechanism,
      logMinPdelayReqInterval: config.number("logMinPdelayReqInterval", port),
      allowedLostResponses: config.number("allowedLostResponses", port),
      neighborPropDelayThresh: nanos(config.number("neighborPropDelayThresh", port)),
      asCapable: isAlways ? "always" : "auto",
      followUpInfo: config.flag("follow_up_info", port),
      acceptIntervalRequests: isGptp,
      multicast: !config.flag("inhibit_multicast_service", port),
      hybridE2e: config.flag("hybrid_e2e", port),
      ...(config.flag("unicast_listen", port) ? { unicastServer: DEFAULT_UNICAST_SERVER } : {}),
      localPriority: config.number("G.8275.portDS.localPriority", port),
      announceReceiptTimeout: config.number("announceReceiptTimeout", port),
      syncReceiptTimeout: config.number("syncReceiptTimeout", port),
      delayAsymmetry: nanos(config.number("delayAsymmetry", port)),
      faultResetInterval: reset === -128 ? nanos(0) : powerOfTwo(reset),
    },
    transport: transportPlan(config, port),
    phcIndex: config.number("phc_index", port),
    unicast: unicastPlan(config, port),
  };
}

/** The table that a port names. */
export function tableOf(config: EffectiveConfig, port: PortSection): UnicastTable | undefined {
  const id = config.number("unicast_master_table", port);
  return id === 0 ? undefined : config.file.tables.find((one) => one.id === id);
}

function unicastPlan(config: EffectiveConfig, port: PortSection): UnicastPlan | undefined {
  const table = tableOf(config, port);
  if (table === undefined) return undefined;
  const transport = config.text("network_transport", port);
  return {
    addresses: table.addresses.filter((one) => one.transport === transport)
      .map((one) => one.address),
    logQueryInterval: table.logQueryInterval,
    duration: config.number("unicast_req_duration", port),
  };
}

function transportPlan(config: EffectiveConfig, port: PortSection): TransportPlan {
  const dscp = (key: string) => config.isGiven(key) ? config.number(key) : undefined;
  const common = {
    ttl: config.number("udp_ttl", port),
    dscpEvent: dscp("dscp_event"),
    dscpGeneral: dscp("dscp_general"),
  };
  switch (config.text("network_transport", port)) {
    case "UDPv6":
      return {
        kind: "udp6",
        primary: scoped(
          config.text("ptp_dst_ipv6", port),
          config.number("udp6_scope", port),
        ),
        peer: config.text("p2p_dst_ipv6", port),
        ...common,
      };
    case "L2":
      return {
        kind: "l2",
        primary: config.text("ptp_dst_mac", port),
        peer: config.text("p2p_dst_mac", port),
        ...common,
      };
    default:
      return {
        kind: "udp4",
        primary: config.text("ptp_dst_ipv4", port),
        peer: config.text("p2p_dst_ipv4", port),
        ...common,
      };
  }
}

/** The scope of a multicast address is the low half of its second octet (RFC 4291 2.7). */
function scoped(address: string, scope: number): string {
  return address.replace(/^(ff[0-9a-f])[0-9a-f]:/i, (_, head: string) => `${head}${hex(scope)}:`);
}

function hex(value: number): string {
  return value.toString(16).toUpperCase();
}

/** The servo, whose gains hang on what stamps the messages. */
export function servoPlan(config: EffectiveConfig, stamps: "hardware" | "software"): ServoPlan {
  const isGiven = config.isGiven("clock_servo");
  const name = !isGiven ? "robust" : config.text("clock_servo") === "linreg" ? "linreg" : "pi";
  const maxPpb = config.number("max_frequency");
  const step = config.number("step_threshold");
  const options: RobustOptions & PiOptions = {
    firstStepThreshold: seconds(config.number("first_step_threshold")),
    ...(isGiven || config.isGiven("step_threshold") ? { stepThreshold: seconds(step) } : {}),
    ...(maxPpb === 0 || maxPpb === UNSAID ? {} : { maxPpb }),
    freeRunning: config.flag("free_running"),
  };
  if (name === "pi") Object.assign(options, piOptions(config, stamps));
  if (isGiven) options.delayFilterLength = config.number("delay_filter_length");
  return { name: config.flag("free_running") && name !== "robust" ? "free" : name, options };
}

/** 0 stands for linuxptp's choice by the kind of time stamps. */
function piOptions(config: EffectiveConfig, stamps: "hardware" | "software"): PiOptions {
  const isHardware = stamps === "hardware";
  const scale = (key: string, hardware: number, software: number) =>
    config.number(key) || (isHardware ? hardware : software);
  return {
    proportionalScale: scale("pi_proportional_scale", 0.7, 0.1),
    proportionalExponent: config.number("pi_proportional_exponent"),
    proportionalNormMax: config.number("pi_proportional_norm_max"),
    proportionalConstant: config.number("pi_proportional_const"),
    integralScale: scale("pi_integral_scale", 0.3, 0.001),
    integralExponent: config.number("pi_integral_exponent"),
    integralNormMax: config.number("pi_integral_norm_max"),
    integralConstant: config.number("pi_integral_const"),
  };
}

function powerOfTwo(exponent: number): Nanos {
  return seconds(2 ** Math.max(-30, Math.min(exponent, 23)));
}
