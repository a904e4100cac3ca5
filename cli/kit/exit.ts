/**
 * Exit codes of every command: 0, 1, 2, then those of BSD's sysexits.h.
 * @module
 */
export const ExitCode = {
  /** The command did what it was asked, and what it checked holds. */
  Ok: 0,
  /** What was checked does not hold: not synchronised, packets lost. */
  Failed: 1,
  /** The command line is wrong. */
  Usage: 2,
  /** Something the command needs is not on this machine: an interface, a device, a runtime. */
  Unavailable: 69,
  /** A bug in rptp. */
  Bug: 70,
  /** Reading or writing failed, or a file's content is not what it should be. */
  InputOutput: 74,
  /** It may work later: an address in use, a resource used up. */
  TryAgain: 75,
  /** The operating system refused: a capability or a file permission is missing. */
  NoPermission: 77,
  /** A configuration is wrong. */
  Configuration: 78,
} as const;
export type ExitCode = typeof ExitCode[keyof typeof ExitCode];
