/**
 * `scripts/fuzz`: see the launcher beside this file. A failure names scene, seed and message.
 * @module
 */
import { SCENES, Storm } from "../tests/kit/ptp_storm.ts";

/** Messages of one seed over one scene. */
const ROUND = 1_000_000;

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

function valueOf(name: string): string | undefined {
  const at = Deno.args.indexOf(name);
  return at < 0 ? undefined : Deno.args[at + 1];
}

const known = ["--messages", "--seed", "--only"];
const odd = Deno.args.find((word, k) => k % 2 === 0 && !known.includes(word));
if (odd !== undefined) {
  say(`${odd} is none of ${known.join(" ")}`);
  Deno.exit(2);
}
const messages = Number(valueOf("--messages") ?? 1e8);
const only = valueOf("--only");
const scenes = SCENES.filter((scene) => only === undefined || scene.name === only);
if (scenes.length === 0) {
  say(`--only ${only}: there are ${SCENES.map((scene) => `"${scene.name}"`).join(", ")}`);
  Deno.exit(2);
}
const began = performance.now();
let done = 0;
for (let seed = Number(valueOf("--seed") ?? 1); done < messages; seed++) {
  for (const scene of scenes) {
    if (done >= messages) break;
    new Storm(scene, seed).run(Math.min(ROUND, messages - done));
    done += ROUND;
  }
  const rate = done / (performance.now() - began);
  say(`seed ${seed}: ${done} messages, ${rate.toFixed(0)} k/s, nothing amiss`);
}
