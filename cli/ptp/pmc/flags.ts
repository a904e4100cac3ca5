/**
 * The management flags of the commands that run a clock.
 * @module
 */
import type { FlagParametersForType } from "@stricli/core";
import type { Context } from "../../kit/command.ts";
import { text } from "../../kit/parse.ts";

/** Where management is served; nowhere unless asked for. */
export interface ManagementFlags {
  readonly uds?: string;
  readonly udsRo?: string;
  readonly management: "off" | "read-only";
}

/** How they are parsed and explained. */
export const MANAGEMENT_FLAGS: FlagParametersForType<ManagementFlags, Context> = {
  uds: {
    kind: "parsed",
    parse: text,
    brief: "Serve PTP management (pmc, phc2sys) at this UNIX socket, mode 0660",
    placeholder: "PATH",
    optional: true,
  },
  udsRo: {
    kind: "parsed",
    parse: text,
    brief: "Serve it read-only at this UNIX socket, mode 0666",
    placeholder: "PATH",
    optional: true,
  },
  management: {
    kind: "enum",
    values: ["off", "read-only"],
    brief: "PTP management from the network: not at all, or GET alone",
    default: "off",
  },
};
