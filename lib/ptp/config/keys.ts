// deno-lint-ignore-file camelcase -- linuxptp spells its keys so
/**
 * The keys of linuxptp's configuration: type, range, default, and whether a port section may have
 * them. As of linuxptp's development version of 2026-06; 3.1.1 knows most of them, some by older
 * names. What rptp does with each is in use.ts.
 * @module
 */

/** How a value is written. */
export type KeyType =
  /** As C's strtol reads it with base 0: decimal, 0x hexadecimal, leading 0 octal. */
  | "integer"
  | "number"
  | "word"
  | "text";

/** One key. */
export interface Key {
  readonly name: string;
  readonly type: KeyType;
  readonly default: number | string;
  readonly min: number;
  readonly max: number;
  /** What a word may be, as linuxptp spells it; case does not matter. */
  readonly words: readonly string[];
  /** May stand in a port's section; in [global] it is every port's default. */
  readonly isPort: boolean;
}

const INT_MAX = 2_147_483_647;
const INT_MIN = -2_147_483_648;
const BIG = Number.MAX_VALUE;
const TINY = 2.2250738585072014e-308;

type Limits = readonly [min: number, max: number];

const INT8: Limits = [-128, 127];
const ANY: Limits = [INT_MIN, INT_MAX];
const COUNT: Limits = [0, INT_MAX];
const OCTET: Limits = [0, 255];
const SWITCH: Limits = [0, 1];

/** The longer names that replaced others. */
export const RENAMED: Readonly<Record<string, string>> = {
  pi_offset_const: "step_threshold",
  pi_f_offset_const: "first_step_threshold",
  pi_max_frequency: "max_frequency",
  masterOnly: "serverOnly",
  slaveOnly: "clientOnly",
};

/** Words that stand for a number. */
export const WORDS_FOR_NUMBERS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  fault_badpeernet_interval: { ASAP: 0 },
  fault_reset_interval: { ASAP: -128 },
};

function whole(name: string, fallback: number, [min, max]: Limits, isPort = false): Key {
  return { name, type: "integer", default: fallback, min, max, words: [], isPort };
}

function real(name: string, fallback: number, [min, max]: Limits): Key {
  return { name, type: "number", default: fallback, min, max, words: [], isPort: false };
}

function word(name: string, words: readonly [string, ...string[]], isPort = false): Key {
  return { name, type: "word", default: words[0], min: 0, max: 0, words, isPort };
}

function text(name: string, fallback: string, isPort = false): Key {
  return { name, type: "text", default: fallback, min: 0, max: 0, words: [], isPort };
}

const PORT = true;

const CLOCK_KEYS: readonly Key[] = [
  whole("clientOnly", 0, SWITCH),
  whole("clockAccuracy", 0xfe, OCTET),
  whole("clockClass", 248, OCTET),
  text("clockIdentity", "000000.0000.000000"),
  whole("clock_class_threshold", 248, [6, 248]),
  word("clock_type", ["OC", "BC", "P2P_TC", "E2E_TC"]),
  word("dataset_comparison", ["ieee1588", "G.8275.x"]),
  whole("domainNumber", 0, OCTET),
  whole("G.8275.defaultDS.localPriority", 128, [1, 255]),
  whole("gmCapable", 1, SWITCH),
  whole("maxStepsRemoved", 255, [2, 255]),
  whole("offsetScaledLogVariance", 0xffff, [0, 0xffff]),
  whole("priority1", 128, OCTET),
  whole("priority2", 128, OCTET),
  whole("ptp_minor_version", 1, SWITCH),
  whole("timeSource", 0xa0, [0x10, 0xfe]),
  whole("twoStepFlag", 1, SWITCH),
  whole("utc_offset", 37, COUNT),
  text("leapfile", ""),
  whole("kernel_leap", 1, SWITCH),
  text("manufacturerIdentity", "00:00:00"),
  text("productDescription", ";;"),
  text("revisionData", ";;"),
  text("userDescription", ""),
];

