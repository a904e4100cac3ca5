/**
 * The entry point of `rptp`: the command line in the main isolate, a role in a Worker.
 *
 * One file is enough for both: `new Worker(Deno.mainModule, { type: "module", name: role })`.
 * @module
 */
import { answerVersion } from "./cli/version/version.ts";

declare const WorkerGlobalScope: unknown;

if (typeof WorkerGlobalScope !== "undefined") {
  const { enterRole } = await import("./cli/kit/roles.ts");
  await enterRole(self.name);
} else if (!answerVersion(Deno.args)) {
  const [{ main }, { root }] = await Promise.all([
    import("./cli/kit/run.ts"),
    import("./cli/root.ts"),
  ]);
  await main(root, Deno.args);
}
