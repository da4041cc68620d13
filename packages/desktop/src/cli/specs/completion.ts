/** `latchkey completion`: prints a script for a shell. */
import { defineSpec } from "../command.ts";

export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;

export const completionSpec = defineSpec({
  name: "completion",
  summary: "print a script that completes commands and options in a shell",
  details: "The script knows this version's commands: make it again after an update. It reads no vault.",
  positionals: [{ name: "shell", summary: "the shell to make it for", choices: SHELLS }],
  options: {},
  examples: [
    "latchkey completion bash > ~/.local/share/bash-completion/completions/latchkey",
    'latchkey completion zsh > "${fpath[1]}/_latchkey"',
    "latchkey completion fish > ~/.config/fish/completions/latchkey.fish",
    "latchkey completion powershell | Out-String | Invoke-Expression",
  ],
});
