/** The completion script for fish (3 or later). */
import type { OptionValues, Place } from "./model.ts";

export function renderFish(places: readonly Place[]): string {
  return `# fish completion for latchkey
function __latchkey_at
    set -l at ""
    set -l previous ""
    set -l words (commandline -opc)
    for word in $words[2..-1]
        switch "$at $previous"
            case ${places.flatMap(({ at, values }) => values.map(({ option }) => `'${at} ${option}'`)).join(" ")}
                set previous ""
                continue
        end
        switch "$at/$word"
            case ${places
              .filter(({ at }) => at !== "")
              .map(({ at }) => `'${at}'`)
              .join(" ")}
                set at "$at/$word"
        end
        set previous $word
    end
    test "$at" = "$argv[1]"
end
complete -c latchkey -f
${places.flatMap(renderPlace).join("\n")}`;
}

function renderPlace({ at, candidates, takesFiles, values }: Place): string[] {
  const start = `complete -c latchkey -n '__latchkey_at "${at}"'`;
  const taking = new Map(values.map((value) => [value.option, value]));
  return [
    ...candidates.map(({ word, summary }) =>
      word.startsWith("--")
        ? `${start} -l ${word.slice(2)}${describeValue(taking.get(word))} -d ${quote(summary)}`
        : `${start} -a ${word} -d ${quote(summary)}`,
    ),
    ...(takesFiles ? [`${start} -F`] : []),
  ];
}

function describeValue(value: OptionValues | undefined): string {
  if (value === undefined) return "";
  if (value.isPath) return " -r -F";
  return value.choices.length > 0 ? ` -x -a '${value.choices.join(" ")}'` : " -x";
}

const quote = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", String.raw`\'`)}'`;
