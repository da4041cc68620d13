/** The completion script for zsh: for a folder of \`fpath\`, or to be sourced. */
import type { OptionValues, Place } from "./model.ts";

export function renderZsh(places: readonly Place[]): string {
  return `#compdef latchkey
_latchkey() {
  local previous="" word at="" i
  local -a found
  for (( i = 2; i < CURRENT; i++ )); do
    word="\${words[i]}"
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
  case "$at $previous" in
${places.flatMap(({ at, values }) => values.map((value) => renderValues(at, value))).join("\n")}
  esac
  case "$at" in
${places.map(renderPlace).join("\n")}
  esac
}
if [ "$funcstack[1]" = "_latchkey" ]; then _latchkey "$@"; else compdef _latchkey latchkey; fi`;
}

const renderSkipped = ({ at, values }: Place): string =>
  `      ${values.map(({ option }) => `"${at} ${option}"`).join("|")}) previous=""; continue ;;`;

function renderValues(at: string, { option, choices, isPath }: OptionValues): string {
  const offered = isPath ? "_files;" : choices.length > 0 ? `compadd -- ${choices.join(" ")};` : "";
  return `    "${at} ${option}") ${offered} return ;;`;
}

function renderPlace({ at, candidates, takesFiles }: Place): string {
  const found = candidates.map(({ word, summary }) => quote(`${word}:${summary}`)).join(" ");
  return `    "${at}") found=(${found}); _describe latchkey found;${takesFiles ? " _files;" : ""} ;;`;
}

const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
