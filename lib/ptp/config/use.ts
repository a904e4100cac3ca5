// deno-lint-ignore-file camelcase -- linuxptp spells its keys so
/**
 * What rptp does with each key of a linuxptp configuration: as linuxptp, otherwise, or nothing, and
 * why. The truth for `rptp ptp check`; plan.ts does what is said here.
 * @module
 */
import type { EffectiveConfig } from "./effective.ts";
import { KEYS } from "./keys.ts";
import type { PortSection } from "./parse.ts";

/** What becomes of a value. */
export type Use =
  /** Done; `how` tells a difference to linuxptp worth knowing, "" is none. */
  | { readonly kind: "honoured"; readonly how: string }
  /** Without effect, because. */
  | { readonly kind: "ignored"; readonly why: string }
  /** A clock that did without it would not be the clock that was asked for: not run, because. */
  | { readonly kind: "refused"; readonly why: string };

/** A value in its surroundings. */
interface Asked {
  readonly value: number | string;
  readonly config: EffectiveConfig;
  readonly port: PortSection | undefined;
}

type Rule = (asked: Asked) => Use;

const HONOURED: Use = { kind: "honoured", how: "" };

function honoured(how = ""): Rule {
  return () => ({ kind: "honoured", how });
}

function ignored(why: string): Rule {
  return () => ({ kind: "ignored", why });
}

/** Honoured where the value is one of `values`, else as `rule` says. */
function only(values: readonly (number | string)[], rule: Rule): Rule {
  return (asked) => values.includes(asked.value) ? HONOURED : rule(asked);
}

function refused(why: string): Rule {
  return () => ({ kind: "refused", why });
}

const TELECOM: Rule = ({ config }) =>
  config.text("dataset_comparison") === "G.8275.x"
    ? HONOURED
    : { kind: "ignored", why: "it is for dataset_comparison G.8275.x" };

/** Of linuxptp's ports, but of our clock: a port's own word counts where it is the clock's, too. */
function clocks(key: string): Rule {
  return ({ value, config }) => {
    const clock = config.of(key).value;
    return value === clock ? HONOURED : {
      kind: "ignored",
      why: `all ports have the clock's, ${clock} of [global]`,
    };
  };
}

const CLOCK_RULES: Readonly<Record<string, Rule>> = {
  clientOnly: honoured(),
  clockAccuracy: honoured(),
  clockClass: honoured(),
  clockIdentity: honoured(),
  clock_class_threshold: only([248], ignored("a master is followed whatever its clockClass")),
  clock_type: only(["OC", "BC"], refused("a transparent clock is not built")),
  dataset_comparison: honoured(),
  domainNumber: honoured(),
  "G.8275.defaultDS.localPriority": TELECOM,
  gmCapable: only(
    [1],
    ignored("linuxptp has no use for it either but with 802.1AS: use clientOnly"),
  ),
  maxStepsRemoved: honoured(),
  offsetScaledLogVariance: honoured(),
  priority1: honoured(),
  priority2: honoured(),
  ptp_minor_version: honoured(),
  timeSource: honoured(),
  twoStepFlag: only([1], refused("Sync is sent in two steps; one-step Sync is only received")),
  utc_offset: honoured("announced as grandmaster; left out, the kernel's offset or the leap table"),
  leapfile: honoured(),
  kernel_leap: honoured(),
  manufacturerIdentity: only(["00:00:00"], ignored("CLOCK_DESCRIPTION tells 00:00:00")),
  productDescription: honoured(),
  revisionData: honoured(),
  userDescription: honoured(),
};

const AUTHENTICATION = refused("the AUTHENTICATION TLV is not built: messages would go unsecured");
const CMLDS = ignored("it is for delay_mechanism COMMON_P2P");
const ASKED_FOR: Rule = ({ config, port }) => {
  const ports = port === undefined ? config.file.ports : [port];
  return ports.some((one) => config.flag("unicast_master_table", one)) ? HONOURED : {
    kind: "ignored",
    why: "no port has a unicast_master_table",
  };
};
const POWER = ignored("it is for power_profile.version");

