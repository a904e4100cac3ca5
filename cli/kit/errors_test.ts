import { deepStrictEqual as assertEquals, match } from "node:assert/strict";
import { Failure, isOsError, report, UsageError } from "./errors.ts";
import { ExitCode } from "./exit.ts";

class FakeOsError extends Error {
  readonly call = "bind";
  readonly subject = "0.0.0.0:319";
  readonly errno: number;
  constructor(errno: number, why: string) {
    super(`bind 0.0.0.0:319: ${why}`);
    this.errno = errno;
  }
}

const RETRY = "sudo ./rptp gm --iface eth0";

Deno.test("report() of EACCES names the capability and the command, code 77", () => {
  const error = new FakeOsError(13, "EACCES (needs CAP_NET_BIND_SERVICE or root)");
  assertEquals(isOsError(error), true);
  assertEquals(report(error, RETRY), {
    code: ExitCode.NoPermission,
    message: "bind 0.0.0.0:319: EACCES (needs CAP_NET_BIND_SERVICE or root); type: " + RETRY,
  });
});

Deno.test("report() maps errno to 75, 69 and 74", () => {
  assertEquals(report(new FakeOsError(98, "EADDRINUSE"), RETRY).code, ExitCode.TryAgain);
  assertEquals(report(new FakeOsError(19, "ENODEV"), RETRY).code, ExitCode.Unavailable);
  assertEquals(report(new FakeOsError(5, "EIO"), RETRY).code, ExitCode.InputOutput);
});

Deno.test("report() maps Deno's file errors", () => {
  const missing = new Deno.errors.NotFound(
    "No such file or directory (os error 2): open '/x'",
  );
  assertEquals(report(missing, RETRY), {
    code: ExitCode.InputOutput,
    message: "open '/x': no such file or directory",
  });
  const refused = new Deno.errors.PermissionDenied("Permission denied (os error 13): open '/x'");
  assertEquals(report(refused, RETRY).code, ExitCode.NoPermission);
  const full = new Error("No space left on device (os error 28)");
  assertEquals(report(full, RETRY).code, ExitCode.InputOutput);
});

Deno.test("report() of anything else is a bug: one line, code 70", () => {
  const { code, message } = report(new TypeError("x is not a function\n  at y"), RETRY);
  assertEquals(code, ExitCode.Bug);
  match(message, /^internal error: TypeError: x is not a function; .*--debug/);
  assertEquals(message.includes("\n"), false);
});

Deno.test("Failure and UsageError keep their code and their line", () => {
  assertEquals(report(new UsageError("--x", "why", "fix"), RETRY), {
    code: ExitCode.Usage,
    message: "--x: why; fix",
  });
  assertEquals(report(new Failure(ExitCode.Failed, "lost 3 packets"), RETRY), {
    code: ExitCode.Failed,
    message: "lost 3 packets",
  });
});
