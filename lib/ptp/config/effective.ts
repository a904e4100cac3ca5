/**
 * The value of each key as it holds in the end, and where it comes from.
 * @module
 */
import { KEYS } from "./keys.ts";
import { COMMAND_LINE, type ConfigFile, type PortSection, type Setting } from "./parse.ts";

/** Why a value holds. */
export type Origin = "port" | "global" | "command line" | "default";

/** A value and its origin. */
export interface Effective {
  readonly value: number | string;
  readonly origin: Origin;
  /** From 1; 0 where it does not come from the file. */
  readonly line: number;
}

/** A file's values, defaults filled in. */
export class EffectiveConfig {
  readonly file: ConfigFile;

  constructor(file: ConfigFile) {
    this.file = file;
  }

  /** The value of `key` for a port; without one, for the clock. */
  of(key: string, port?: PortSection): Effective {
    const own = port?.settings.get(key);
    if (own !== undefined) return { value: own.value, origin: "port", line: own.line };
    const global = this.file.global.get(key);
    if (global !== undefined) return fromGlobal(global);
    const known = KEYS.get(key);
    if (known === undefined) throw new Error(`unreachable: no key ${key}`);
    return { value: known.default, origin: "default", line: 0 };
  }

  number(key: string, port?: PortSection): number {
    return Number(this.of(key, port).value);
  }

  flag(key: string, port?: PortSection): boolean {
    return this.number(key, port) !== 0;
  }

  text(key: string, port?: PortSection): string {
    return String(this.of(key, port).value);
  }

  /** True where the file or the command line says it. */
  isGiven(key: string, port?: PortSection): boolean {
    return this.of(key, port).origin !== "default";
  }
}

function fromGlobal(setting: Setting): Effective {
  const origin = setting.line === COMMAND_LINE ? "command line" : "global";
  return { value: setting.value, origin, line: setting.line };
}
