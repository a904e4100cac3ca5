import { ok, throws } from "node:assert/strict";
import { report } from "./errors.ts";
import { openFile } from "./files.ts";

Deno.test("openFile() names the path in every error, once", () => {
  for (const path of ["/nonexistent/x", "/dev", "/etc/passwd/x"]) {
    throws(() => openFile(path, { write: true, create: true }), (error) => {
      const { message } = report(error, "sudo ./rptp x");
      ok(message.split(path).length === 2, message);
      return true;
    });
  }
});
