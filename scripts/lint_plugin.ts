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
    TSImportType(node) {
      const { argument } = node;
      if (argument.type === "TSLiteralType" && argument.literal.type === "Literal") {
        checkImport(context, argument.literal as Deno.lint.StringLiteral);
      }
    },
    ExportAllDeclaration(node) {
      context.report({ node, message: "no barrel files: import the file that holds the thing" });
    },
  }),
};

/** The name of a member, written with a dot or as a literal in brackets. */
function memberName(node: Deno.lint.MemberExpression): string | undefined {
  if (!node.computed) return nameOf(node.property);
  const { property } = node;
  return property.type === "Literal" && typeof property.value === "string"
    ? property.value
    : undefined;
}

/** True where the identifier `node` only names a member, a key or a type, and refers to no value. */
function isOnlyName(node: Deno.lint.Identifier): boolean {
  const parent = node.parent;
  switch (parent.type) {
    case "MemberExpression":
      return parent.property === node && !parent.computed;
    case "Property":
    case "MethodDefinition":
    case "PropertyDefinition":
    case "TSPropertySignature":
    case "TSMethodSignature":
      return parent.key === node && !parent.computed;
    case "TSTypeReference":
    case "TSQualifiedName":
      return true;
    default:
      return false;
  }
}

/** Members of `Date` and `Math` that the core may use: all but those that look around. */
const IMPURE: ReadonlyMap<string, string> = new Map([["Date", "now"], ["Math", "random"]]);

/** Why the core may not use `Date` or `Math` in this way, or `undefined`. */
function impurity(node: Deno.lint.Identifier): string | undefined {
  const impure = IMPURE.get(node.name);
  if (impure === undefined || isOnlyName(node)) return undefined;
  const what = node.name === "Math" ? "random numbers" : "time";
  const parent = node.parent;
  if (parent.type === "MemberExpression") {
    const member = memberName(parent);
    return member === undefined || member === impure ? what : undefined;
  }
  return parent.type === "NewExpression" && parent.arguments.length > 0 ? undefined : what;
}

const pureLib: Deno.lint.Rule = {
  create(context) {
    if (!isCore(context)) return {};
    const report = (node: Deno.lint.Node, what: string) =>
      context.report({ node, message: `lib/ is handed its ${what}; it does not take it` });
    const synchronous = (node: Deno.lint.Node & { async: boolean }) => {
      if (node.async) context.report({ node, message: "lib/ is synchronous" });
    };
    return {
      Identifier(node) {
        const what = impurity(node);
        if (what !== undefined) report(node, what);
      },
      MemberExpression(node) {
        if (nameOf(node.object) === "performance") report(node, "time");
      },
      FunctionDeclaration: synchronous,
      FunctionExpression: synchronous,
      ArrowFunctionExpression: synchronous,
    };
  },
};

const sortComparator: Deno.lint.Rule = {
  create: (context) => ({
    CallExpression(node) {
      if (node.callee.type !== "MemberExpression") return;
      const [first] = node.arguments;
      if (first !== undefined && nameOf(first) !== "undefined") return;
      const method = memberName(node.callee);
      if (method === "sort" || method === "toSorted") {
        context.report({ node, message: `${method}() compares as strings: give it a comparator` });
      }
    },
  }),
};

/** Where the foreign function interface is used, and where addresses are taken. */
const foreignFunctions: Deno.lint.Rule = {
  create(context) {
    const path = pathOf(context);
    const isFfi = path.startsWith("ffi/");
    const open = (node: Deno.lint.Node) => {
      if (!isFfi) context.report({ node, message: "only ffi/ opens libraries" });
    };
    return {
      MemberExpression(node) {
        const name = memberName(node);
        if (name === "dlopen") open(node);
        const { object } = node;
        if (object.type !== "MemberExpression" || memberName(object) !== "UnsafePointer") return;
        if (path !== "ffi/arena.ts" && (name === "of" || name === undefined)) {
          context.report({ node, message: "only ffi/arena.ts takes addresses" });
        }
      },
      // A name taken out of Deno, as in `const { dlopen } = Deno`, could not be followed.
      Property(node) {
        const name = nameOf(node.key);
        if (node.parent.type !== "ObjectPattern") return;
        if (name === "dlopen") open(node);
        if (name === "UnsafePointer" || name === "of") {
          context.report({ node, message: "write Deno.UnsafePointer out, where it is used" });
        }
      },
      VariableDeclarator(node) {
        const { init } = node;
        if (init?.type === "MemberExpression" && memberName(init) === "UnsafePointer") {
          context.report({ node, message: "write Deno.UnsafePointer out, where it is used" });
        }
      },
    };
  },
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
    "foreign-functions": foreignFunctions,
    "quiet-hot-path": quietHotPath,
  },
};
export default plugin;
