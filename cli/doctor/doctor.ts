/**
 * `rptp doctor`: what this machine can do, each line with its fix.
 * @module
 */
import { defineCommand } from "../kit/command.ts";
import { ExitCode } from "../kit/exit.ts";
import type { Kit } from "../kit/kit.ts";
import { type Check, examine, type Level } from "./checks.ts";
import { realMachine } from "./wiring.ts";

/** The command. */
export const command = defineCommand<Record<never, never>, []>({
  brief: "What this machine can do, and what to change",
  description:
    `Looks at the runtime, the kernel, capabilities, time stamping of each interface, clock
devices, TUN/TAP, socket buffer limits, UDP offload, the clock source, the kernel's TAI
offset and other time daemons. Changes nothing. Exit code 1 where a line says fail.`,
  examples: [
    ["rptp doctor", "for people"],
    ["rptp doctor --json | jq -r 'select(.level != \"ok\").fix'", "only the fixes"],
    ["sudo rptp doctor", "with root's eyes"],
  ],
  flags: {},
  run: (kit) => {
    const checks = examine(realMachine());
    for (const check of checks) print(kit, check);
    const count = (level: Level) => checks.filter((c) => c.level === level).length;
    const sum = { ok: count("ok"), warn: count("warn"), fail: count("fail") };
    kit.json("summary", sum);
    if (!kit.isJson) kit.say(`${sum.ok} ok, ${sum.warn} warn, ${sum.fail} fail`);
    return sum.fail > 0 ? ExitCode.Failed : ExitCode.Ok;
  },
});

function print(kit: Kit, { name, level, detail, fix }: Check): void {
  if (kit.isJson) return kit.json("check", { name, level, detail, fix });
  const paint = level === "ok"
    ? kit.style.green
    : level === "warn"
    ? kit.style.yellow
    : kit.style.red;
  kit.say(`${paint(level.padEnd(4))}  ${name.padEnd(32)} ${detail}`);
  if (fix !== "") kit.say(`      ${kit.style.dim("fix:")} ${fix}`);
}
