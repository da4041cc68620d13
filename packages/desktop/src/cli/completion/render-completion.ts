/** The completion script for a shell, made from the command table. */
import type { Command } from "../command.ts";
import type { SHELLS } from "../specs/completion.ts";
import { renderBash } from "./bash.ts";
import { renderFish } from "./fish.ts";
import { derivePlaces } from "./model.ts";
import { renderPowershell } from "./powershell.ts";
import { renderZsh } from "./zsh.ts";

const RENDERERS = { bash: renderBash, zsh: renderZsh, fish: renderFish, powershell: renderPowershell };

export function renderCompletion(
  shell: (typeof SHELLS)[number],
  commands: readonly Command[],
  groups: Readonly<Record<string, string>>,
): string {
  return RENDERERS[shell](derivePlaces(commands, groups));
}
