/** The completion script for bash (4 or later): one function, no dependency on the bash-completion package. */
import type { OptionValues, Place } from "./model.ts";

export function renderBash(places: readonly Place[]): string {
  return `# bash completion for latchkey
_latchkey() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="" word at=""
  local -i i
  for (( i = 1; i < COMP_CWORD; i++ )); do
    word="\${COMP_WORDS[i]}"
    case "$at $previous" in
${places.map(renderSkipped).join("\n")}
    esac
    case "$at/$word" in
      ${places
        .filter(({ at }) => at !== "")
        .map(({ at }) => at)
        .join("|")}) at="$at/$word" ;;
    esac
    previous="$word"
  done
  COMPREPLY=()
  case "$at $previous" in
${places.flatMap(({ at, values }) => values.map((value) => renderValues(at, value))).join("\n")}
  esac
  case "$at" in
${places.map(renderPlace).join("\n")}
  esac
}
complete -F _latchkey latchkey`;
}

/** A word after an option that takes a value is that value, never a command. */
const renderSkipped = ({ at, values }: Place): string =>
  `      ${values.map(({ option }) => `"${at} ${option}"`).join("|")}) previous=""; continue ;;`;

const renderValues = (at: string, { option, choices, isPath }: OptionValues): string =>
  `    "${at} ${option}") ${complete(choices, isPath)} return ;;`;

const renderPlace = ({ at, candidates, takesFiles }: Place): string =>
  `    "${at}") ${complete(
    candidates.map(({ word }) => word),
    takesFiles,
  )} ;;`;

function complete(words: readonly string[], takesFiles: boolean): string {
  if (words.length === 0 && !takesFiles) return "";
  const list = words.length === 0 ? "" : ` -W "${words.join(" ")}"`;
  const files = takesFiles ? " -f" : "";
  const option = takesFiles ? " compopt -o filenames 2>/dev/null;" : "";
  return `mapfile -t COMPREPLY < <(compgen${list}${files} -- "$current");${option}`;
}
