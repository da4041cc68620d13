/** The completion script for PowerShell (5.1 or later): a native argument completer. Where it offers nothing, files are offered. */
import type { Place } from "./model.ts";

export function renderPowershell(places: readonly Place[]): string {
  return `# PowerShell completion for latchkey
Register-ArgumentCompleter -Native -CommandName latchkey -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $places = @{
${places.map(renderPlace).join("\n")}
  }
  $values = @{
${places.flatMap(({ at, values }) => values.map(({ option, choices }) => `    '${at} ${option}' = @(${choices.map((choice) => `'${choice}'`).join(", ")})`)).join("\n")}
  }
  $at = ''
  $previous = ''
  $elements = @($commandAst.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
  foreach ($word in $elements) {
    if ($values.ContainsKey("$at $previous")) { $previous = ''; continue }
    if ($places.ContainsKey("$at/$word")) { $at = "$at/$word" }
    $previous = $word
  }
  if ($values.ContainsKey("$at $previous")) {
    $values["$at $previous"] | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
      [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
    }
    return
  }
  $found = $places[$at]
  for ($i = 0; $i -lt $found.Count; $i += 2) {
    if ($found[$i] -like "$wordToComplete*") {
      [System.Management.Automation.CompletionResult]::new($found[$i], $found[$i], 'ParameterValue', $found[$i + 1])
    }
  }
}`;
}

/** Words and their summaries by turns. An empty tool tip is an error in PowerShell: the word stands for it. */
const renderPlace = ({ at, candidates }: Place): string =>
  `    '${at}' = @(${candidates.map(({ word, summary }) => `'${word}', ${quote(summary || word)}`).join(", ")})`;

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
