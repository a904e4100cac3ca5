/**
 * The completion script for fish.
 * @module
 */
import { Completes, type Entry, type FlagEntry } from "./model.ts";

/** The script. */
export function fishScript(all: readonly Entry[]): string {
  const nodes = all.filter((e) => e.path !== "").map((e) => quote(e.path)).join(" ");
  return `# fish completion for rptp, made by \`rptp completion fish\`
function __rptp_interfaces
  for d in /sys/class/net/*/
    string replace -r '^.*/([^/]+)/$' '$1' -- $d
  end
end
function __rptp_at
  set -l here ''
  set -l words (commandline -opc)
  for word in $words[2..-1]
    set -l next (string trim -- "$here $word")
    if contains -- $next ${nodes}
      set here $next
    else
      break
    end
  end
  test "$here" = "$argv[1]"
end
complete -c rptp -f
${all.flatMap(lines).join("\n")}
`;
}

function lines(entry: Entry): string[] {
  const at = `complete -c rptp -n ${quote(`__rptp_at ${quote(entry.path)}`)}`;
  const out = entry.children.map(([name, brief]) => `${at} -a ${name} -d ${quote(brief)}`);
  for (const flag of entry.flags) out.push(at + flagOptions(flag));
  const words = action(entry.argument, entry.argumentWords);
  if (words !== "") out.push(`${at} ${words}`);
  return out;
}

function flagOptions(flag: FlagEntry): string {
  const short = flag.short === undefined ? "" : ` -s ${flag.short.slice(1)}`;
  const value = flag.takesValue
    ? ` ${flag.completes === Completes.Files ? "-r" : "-x"} ${action(flag.completes, flag.words)}`
      .trimEnd()
    : "";
  return ` -l ${flag.long.slice(2)}${short}${value} -d ${quote(flag.brief)}`;
}

function action(completes: Completes, words: readonly string[]): string {
  switch (completes) {
    case Completes.Interfaces:
      return "-a '(__rptp_interfaces)'";
    case Completes.Files:
      return "-F";
    case Completes.Folders:
      return "-a '(__fish_complete_directories)'";
    case Completes.Words:
      return `-a ${quote(words.join(" "))}`;
    case Completes.Nothing:
      return "";
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