const PORT_RULES: Readonly<Record<string, Rule>> = {
  active_key_id: only([0], AUTHENTICATION),
  allow_unauth: only([0], AUTHENTICATION),
  allowedLostResponses: honoured(),
  announceReceiptTimeout: honoured(),
  asCapable: honoured(),
  BMCA: only(["ptp"], refused("static roles without the best master clock algorithm")),
  boundary_clock_jbod: only([0], ignored("one clock is steered, whatever the ports' cards are")),
  "cmlds.client_address": CMLDS,
  "cmlds.domainNumber": CMLDS,
  "cmlds.majorSdoId": CMLDS,
  "cmlds.port": CMLDS,
  "cmlds.server_address": CMLDS,
  delayAsymmetry: honoured(),
  delay_mechanism: only(
    ["E2E", "P2P", "Auto"],
    refused("a clock without delay measurement, or with another's, is not built"),
  ),
  delay_response_timeout: only([0], ignored("missing answers are counted, the port stays")),
  egressLatency: only([0], ignored("time stamps are taken as the kernel gives them")),
  ingressLatency: only([0], ignored("time stamps are taken as the kernel gives them")),
  fault_badpeernet_interval: ignored("no fault of that kind is declared"),
  fault_reset_interval: honoured(),
  follow_up_info: honoured(),
  freq_est_interval: ignored("the neighbour's rate is estimated over a fixed number of answers"),
  "G.8275.portDS.localPriority": TELECOM,
  hybrid_e2e: honoured(),
  ignore_source_id: only([0], refused("Sync is only taken from the master that was chosen")),
  ignore_transport_specific: clocks("ignore_transport_specific"),
  inhibit_announce: only([0], refused("a master announces itself")),
  inhibit_delay_req: only([0], refused("the delay is always measured")),
  inhibit_multicast_service: honoured(),
  interface_rate_tlv: only([0], ignored("the TLV is not built")),
  logAnnounceInterval: honoured(),
  logMinDelayReqInterval: honoured(),
  logMinPdelayReqInterval: honoured(),
  logSyncInterval: honoured(),
  min_neighbor_prop_delay: ignored("a delay below 0 is taken as 0 with its error"),
  msg_interval_request: only([0], ignored("other intervals are not asked for")),
  neighborPropDelayThresh: honoured(),
  net_sync_monitor: only([0], ignored("NetSync Monitor is not built")),
  network_transport: honoured(),
  operLogPdelayReqInterval: only([0], ignored("it is for msg_interval_request")),
  operLogSyncInterval: only([0], ignored("it is for msg_interval_request")),
  p2p_dst_ipv4: honoured(),
  p2p_dst_ipv6: honoured(),
  p2p_dst_mac: honoured(),
  path_trace_enabled: clocks("path_trace_enabled"),
  phc_index: honoured(),
  "power_profile.2011.grandmasterTimeInaccuracy": POWER,
  "power_profile.2011.networkTimeInaccuracy": POWER,
  "power_profile.2017.totalTimeInaccuracy": POWER,
  "power_profile.grandmasterID": POWER,
  "power_profile.version": only(["none"], ignored("the power profile's TLV is not built")),
  profileIdentity: only(["00:00:00:00:00:00"], ignored("CLOCK_DESCRIPTION tells the default one")),
  ptp_dst_ipv4: honoured(),
  ptp_dst_ipv6: honoured(),
  ptp_dst_mac: honoured(),
  serverOnly: honoured(),
  spp: only([-1], AUTHENTICATION),
  syncReceiptTimeout: honoured(),
  transportSpecific: clocks("transportSpecific"),
  udp_ttl: honoured(),
  udp6_scope: honoured(),
  unicast_listen: only([0], honoured("grants are limited in number, rate and time")),
  unicast_master_table: honoured(),
  unicast_req_duration: ASKED_FOR,
};

const PI_ONLY: Rule = (asked) => {
  const { value, origin } = asked.config.of("clock_servo");
  return value === "pi" && origin !== "default"
    ? HONOURED
    : { kind: "ignored", why: "it is for clock_servo pi, which is not chosen by name" };
};

/** For the classic servos; the default one measures otherwise. */
function classic(rule: Rule): Rule {
  return (asked) =>
    asked.config.isGiven("clock_servo") ? rule(asked) : {
      kind: "ignored",
      why: "the default servo estimates delay and offset in one",
    };
}

