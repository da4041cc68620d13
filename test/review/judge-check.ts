/** Whether a reviewer's check holds, from what its tests came to. */
import type { TestOutcome } from "../reporter/claims.ts";
import type { ReviewCheck } from "./checks.ts";

export interface Judgement {
  readonly holds: boolean;
  readonly passed: number;
  /** What is missing, failed or was skipped, each in a line. */
  readonly problems: readonly string[];
}

/** Single tests may need what a machine lacks; a file or suite of which nothing ran shows nothing. */
export function judgeCheck({ tests }: ReviewCheck, outcomes: readonly TestOutcome[]): Judgement {
  const problems: string[] = [];
  const counted = new Set<TestOutcome>();
  for (const [file, name] of tests) {
    const found = outcomes.filter(
      (outcome) =>
        outcome.file === file &&
        (name === undefined || outcome.name === name || outcome.name.startsWith(`${name} > `)),
    );
    const place = name === undefined ? file : `${file}: ${name}`;
    const passed = found.filter(({ state }) => state === "passed");
    for (const outcome of passed) counted.add(outcome);
    for (const { name: failed, state } of found)
      if (state === "failed") problems.push(`failed: ${file}: ${failed}`);
    if (found.length === 0) problems.push(`did not run: ${place}`);
    else if (passed.length === 0) problems.push(`nothing of it ran: ${place}`);
    else if (name !== undefined && found.some(({ state }) => state === "skipped"))
      problems.push(`skipped in part: ${place}`);
  }
  return { holds: problems.length === 0 && counted.size > 0, passed: counted.size, problems };
}