const PORT_KEYS: readonly Key[] = [
  whole("active_key_id", 0, [0, 4_294_967_295], PORT),
  whole("allow_unauth", 0, [0, 2], PORT),
  whole("allowedLostResponses", 3, [1, 255], PORT),
  whole("announceReceiptTimeout", 3, [2, 255], PORT),
  word("asCapable", ["auto", "true"], PORT),
  word("BMCA", ["ptp", "noop"], PORT),
  whole("boundary_clock_jbod", 0, SWITCH, PORT),
  text("cmlds.client_address", "/var/run/cmlds_client", PORT),
  whole("cmlds.domainNumber", 0, OCTET, PORT),
  whole("cmlds.majorSdoId", 2, [0, 15], PORT),
  whole("cmlds.port", 0, [0, 65535], PORT),
  text("cmlds.server_address", "/var/run/cmlds_server", PORT),
  whole("delayAsymmetry", 0, ANY, PORT),
  word("delay_mechanism", ["E2E", "P2P", "Auto", "COMMON_P2P", "NONE"], PORT),
  whole("delay_response_timeout", 0, OCTET, PORT),
  whole("egressLatency", 0, ANY, PORT),
  whole("fault_badpeernet_interval", 16, ANY, PORT),
  whole("fault_reset_interval", 4, INT8, PORT),
  whole("follow_up_info", 0, SWITCH, PORT),
  whole("freq_est_interval", 1, ANY, PORT),
  whole("G.8275.portDS.localPriority", 128, [1, 255], PORT),
  whole("hybrid_e2e", 0, SWITCH, PORT),
  whole("ignore_source_id", 0, SWITCH, PORT),
  whole("ignore_transport_specific", 0, SWITCH, PORT),
  whole("ingressLatency", 0, ANY, PORT),
  whole("inhibit_announce", 0, SWITCH, PORT),
  whole("inhibit_delay_req", 0, SWITCH, PORT),
  whole("inhibit_multicast_service", 0, SWITCH, PORT),
  whole("interface_rate_tlv", 0, SWITCH, PORT),
  whole("logAnnounceInterval", 1, INT8, PORT),
  whole("logMinDelayReqInterval", 0, INT8, PORT),
  whole("logMinPdelayReqInterval", 0, INT8, PORT),
  whole("logSyncInterval", 0, INT8, PORT),
  whole("min_neighbor_prop_delay", -20_000_000, [INT_MIN, -1], PORT),
  whole("msg_interval_request", 0, SWITCH, PORT),
  whole("neighborPropDelayThresh", 20_000_000, COUNT, PORT),
  whole("net_sync_monitor", 0, SWITCH, PORT),
  word("network_transport", ["UDPv4", "UDPv6", "L2"], PORT),
  whole("operLogPdelayReqInterval", 0, INT8, PORT),
  whole("operLogSyncInterval", 0, INT8, PORT),
  text("p2p_dst_ipv4", "224.0.0.107", PORT),
  text("p2p_dst_ipv6", "FF02:0:0:0:0:0:0:6B", PORT),
  text("p2p_dst_mac", "01:80:C2:00:00:0E", PORT),
  whole("path_trace_enabled", 0, SWITCH, PORT),
  whole("phc_index", -1, [-1, INT_MAX], PORT),
  whole("power_profile.2011.grandmasterTimeInaccuracy", -1, [-1, INT_MAX], PORT),
  whole("power_profile.2011.networkTimeInaccuracy", -1, [-1, INT_MAX], PORT),
  whole("power_profile.2017.totalTimeInaccuracy", -1, [-1, INT_MAX], PORT),
  whole("power_profile.grandmasterID", 0, [0, 0xffff], PORT),
  word("power_profile.version", ["none", "2011", "2017"], PORT),
  text("profileIdentity", "00:00:00:00:00:00", PORT),
  text("ptp_dst_ipv4", "224.0.1.129", PORT),
  text("ptp_dst_ipv6", "FF0E:0:0:0:0:0:0:181", PORT),
  text("ptp_dst_mac", "01:1B:19:00:00:00", PORT),
  whole("serverOnly", 0, SWITCH, PORT),
  whole("spp", -1, [-1, 255], PORT),
  whole("syncReceiptTimeout", 0, OCTET, PORT),
  whole("transportSpecific", 0, [0, 15], PORT),
  whole("udp_ttl", 1, [1, 255], PORT),
  whole("udp6_scope", 0x0e, [0, 15], PORT),
  whole("unicast_listen", 0, SWITCH, PORT),
  whole("unicast_master_table", 0, COUNT, PORT),
  whole("unicast_req_duration", 3600, [10, INT_MAX], PORT),
];

