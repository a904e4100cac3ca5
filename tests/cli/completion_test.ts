import { deepStrictEqual as assertEquals, match, ok } from "node:assert/strict";
import { root } from "../../cli/root.ts";
import { testNeeding } from "../kit/need.ts";
import { rptp, sh } from "./kit.ts";

/** The commands below `rptp ptp`, in the tree's order. */
const PTP = root.nodes.flatMap((node) =>
  node.kind === "group" && node.name === "ptp"
    ? node.nodes.filter((n) => n.kind === "group" || n.isHidden !== true).map((n) => n.name)
    : []
);

/** What bash offers for a line whose last word is being typed. */
async function bash(...words: string[]): Promise<string[]> {
  const list = words.map((w) => `'${w}'`).join(" ");
  const { stdout, stderr, code } = await sh(
    `source <("$rptp" completion bash); COMP_WORDS=(${list}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
     _rptp; printf '%s\\n' "\${COMPREPLY[@]}"`,
  );
  assertEquals([code, stderr], [0, ""]);
  return stdout.split("\n").filter((w) => w !== "");
}

testNeeding("rptp completion bash: commands, flags, values", { commands: ["bash"] }, async () => {
  assertEquals(await bash("rptp", "comp"), ["completion"]);
  ok(PTP.includes("gm") && PTP.includes("slave"));
  assertEquals(await bash("rptp", "ptp", ""), [...PTP, "--help"]);
  assertEquals(await bash("rptp", "doctor", "--js"), ["--json"]);
  assertEquals(await bash("rptp", "completion", ""), [
    "bash",
    "zsh",
    "fish",
    "--json",
    "--debug",
    "--help",
  ]);
  assertEquals(await bash("rptp", "tcpdump", "--io", ""), ["auto", "ffi", "deno"]);
  assertEquals(await bash("rptp", "tcpdump", "--io", "=", "f"), ["ffi"]);
});

testNeeding("rptp completion bash: interfaces of this machine, files", {
  commands: ["bash"],
}, async () => {
  ok((await bash("rptp", "tcpdump", "-i", "")).includes("lo"));
  assertEquals(await bash("rptp", "tap", "tcpdump", "--iface", "lo"), ["lo"]);
  ok((await bash("rptp", "tcpdump", "l")).includes("lo"));
  assertEquals(
    await bash("rptp", "tcpdump", "-r", "/etc/host"),
    (await sh("compgen -f /etc/host"))
      .stdout.trimEnd().split("\n"),
  );
  assertEquals(await bash("rptp", "tcpdump", "-c", ""), []);
});

/** What fish offers for a line. */
async function fish(line: string): Promise<string[]> {
  const { stdout, stderr, code } = await sh(
    `dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; "$rptp" completion fish >"$dir/rptp.fish"
     HOME=$dir XDG_CONFIG_HOME=$dir fish --no-config -c \\
       'source $argv[1]/rptp.fish; complete -C $argv[2]' "$dir" ${JSON.stringify(line)}`,
  );
  assertEquals([code, stderr], [0, ""]);
  return stdout.split("\n").filter((w) => w !== "").map((w) => w.split("\t")[0]!);
}

testNeeding("rptp completion fish: commands, flags, values, interfaces", {
  commands: ["fish"],
}, async () => {
  assertEquals(await fish("rptp comp"), ["completion"]);
  assertEquals(sorted(await fish("rptp ptp ")), sorted(PTP));
  assertEquals(await fish("rptp doctor --js"), ["--json"]);
  assertEquals(sorted(await fish("rptp tcpdump --io ")), ["auto", "deno", "ffi"]);
  ok((await fish("rptp tcpdump -i ")).includes("lo"));
  ok((await fish("rptp tap tcpdump --iface l")).includes("lo"));
});

function sorted(words: readonly string[]): string[] {
  return [...words].sort((a, b) => a < b ? -1 : 1);
}

/** What stands on zsh's line after TAB. */
async function zsh(line: string): Promise<string> {
  const script = `
    zmodload zsh/zpty
    dir=$1; "$rptp" completion zsh >$dir/_rptp
    TERM=dumb zpty z "cd $dir && ZDOTDIR=$dir zsh -f -i"
    send() { zpty -w -n z "$1" }
    until_seen() {
      local all= chunk; integer k
      for (( k = 0; k < 100; k++ )); do
        while zpty -r -t z chunk; do all+=$chunk; done
        [[ $all == *$1* ]] && { print -r -- "$all"; return 0 }
        sleep 0.05
      done
      print -r -- "$all"; return 1
    }
    send $'PS1=; PS2=; fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -D; rptp() { print -r "go""t<$*>"; }; print re\\'\\'ady\\n'
    until_seen $'\\nready' >/dev/null || exit 1
    send $2$'\\t\\n'
    until_seen 'got<'
    zpty -d z`;
  const output = await new Deno.Command("bash", {
    args: [
      "-c",
      'dir=$(mktemp -d); trap \'rm -rf "$dir"\' EXIT; zsh -f -c "$1" zsh "$dir" "$2"',
      "bash",
      script,
      line,
    ],
    env: { rptp: new URL("../../rptp", import.meta.url).pathname },
    stdin: "null",
    signal: AbortSignal.timeout(30_000),
  }).output();
  return new TextDecoder().decode(output.stdout) + new TextDecoder().decode(output.stderr);
}

testNeeding("rptp completion zsh: commands, flags, values, interfaces", {
  commands: ["zsh"],
}, async () => {
  match(await zsh("rptp comp"), /got<completion>/);
  match(await zsh("rptp ptp sl"), /got<ptp slave>/);
  match(await zsh("rptp doctor --js"), /got<doctor --json>/);
  match(await zsh("rptp tcpdump --io f"), /got<tcpdump --io ffi>/);
  match(await zsh("rptp tcpdump --io=f"), /got<tcpdump --io=ffi>/);
  match(await zsh("rptp tcpdump -i l"), /got<tcpdump -i lo>/);
});

Deno.test("rptp completion --json: the script in one object", async () => {
  const { stdout } = await rptp(["completion", "fish", "--json"]);
  const object = JSON.parse(stdout);
  assertEquals([object.event, object.shell], ["completion", "fish"]);
  match(object.script, /complete -c rptp -f/);
});
