/**
 * Ten million mutated messages through live ports with their real servos; longer by
 * `scripts/fuzz --messages N --seed S`.
 * @module
 */
import { ok } from "node:assert/strict";
import { SCENES, Storm } from "../kit/ptp_storm.ts";

const MESSAGES = 10_000_000;
/** What a storm must have met, or it was none. */
const WIRE = ["Truncated", "Version", "MessageType", "MessageLength", "TrailingOctets"];

for (const scene of SCENES) {
  const each = Math.ceil(MESSAGES / SCENES.length);
  Deno.test(`ptp storm: ${each} mutated messages over a live ${scene.name}`, () => {
    const storm = new Storm(scene, 1);
    storm.run(each);
    ok(storm.messages >= each);
    const reasons = storm.reasons();
    for (const reason of WIRE) ok(reasons.has(reason), `${reason} of ${[...reasons].join()}`);
    for (const state of scene.states) ok(storm.states.has(state), `never in state ${state}`);
  });
}