const SERVO_RULES: Readonly<Record<string, Rule>> = {
  clock_servo: (asked) => {
    if (!asked.config.isGiven("clock_servo")) {
      return { kind: "honoured", how: "left to us: rptp's own servo instead of pi" };
    }
    return asked.value === "pi" || asked.value === "linreg" ? HONOURED : {
      kind: "refused",
      why: "pi and linreg are built, and rptp's own if the key is left out",
    };
  },
  delay_filter: classic(only(["moving_median"], ignored("the median is taken"))),
  delay_filter_length: classic(honoured()),
  delay_request_variability: only([1], ignored("requests vary as IEEE 1588-2019 9.5.11.2 has it")),
  first_step_threshold: honoured(),
  free_running: honoured(),
  initial_delay: only([0], ignored("the clock waits until the delay is measured")),
  max_frequency: honoured(),
  ntpshm_segment: ignored("it is for clock_servo ntpshm"),
  pi_integral_const: PI_ONLY,
  pi_integral_exponent: PI_ONLY,
  pi_integral_norm_max: PI_ONLY,
  pi_integral_scale: PI_ONLY,
  pi_proportional_const: PI_ONLY,
  pi_proportional_exponent: PI_ONLY,
  pi_proportional_norm_max: PI_ONLY,
  pi_proportional_scale: PI_ONLY,
  refclock_sock_address: ignored("it is for clock_servo refclock_sock"),
  sanity_freq_limit: ignored("the clock is always compared with CLOCK_MONOTONIC_RAW"),
  servo_num_offset_values: ignored("it is for servo_offset_threshold"),
  servo_offset_threshold: only([0], ignored("locked is within 20 us")),
  step_threshold: honoured(),
  step_window: only([0], ignored("a step is done when the kernel says so")),
  tsproc_mode: classic(only(["filter"], ignored("the filtered delay is taken"))),
  write_phase_mode: only([0], ignored("the clock is steered by frequency")),
};

const PROGRAM_RULES: Readonly<Record<string, Rule>> = {
  assume_two_step: only([0], ignored("the message's own flag is believed")),
  check_fup_sync: only([0], ignored("Sync and Follow_Up are matched by sequenceId")),
  dscp_event: honoured("left out, 46"),
  dscp_general: honoured("left out, 34"),
  hwts_filter: only(["normal"], ignored("the filter for PTP event messages is set")),
  logging_level: honoured("below 6 no status lines, below 5 no changes, below 4 no warnings"),
  message_tag: honoured("in front of each line"),
  sa_file: only([""], AUTHENTICATION),
  slave_event_monitor: only([""], ignored("the TLVs are not built")),
  socket_priority: only([0], ignored("packets have the system's priority")),
  summary_interval: honoured("the status line's interval"),
  tc_spanning_tree: only([0], ignored("it is for transparent clocks")),
  time_stamping: (asked) => {
    if (asked.value === "software") return HONOURED;
    if (asked.value !== "hardware") {
      return { kind: "refused", why: "hardware and software time stamps are built" };
    }
    return asked.config.isGiven("time_stamping")
      ? HONOURED
      : { kind: "honoured", how: "left to us: software where the card cannot" };
  },
  tx_timestamp_timeout: ignored("transmit stamps are not waited for; a late one is used"),
  uds_address: honoured(),
  uds_file_mode: honoured(),
  uds_ro_address: honoured(),
  uds_ro_file_mode: honoured(),
  use_syslog: ignored("lines go to stdout, where systemd takes them"),
  user: only([""], ignored("start it as that user, with capabilities")),
  verbose: ignored("lines go to stdout always"),
};

const RULES: Readonly<Record<string, Rule>> = {
  ...CLOCK_RULES,
  ...PORT_RULES,
  ...SERVO_RULES,
  ...PROGRAM_RULES,
};

/** What becomes of the value that `key` has for a port; without one, for the clock. */
export function useOf(key: string, config: EffectiveConfig, port?: PortSection): Use {
  if (key.startsWith("ts2phc.")) return { kind: "ignored", why: "it is for ts2phc" };
  const rule = RULES[key];
  if (rule === undefined) throw new Error(`unreachable: no rule for ${key}`);
  return rule({ value: config.of(key, port).value, config, port });
}

/** Keys without a rule; empty, as a test shows. */
export function keysWithoutRule(): string[] {
  return [...KEYS.keys()].filter((key) => !key.startsWith("ts2phc.") && RULES[key] === undefined);
}
