/**
 * From the words after a command's name to an {@linkcode Invocation}: normalized, then parsed by
 * stricli; what does not fit is a {@linkcode UsageError}.
 * @module
 */
import {
  type ApplicationText,
  ArgumentParseError,
  buildApplication,
  EnumValidationError,
  run,
  text_en,
  UnexpectedPositionalError,
  UnsatisfiedFlagError,
  UnsatisfiedPositionalError,
} from "@stricli/core";
import { normalize } from "./argv.ts";
import type { CliCommand, Context, Invocation } from "./command.ts";
import { UsageError } from "./errors.ts";
import { nearest } from "../../lib/base/nearest.ts";

/** Parses `argv`, which must not ask for help. */
export async function parseCommand(
  command: CliCommand,
  argv: readonly string[],
): Promise<Invocation> {
  let invocation: Invocation | undefined;
  const problems: unknown[] = [];
  const text: ApplicationText = {
    ...text_en,
    exceptionWhileParsingArguments: (problem) => {
      problems.push(problem);
      return "";
    },
  };
  const app = buildApplication<Context>(command.parser((given) => invocation = given), {
    name: "rptp",
    scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
    localization: { text },
    documentation: { disableAnsiColor: true },
  });
  const silent = { write: () => {} };
  // The kit is made from the parsed flags, so parsers must not need it.
  const context = { process: { stdout: silent, stderr: silent } } as unknown as Context;
  await run(app, normalize(command.rewrite(argv), command.shape), context);
  if (invocation !== undefined) return invocation;
  throw usageError(problems[0], command);
}

function usageError(problem: unknown, command: CliCommand): UsageError {
  if (problem instanceof UsageError) return problem;
  if (problem instanceof ArgumentParseError) {
    const name = spelled(problem.externalFlagNameOrPlaceholder, command);
    const why = problem.exception instanceof Error
      ? problem.exception.message
      : String(problem.exception);
    return new UsageError(`${name} "${problem.input}"`, why);
  }
  if (problem instanceof EnumValidationError) {
    const right = nearest(problem.input, problem.values);
    return new UsageError(
      `--${problem.externalFlagName} "${problem.input}"`,
      `expected one of ${problem.values.join(", ")}`,
      right === undefined ? "" : `did you mean ${right}?`,
    );
  }
  if (problem instanceof UnsatisfiedFlagError) {
    const flag = command.flags.find((f) => f.name === problem.externalFlagName);
    return new UsageError(
      `--${problem.externalFlagName} is missing`,
      flag === undefined ? "" : `${flag.brief} (--${flag.name} ${flag.placeholder})`,
    );
  }
  if (problem instanceof UnsatisfiedPositionalError) {
    const argument = command.arguments.find((a) => a.placeholder === problem.placeholder);
    return new UsageError(`${problem.placeholder} is missing`, argument?.brief ?? "");
  }
  if (problem instanceof UnexpectedPositionalError) {
    return new UsageError(
      `unexpected word "${problem.input}"`,
      problem.expectedCount === 0
        ? "the command takes no arguments"
        : `the command takes ${problem.expectedCount}`,
    );
  }
  return new UsageError(problem instanceof Error ? problem.message : "the command line is wrong");
}

/** A flag with its dashes, an argument by its placeholder. */
function spelled(name: string, command: CliCommand): string {
  return command.flags.some((f) => f.name === name) ? `--${name}` : name;
}
