/**
 * The application kit with one command, which ignores the first signal: `stuck.ts wait`.
 * @module
 */
import { defineCommand } from "../../cli/kit/command.ts";
import { main } from "../../cli/kit/run.ts";

const command = defineCommand<Record<never, never>, []>({
  brief: "Wait for ever",
  examples: [["rptp wait", "never ends"]],
  flags: {},
  hasDuration: true,
  run: async (kit) => {
    kit.note("waiting");
    await kit.stopped();
    kit.note(`stopped by ${kit.stopReason}`);
    setInterval(() => kit.note("still here"), 1000);
    await new Promise(() => {});
  },
});

const bug = defineCommand<Record<never, never>, []>({
  brief: "Fail beside the command",
  examples: [["rptp bug", "fails"]],
  flags: {},
  run: async (kit) => {
    setTimeout(() => {
      throw new RangeError("in a timer");
    }, 0);
    await kit.stopped();
  },
});

await main({
  kind: "group",
  name: "rptp",
  brief: "a test",
  nodes: [
    { kind: "leaf", name: "wait", brief: "waits", load: () => Promise.resolve({ command }) },
    { kind: "leaf", name: "bug", brief: "fails", load: () => Promise.resolve({ command: bug }) },
  ],
}, Deno.args);
