/**
 * Colour on a terminal, and only there: NO_COLOR, FORCE_COLOR and TERM=dumb are honoured.
 * @module
 */

/** Reads one environment variable; `undefined` also where the permission for it was not given. */
export type Environment = (name: string) => string | undefined;

/** The real environment. */
export function environment(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch {
    return undefined; // not granted: the same as not set
  }
}

/** Whether a stream gets colour: FORCE_COLOR (not 0) wins, then NO_COLOR, then what it is. */
export function wantsColour(isTerminal: boolean, env: Environment): boolean {
  const force = env("FORCE_COLOR");
  if (force !== undefined && force !== "") return force !== "0" && force !== "false";
  const no = env("NO_COLOR");
  if (no !== undefined && no !== "") return false;
  return isTerminal && env("TERM") !== "dumb";
}

/** Wraps text in an SGR sequence, or leaves it as it is. */
export interface Style {
  readonly isOn: boolean;
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

/** The style for a stream that has colour or has not. */
export function style(isOn: boolean): Style {
  const sgr = (on: number, off: number) => (text: string) =>
    isOn ? `\x1b[${on}m${text}\x1b[${off}m` : text;
  return {
    isOn,
    bold: sgr(1, 22),
    dim: sgr(2, 22),
    red: sgr(31, 39),
    green: sgr(32, 39),
    yellow: sgr(33, 39),
    cyan: sgr(36, 39),
  };
}
