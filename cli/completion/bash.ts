/**
 * The completion script for bash.
 * @module
 */
import { Completes, type Entry, type FlagEntry } from "./model.ts";

/** The script; `complete -F` at its end binds it. */
export function bashScript(all: readonly Entry[]): string {
  const nodes = all.filter((e) => e.path !== "").map((e) => quote(e.path)).join("|");
  const values = all.flatMap((e) =>
    e.flags.filter((f) => f.completes !== Completes.Nothing).map((f) => valueCase(e, f))
  );
  const taking = all.flatMap((e) => e.flags.filter((f) => f.takesValue).map((f) => patterns(e, f)));
  const words = all.map((e) => `    ${quote(e.path)}) words=${quote(wordsOf(e))} ;;`);
  const first = all.filter((e) => e.argument !== Completes.Nothing).map((e) =>
    `    ${quote(e.path)}) ${action(e.argument, e.argumentWords)} ;;`
  );
  return `# bash completion for rptp, made by \`rptp completion bash\`
_rptp_interfaces() {
  local d
  for d in /sys/class/net/*/; do d=\${d%/}; printf '%s\\n' "\${d##*/}"; done
}
_rptp_files() { compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$1"); }
_rptp_folders() { compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$1"); }
_rptp_from() { mapfile -t -O "\${#COMPREPLY[@]}" COMPREPLY < <(compgen -W "$1" -- "$2"); }
_rptp() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev='' path='' word i words=''
  (( COMP_CWORD > 0 )) && prev=\${COMP_WORDS[COMP_CWORD-1]}
  if [[ $cur == '=' ]]; then cur=''
  elif [[ $prev == '=' ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  COMPREPLY=()
  for (( i = 1; i < COMP_CWORD; i++ )); do
    word=\${path:+$path }\${COMP_WORDS[i]}
    case $word in
      ${nodes}) path=$word ;;
      *) break ;;
    esac
  done
  case "$path:$prev" in
${values.join("\n")}
    ${taking.length === 0 ? "'no flag takes a value'" : taking.join("|")}) return ;;
  esac
  case $path in
${words.join("\n")}
  esac
  if [[ $cur != -* ]]; then
    case $path in
${first.join("\n")}
      *) ;;
    esac
  fi
  _rptp_from "$words" "$cur"
}
complete -F _rptp rptp ./rptp
`;
}

function wordsOf(entry: Entry): string {
  const flags = entry.flags.map((f) => f.long);
  return [...entry.children.map(([name]) => name), ...flags].join(" ");
}

function patterns(entry: Entry, flag: FlagEntry): string {
  const one = (name: string) => quote(`${entry.path}:${name}`);
  return flag.short === undefined ? one(flag.long) : `${one(flag.long)}|${one(flag.short)}`;
}

function valueCase(entry: Entry, flag: FlagEntry): string {
  const taken = flag.takesValue ? patterns(entry, flag) : undefined;
  return taken === undefined
    ? `    '${entry.path}:${flag.long}'*=) ${action(flag.completes, flag.words)}; return ;;`
    : `    ${taken}) ${action(flag.completes, flag.words)}; return ;;`;
}

function action(completes: Completes, words: readonly string[]): string {
  switch (completes) {
    case Completes.Interfaces:
      return `_rptp_from "$(_rptp_interfaces)" "$cur"`;
    case Completes.Files:
      return `_rptp_files "$cur"`;
    case Completes.Folders:
      return `_rptp_folders "$cur"`;
    case Completes.Words:
      return `_rptp_from ${quote(words.join(" "))} "$cur"`;
    case Completes.Nothing:
      return ":";
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
