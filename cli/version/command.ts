/**
 * `rptp version`.
 * @module
 */
import { defineCommand } from "../kit/command.ts";
import { versionReport, versionText } from "./version.ts";

/** The command. */
export const command = defineCommand<Record<never, never>, []>({
  brief: "Version of rptp and of what it runs on",
  description: "`rptp --version` prints the same, faster.",
  examples: [["rptp version --json", "for programs"]],
  flags: {},
  run: (kit) => {
    const { event, ...fields } = versionReport();
    if (kit.isJson) kit.json(event, fields);
    else kit.say(versionText({ event, ...fields }));
  },
});
