/**
 * The completion script for zsh: to be sourced, or saved as `_rptp` in a folder of `fpath`.
 * @module
 */
import { Completes, type Entry, type FlagEntry } from "./model.ts";

/** The script. */
export function zshScript(all: readonly Entry[]): string {
  const nodes = all.filter((e) => e.path !== "").map((e) => quote(e.path)).join("|");
  return `#compdef rptp
# zsh completion for rptp, made by \`rptp completion zsh\`
_rptp_interfaces() {
  local -a found
  found=(/sys/class/net/*(N:t))
  compadd -a found
}
_rptp() {
  local here='' word i prev=\${words[CURRENT-1]}
  local -a flags children
  for (( i = 2; i < CURRENT; i++ )); do
    word="\${here:+$here }\${words[i]}"
    case $word in
      ${nodes}) here=$word ;;
      *) break ;;
    esac
  done
  if [[ $PREFIX == --*=* ]]; then
    prev=\${PREFIX%%=*}
    compset -P '*='
  fi
  case "$here:$prev" in
${all.flatMap((e) => e.flags.filter(hasAction).map((f) => valueCase(e, f))).join("\n")}
    *) ;;
  esac
  case $here in
${all.map(nodeCase).join("\n")}
  esac
  if [[ $PREFIX == -* ]]; then
    _describe -o 'flag' flags
  elif (( $#children )); then
    _describe 'command' children
  else
    case $here in
${
    all.filter((e) => e.argument !== Completes.Nothing).map((e) =>
      `      ${quote(e.path)}) ${action(e.argument, e.argumentWords)} ;;`
    ).join("\n")
  }
      *) _describe -o 'flag' flags ;;
    esac
  fi
}
if [[ $funcstack[1] == _rptp ]]; then _rptp "$@"; else compdef _rptp rptp ./rptp; fi
`;
}

function hasAction(flag: FlagEntry): boolean {
  return flag.takesValue || flag.completes !== Completes.Nothing;
}

function nodeCase(e: Entry): string {
  const children = e.children.map(([name, brief]) => quote(`${name}:${brief}`)).join(" ");
  const flags = e.flags.map((f) => quote(`${f.long}:${f.brief}`)).join(" ");
  return `    ${quote(e.path)}) children=(${children}); flags=(${flags}) ;;`;
}

function valueCase(entry: Entry, flag: FlagEntry): string {
  const names = flag.short === undefined ? [flag.long] : [flag.long, flag.short];
  const patterns = names.map((name) => quote(`${entry.path}:${name}`)).join("|");
  // A flag whose value is optional takes it behind = only: the next word is something else.
  const guard = flag.takesValue ? "" : `[[ $IPREFIX == *= ]] && `;
  const body = action(flag.completes, flag.words);
  return flag.takesValue
    ? `    ${patterns}) ${body}; return ;;`
    : `    ${patterns}) ${guard}{ ${body}; return } ;;`;
}

function action(completes: Completes, words: readonly string[]): string {
  switch (completes) {
    case Completes.Interfaces:
      return "_rptp_interfaces";
    case Completes.Files:
      return "_files";
    case Completes.Folders:
      return "_files -/";
    case Completes.Words:
      return `compadd ${words.map(quote).join(" ")}`;
    case Completes.Nothing:
      return "_message 'value'";
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