const SERVO_KEYS: readonly Key[] = [
  word("clock_servo", ["pi", "linreg", "ntpshm", "nullf", "refclock_sock"]),
  word("delay_filter", ["moving_median", "moving_average"], PORT),
  whole("delay_filter_length", 10, [1, INT_MAX], PORT),
  { ...real("delay_request_variability", 1, [0, 1]), isPort: true },
  real("first_step_threshold", 0.00002, [0, BIG]),
  whole("free_running", 0, SWITCH),
  whole("initial_delay", 0, COUNT),
  whole("max_frequency", 900_000_000, COUNT),
  whole("ntpshm_segment", 0, ANY),
  real("pi_integral_const", 0, [0, BIG]),
  real("pi_integral_exponent", 0.4, [-BIG, BIG]),
  real("pi_integral_norm_max", 0.3, [TINY, 2]),
  real("pi_integral_scale", 0, [0, BIG]),
  real("pi_proportional_const", 0, [0, BIG]),
  real("pi_proportional_exponent", -0.3, [-BIG, BIG]),
  real("pi_proportional_norm_max", 0.7, [TINY, 1]),
  real("pi_proportional_scale", 0, [0, BIG]),
  text("refclock_sock_address", "/var/run/refclock.ptp.sock"),
  whole("sanity_freq_limit", 200_000_000, COUNT),
  whole("servo_num_offset_values", 10, COUNT),
  whole("servo_offset_threshold", 0, COUNT),
  real("step_threshold", 0, [0, BIG]),
  whole("step_window", 0, COUNT),
  word("tsproc_mode", ["filter", "raw", "filter_weight", "raw_weight"], PORT),
  whole("write_phase_mode", 0, SWITCH),
];

const PROGRAM_KEYS: readonly Key[] = [
  whole("assume_two_step", 0, SWITCH),
  whole("check_fup_sync", 0, SWITCH),
  whole("dscp_event", 0, [0, 63]),
  whole("dscp_general", 0, [0, 63]),
  word("hwts_filter", ["normal", "check", "full"]),
  whole("logging_level", 6, [0, 7]),
  text("message_tag", ""),
  text("sa_file", ""),
  text("slave_event_monitor", ""),
  whole("socket_priority", 0, [0, 15]),
  whole("summary_interval", 0, ANY),
  whole("tc_spanning_tree", 0, SWITCH),
  word("time_stamping", ["hardware", "software", "legacy", "onestep", "p2p1step"]),
  whole("tx_timestamp_timeout", 10, [1, INT_MAX]),
  // Every release has these two; the development version moved them to /var/run/ptp/.
  text("uds_address", "/var/run/ptp4l"),
  whole("uds_file_mode", 0o660, [0, 0o777], PORT),
  text("uds_ro_address", "/var/run/ptp4lro"),
  whole("uds_ro_file_mode", 0o666, [0, 0o777], PORT),
  whole("use_syslog", 1, SWITCH),
  text("user", ""),
  whole("verbose", 0, SWITCH),
];

/** Keys of another program that share the file. */
const TS2PHC_KEYS: readonly Key[] = [
  whole("ts2phc.channel", 0, COUNT, PORT),
  whole("ts2phc.external_pps", 0, SWITCH),
  whole("ts2phc.extts_correction", 0, ANY, PORT),
  word("ts2phc.extts_polarity", ["rising", "falling", "both"], PORT),
  whole("ts2phc.holdover", 0, COUNT, PORT),
  whole("ts2phc.master", 0, SWITCH, PORT),
  whole("ts2phc.nmea_baudrate", 9600, [300, INT_MAX], PORT),
  whole("ts2phc.nmea_delay", 0, ANY, PORT),
  text("ts2phc.nmea_remote_host", ""),
  text("ts2phc.nmea_remote_port", ""),
  text("ts2phc.nmea_serialport", "/dev/ttyS0"),
  whole("ts2phc.perout_phase", -1, [0, 999_999_999], PORT),
  whole("ts2phc.pin_index", 0, COUNT, PORT),
  text("ts2phc.pin_name", "", PORT),
  whole("ts2phc.pulserate", 1, [1, 128]),
  whole("ts2phc.pulsewidth", -1, [1_000_000, 999_000_000]),
  text("ts2phc.tod_source", "generic"),
];

/** All keys by name; old names are in {@linkcode RENAMED}. */
export const KEYS: ReadonlyMap<string, Key> = new Map(
  [...CLOCK_KEYS, ...PORT_KEYS, ...SERVO_KEYS, ...PROGRAM_KEYS, ...TS2PHC_KEYS]
    .map((key) => [key.name, key]),
);

/** What a value of the key may be, in words. */
export function acceptedBy(key: Key): string {
  const extra = Object.keys(WORDS_FOR_NUMBERS[key.name] ?? {}).map((name) => ` or ${name}`).join(
    "",
  );
  switch (key.type) {
    case "integer":
      return `a whole number from ${key.min} to ${key.max}${extra}`;
    case "number":
      return `a number from ${limit(key.min)}${key.max === BIG ? " up" : ` to ${limit(key.max)}`}`;
    case "word":
      return `one of ${key.words.join(", ")}`;
    case "text":
      return "text";
  }
}

function limit(value: number): string {
  return value === TINY ? "just above 0" : value === -BIG ? "any" : String(value);
}
