/**
 * The house's own lint rules; deno.json loads them.
 *
 * They catch what the pure check of lib/ (scripts/pure.json) cannot see: it has no Deno and no
 * timers, but `node:` imports would bring them back, and `Date` and `Math.random` are the language's.
 * @module
 */
import { importFault } from "./import_table.ts";

const ROOT = new URL("../", import.meta.url).pathname;

/** Methods that every packet passes through (the verbs of `Protocol`). */
const HOT = new Set(["receive", "expire", "transmit"]);

function pathOf(context: Deno.lint.RuleContext): string {
  const file = decodeURI(context.filename);
  return file.startsWith(decodeURI(ROOT)) ? file.slice(decodeURI(ROOT).length) : file;
}

function isCore(context: Deno.lint.RuleContext): boolean {
  const path = pathOf(context);
  return path.startsWith("lib/") && !path.endsWith("_test.ts");
}

function nameOf(node: Deno.lint.Node): string | undefined {
  return node.type === "Identifier" ? node.name : undefined;
}

/** The path from the repository's root that `specifier` names in the file `from`. */
function resolve(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}

function checkImport(context: Deno.lint.RuleContext, source: Deno.lint.StringLiteral): void {
  const from = pathOf(context);
  const to = resolve(from, source.value);
  if (to === undefined) {
    if (isCore(context)) {
      context.report({ node: source, message: `lib/ imports no package: ${source.value}` });
    }
    return;
  }
  const fault = importFault(from, to);
  if (fault !== undefined) context.report({ node: source, message: `${fault}: not ${to}` });
}

const importTable: Deno.lint.Rule = {
  create: (context) => ({
    ImportDeclaration: (node) => checkImport(context, node.source),
    ExportNamedDeclaration(node) {
      if (node.source !== null) checkImport(context, node.source);
    },
    ImportExpression(node) {
      const source = node.source;
      if (source.type === "Literal" && typeof source.value === "string") {
        checkImport(context, source as Deno.lint.StringLiteral);
      } else if (!pathOf(context).startsWith("tests/") && !pathOf(context).startsWith("scripts/")) {
        context.report({ node, message: "import() takes a literal, so that a bundle holds it" });
      }
    },
    ExportAllDeclaration(node) {
      context.report({ node, message: "no barrel files: import the file that holds the thing" });
    },
  }),
};

const IMPURE: Readonly<Record<string, readonly string[]>> = {
  Date: ["now"],
  Math: ["random"],
};

const pureLib: Deno.lint.Rule = {
  create(context) {
    if (!isCore(context)) return {};
    const report = (node: Deno.lint.Node, what: string) =>
      context.report({ node, message: `lib/ is handed its ${what}; it does not take it` });
    return {
      MemberExpression(node) {
        const object = nameOf(node.object);
        const property = nameOf(node.property);
        if (object === "performance") report(node, "time");
        if (object === undefined || property === undefined || node.computed) return;
        if (IMPURE[object]?.includes(property)) {
          report(node, object === "Math" ? "random numbers" : "time");
        }
      },
      NewExpression(node) {
        if (nameOf(node.callee) === "Date" && node.arguments.length === 0) report(node, "time");
      },
      CallExpression(node) {
        if (nameOf(node.callee) === "Date") report(node, "time");
      },
    };
  },
};

const sortComparator: Deno.lint.Rule = {
  create: (context) => ({
    CallExpression(node) {
      if (node.callee.type !== "MemberExpression" || node.arguments.length > 0) return;
      const method = nameOf(node.callee.property);
      if (method === "sort" || method === "toSorted") {
        context.report({ node, message: `${method}() compares as strings: give it a comparator` });
      }
    },
  }),
};

const quietHotPath: Deno.lint.Rule = {
  create(context) {
    if (!isCore(context)) return {};
    // One entry per function around the node being visited: is it a hot method?
    const around: boolean[] = [];
    const enter = () => {
      around.push(false);
    };
    const leave = () => {
      around.pop();
    };
    const report = (node: Deno.lint.Node, word: string) => {
      if (around.at(-1) === true) {
        context.report({ node, message: `no ${word} in receive, expire and transmit` });
      }
    };
    return {
      FunctionExpression(node) {
        const parent = node.parent;
        const isHot = parent.type === "MethodDefinition" && HOT.has(nameOf(parent.key) ?? "");
        around.push(isHot);
        if (isHot && node.async) {
          context.report({ node, message: "receive, expire and transmit are synchronous" });
        }
      },
      "FunctionExpression:exit": leave,
      FunctionDeclaration: enter,
      "FunctionDeclaration:exit": leave,
      ArrowFunctionExpression: enter,
      "ArrowFunctionExpression:exit": leave,
      ThrowStatement: (node) => report(node, "throw"),
      AwaitExpression: (node) => report(node, "await"),
    };
  },
};

/** Loaded by `lint.plugins` of deno.json. */
const plugin: Deno.lint.Plugin = {
  name: "rptp",
  rules: {
    "import-table": importTable,
    "pure-lib": pureLib,
    "sort-comparator": sortComparator,
    "quiet-hot-path": quietHotPath,
  },
};
export default plugin;
