import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { PortState as S, slaveOnlySuccessor, StateEvent as E, successor } from "./state.ts";

const STATES = Object.values(S);
const RUNNING = [S.Listening, S.PreMaster, S.Master, S.Passive, S.Uncalibrated, S.Slave];

/** Figure 30, arcs out of the running states; what is not listed stays. */
const ARCS: [E, boolean, Partial<Record<S, S>>][] = [
  [E.AnnounceReceiptTimeout, false, {
    [S.Listening]: S.Master,
    [S.Passive]: S.Master,
    [S.Uncalibrated]: S.Master,
    [S.Slave]: S.Master,
  }],
  [E.QualificationTimeout, false, { [S.PreMaster]: S.Master }],
  [E.RecommendMaster, false, {
    [S.Listening]: S.PreMaster,
    [S.Passive]: S.PreMaster,
    [S.Uncalibrated]: S.PreMaster,
    [S.Slave]: S.PreMaster,
  }],
  [E.RecommendSlave, false, {
    [S.Listening]: S.Uncalibrated,
    [S.PreMaster]: S.Uncalibrated,
    [S.Master]: S.Uncalibrated,
    [S.Passive]: S.Uncalibrated,
  }],
  [E.RecommendSlave, true, {
    [S.Listening]: S.Uncalibrated,
    [S.PreMaster]: S.Uncalibrated,
    [S.Master]: S.Uncalibrated,
    [S.Passive]: S.Uncalibrated,
    [S.Uncalibrated]: S.Uncalibrated,
    [S.Slave]: S.Uncalibrated,
  }],
  [E.RecommendPassive, false, {
    [S.Listening]: S.Passive,
    [S.PreMaster]: S.Passive,
    [S.Master]: S.Passive,
    [S.Uncalibrated]: S.Passive,
    [S.Slave]: S.Passive,
  }],
  [E.MasterClockSelected, false, { [S.Uncalibrated]: S.Slave }],
  [E.SynchronizationFault, false, { [S.Slave]: S.Uncalibrated }],
];

Deno.test("successor() has the arcs of Figure 30 between running states and no others", () => {
  for (const [event, isNewMaster, arcs] of ARCS) {
    for (const state of STATES) {
      const expected = RUNNING.includes(state as never) ? arcs[state] : undefined;
      assertEquals(successor(state, event, isNewMaster), expected, `${state} ${event}`);
    }
  }
});

Deno.test("successor() leaves every state on INITIALIZE, FAULT and DISABLED", () => {
  for (const state of STATES) {
    assertEquals(successor(state, E.Initialize), S.Initializing);
    assertEquals(
      successor(state, E.DesignatedDisabled),
      state === S.Disabled ? undefined : S.Disabled,
    );
    assertEquals(
      successor(state, E.FaultDetected),
      state === S.Disabled || state === S.Faulty ? undefined : S.Faulty,
    );
    assertEquals(
      successor(state, E.FaultCleared),
      state === S.Faulty ? S.Initializing : undefined,
    );
    assertEquals(
      successor(state, E.DesignatedEnabled),
      state === S.Disabled ? S.Initializing : undefined,
    );
    assertEquals(
      successor(state, E.InitComplete),
      state === S.Initializing ? S.Listening : undefined,
    );
  }
});

Deno.test("slaveOnlySuccessor() goes to LISTENING where Figure 30 has a master", () => {
  for (const event of [E.AnnounceReceiptTimeout, E.RecommendMaster, E.RecommendPassive]) {
    for (const state of STATES) {
      const isFollowing = state === S.Uncalibrated || state === S.Slave;
      assertEquals(slaveOnlySuccessor(state, event), isFollowing ? S.Listening : undefined);
    }
  }
});

Deno.test("slaveOnlySuccessor() never leads to PRE_MASTER, MASTER or PASSIVE", () => {
  for (const state of STATES) {
    for (const event of Object.values(E)) {
      for (const isNewMaster of [false, true]) {
        const next = slaveOnlySuccessor(state, event, isNewMaster);
        assertEquals(next === S.PreMaster || next === S.Master || next === S.Passive, false);
      }
    }
  }
});
