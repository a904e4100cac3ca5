import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { DEFAULT_INSTANCE, DEFAULT_PORT } from "../options.ts";
import { EffectiveConfig } from "./effective.ts";
import { KEYS } from "./keys.ts";
import { parseConfig } from "./parse.ts";
import { identityOf, planOf, servoPlan } from "./plan.ts";
import { keysWithoutRule, useOf } from "./use.ts";

const configOf = (text: string) => new EffectiveConfig(parseConfig(text));
const plan = (text: string) => planOf(configOf(text));
const software = (text: string) => servoPlan(configOf(text), "software");

Deno.test("useOf() has a word for every key of linuxptp", () => {
  assertEquals(keysWithoutRule(), []);
  const config = configOf("");
  for (const key of KEYS.keys()) {
    const use = useOf(key, config);
    assertEquals(use.kind === "refused", false, `the default of ${key} is refused`);
  }
});

Deno.test("planOf() of an empty file is linuxptp's default, but for the servo", () => {
  const p = plan("[eth0]\n");
  const { clockQuality, slaveOnly, domainNumber, priority1, maxStepsRemoved } = p.instance;
  const { logSyncInterval, logAnnounceInterval, announceReceiptTimeout } = p.ports[0]!.options;
  assertEquals([clockQuality, slaveOnly, domainNumber, priority1, maxStepsRemoved], [
    DEFAULT_INSTANCE.clockQuality,
    false,
    0,
    128,
    255,
  ]);
  assertEquals([logSyncInterval, logAnnounceInterval, announceReceiptTimeout], [
    DEFAULT_PORT.logSyncInterval,
    DEFAULT_PORT.logAnnounceInterval,
    DEFAULT_PORT.announceReceiptTimeout,
  ]);
  assertEquals([p.stamps, p.clockIdentity], ["either", undefined]);
  assertEquals(software("").name, "robust");
  assertEquals(p.ports[0]?.options.faultResetInterval, 16e9);
});

Deno.test("servoPlan() gives the servo that is named, with linuxptp's thresholds", () => {
  const pi = software("[global]\nclock_servo pi\n");
  assertEquals([pi.name, pi.options.stepThreshold, pi.options.firstStepThreshold], [
    "pi",
    0,
    20_000,
  ]);
  assertEquals([pi.options.proportionalScale, pi.options.integralScale], [0.1, 0.001]);
  const hardware = servoPlan(configOf("[global]\nclock_servo pi\n"), "hardware").options;
  assertEquals([hardware.proportionalScale, hardware.integralScale], [0.7, 0.3]);
  const linreg = software("[global]\nclock_servo linreg\nstep_threshold 0.1\nmax_frequency 500\n");
  assertEquals([linreg.options.stepThreshold, linreg.options.maxPpb], [1e8, 500]);
});

Deno.test("planOf() chooses groups by transport, port by port", () => {
  const p = plan(`[global]
udp6_scope 0x05
[eth0]
network_transport UDPv6
udp_ttl 4
[eth1]
network_transport L2
ptp_dst_mac 01:80:C2:00:00:0E
dscp_event 46
`);
  assertEquals(p.ports[0]?.transport.primary, "FF05:0:0:0:0:0:0:181");
  assertEquals(p.ports[0]?.transport.ttl, 4);
  assertEquals(p.ports[1]?.transport.primary, "01:80:C2:00:00:0E");
  assertEquals(p.ports[1]?.transport.dscpEvent, undefined);
});

Deno.test("planOf() of gPTP asks for asCapable links", () => {
  const gptp = "[global]\nfollow_up_info 1\ndelay_mechanism P2P\nneighborPropDelayThresh 800\n";
  assertEquals(plan(`${gptp}[eth0]\n`).ports[0]?.options.asCapable, "auto");
  assertEquals(plan(`${gptp}[eth0]\n`).ports[0]?.options.neighborPropDelayThresh, 800);
  assertEquals(plan(`${gptp}asCapable true\n[eth0]\n`).ports[0]?.options.asCapable, "always");
  assertEquals(plan("[eth0]\n").ports[0]?.options.asCapable, "always");
});

Deno.test("useOf(): a transparent clock is refused, a port's other transportSpecific ignored", () => {
  const config = configOf("[global]\nclock_type E2E_TC\n[eth0]\ntransportSpecific 1\n");
  assertEquals(useOf("clock_type", config).kind, "refused");
  assertEquals(useOf("transportSpecific", config, config.file.ports[0]).kind, "ignored");
  assertEquals(useOf("transportSpecific", config).kind, "honoured");
});

Deno.test("identityOf() reads linuxptp's spelling", () => {
  assertEquals(identityOf("001122.fffe.334455"), { high: 0x001122ff, low: 0xfe334455 });
  assertEquals(identityOf("0011:22"), undefined);
});
