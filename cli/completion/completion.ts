/**
 * `rptp completion bash|zsh|fish`.
 * @module
 */
import { defineCommand } from "../kit/command.ts";
import { root } from "../root.ts";
import { bashScript } from "./bash.ts";
import { fishScript } from "./fish.ts";
import { entries } from "./model.ts";
import { zshScript } from "./zsh.ts";

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

type Shell = keyof typeof SCRIPTS;

/** The command. */
export const command = defineCommand<Record<never, never>, [Shell]>({
  brief: "Print a completion script for bash, zsh or fish",
  description: `The script knows every command and flag of this version, and asks the kernel for the
names of the interfaces when it runs. It never starts rptp.`,
  examples: [
    ["rptp completion bash > ~/.local/share/bash-completion/completions/rptp", "for good"],
    ["rptp completion zsh > ~/.zfunc/_rptp", "with ~/.zfunc in fpath"],
    ["rptp completion fish > ~/.config/fish/completions/rptp.fish", "for good"],
  ],
  flags: {},
  positional: {
    kind: "tuple",
    parameters: [{ parse: shell, brief: "Which shell", placeholder: "bash|zsh|fish" }],
  },
  run: async (kit, _flags, name) => {
    const script = SCRIPTS[name](await entries(root));
    if (kit.isJson) kit.json("completion", { shell: name, script });
    else kit.out.text(script);
  },
});

function shell(text: string): Shell {
  if (!Object.hasOwn(SCRIPTS, text)) throw new Error("expected bash, zsh or fish");
  return text as Shell;
}
