/** Programs that packaging needs and the lockfile cannot bring: found by name, judged by version, and run without a shell. */
import { spawnSync } from "node:child_process";

/** Says in one sentence what is missing or went wrong, and what to do. */
export class PackagingError extends Error {}

/** What the program wrote. Throws `PackagingError` when it is missing or fails; `hint` says where it comes from. */
export function runTool(program: string, parameters: readonly string[], hint: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, parameters, { encoding: "utf8" });
  if (error !== undefined) throw new PackagingError(`${program} cannot be started: ${hint}`);
  if (status !== 0) {
    const said = `${stderr}${stdout}`.trim().split("\n").slice(-3).join("; ");
    throw new PackagingError(`${program} ${parameters[0] ?? ""} failed: ${said}`);
  }
  return stdout;
}
