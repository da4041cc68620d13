/**
 * The models of docs/models, searched by spin: what holds is found to hold, and a fault that is put in is found. Needs spin and a C compiler;
 * where they are missing the tests do not run, and in CI that is a failure.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readText, ROOT } from "../repo/tree.ts";

const SLOW = process.env["SLOW"] === "1";
const isHere = (program: string, option: string): boolean => spawnSync(program, [option]).status === 0;
const mustRun = process.env["CI"] === "true";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "latchkey-models-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Searches a model to its end or to the first violation; returns which assertion that was, or `null`. */
function search(model: string, defines: readonly string[]): string | null {
  const options = { cwd: folder, encoding: "utf8" } as const;
  const flags = defines.map((name) => `-D${name}`);
  execFileSync("spin", ["-a", ...flags, join(ROOT, "docs/models", model)], options);
  const optimise = defines.includes("WHOLE") ? "-O1" : "-O0";
  execFileSync("cc", [optimise, "-w", "-DSAFETY", "-DCOLLAPSE", "-o", "pan", "pan.c"], options);
  const report = execFileSync(join(folder, "pan"), ["-m10000", "-n"], options);
  const errors = /errors: (\d+)/.exec(report)?.[1];
  expect(["0", "1"]).toContain(errors);
  // Not searched to the end is not searched.
  if (errors === "0") expect(report).not.toMatch(/too small|out of memory|not completed/i);
  return errors === "0" ? null : (/assertion violated (.*) \(at depth/.exec(report)?.[1]?.trim() ?? report);
}

describe.skipIf(!mustRun && !(isHere("spin", "-V") && isHere("cc", "--version")))("spin finds", () => {
  const faultsOf = (model: string): string[] => [
    ...new Set(
      [...readText(`docs/models/${model}`).matchAll(/^#ifdef (FAULT_\w+)$/gm)].map(([, name = ""]) => name),
    ),
  ];

  const INTACT: readonly (readonly [model: string, defines: readonly string[]])[] = [
    ["pairing.pml", []],
    ["epoch.pml", []],
    ["epoch.pml", ["WHOLE"]],
  ];

  test.for(SLOW ? INTACT : INTACT.slice(0, 2))("nothing wrong with %s %j", ([model, defines]) => {
    expect(search(model, defines)).toBeNull();
  });

  // Each fault in the long form; in the short one the one of each model that the design fears most.
  test.for<[string, string, RegExp]>(
    [
      ["pairing.pml", "FAULT_NO_COMMITMENT", /admitted/],
      ["pairing.pml", "FAULT_NUMBER_IN_CLAIM", /admitted/],
      ["epoch.pml", "FAULT_PAIRWISE", /ep\[d\]==winner/],
      ["epoch.pml", "FAULT_TWICE", /twice/],
      ["epoch.pml", "FAULT_FORGET", /doc\[d\]/],
      ["epoch.pml", "FAULT_LOCKED_OUT", /ep\[d\]==winner|doc\[d\]/],
    ].slice(0, SLOW ? undefined : 2) as [string, string, RegExp][],
  )("in %s with %s what it breaks", ([model, fault, broken]) => {
    expect(search(model, [fault])).toMatch(broken);
  });

  test.for(["pairing.pml", "epoch.pml"])("that what %s speaks of does happen", (model) => {
    expect(search(model, ["REACH"])).not.toBeNull();
  });

  test("a fault of each model in this test and on the page", () => {
    const source = readText("test/models/models.test.ts");
    const page = readText("docs/models/README.md");
    for (const model of ["pairing.pml", "epoch.pml"]) {
      const faults = faultsOf(model);
      expect(faults.length).toBeGreaterThan(1);
      expect(
        faults.filter((fault) => !source.includes(`"${fault}"`) || !page.includes(`\`${fault}\``)),
      ).toEqual([]);
    }
  });
});
