/** The files of this repository as the rules see them: paths from the root with forward slashes, nothing that is installed or built. */
import { globSync, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const NOT_OURS = /(?:^|\/)(?:node_modules|dist|coverage|\.git|\.turbo)(?:\/|$)/;

/** The files that fit one of the patterns, sorted. Throws when none does: a rule over nothing would hold for ever. */
export function filesOf(...patterns: readonly string[]): string[] {
  const files = globSync([...patterns], { cwd: ROOT, exclude: (path) => NOT_OURS.test(slashed(path)) })
    .map(slashed)
    .filter((path) => !NOT_OURS.test(path) && statSync(`${ROOT}/${path}`).isFile());
  if (files.length === 0) throw new Error(`no file fits ${patterns.join(", ")}`);
  return files.sort();
}

const slashed = (path: string): string => path.replaceAll("\\", "/");

export const readText = (file: string): string =>
  readFileSync(`${ROOT}/${file}`, "utf8").replaceAll("\r\n", "\n");

export const readJson = (file: string): unknown => JSON.parse(readText(file));

/** What ships: the sources and commands of the packages. */
export const sourceFiles = (): string[] => filesOf("packages/*/src/**/*.{ts,tsx}", "packages/*/bin/*.js");

/** Programs that do not ship: the demo, the bench and the reporter, without their tests. */
export const programFiles = (): string[] =>
  filesOf("test/{demo,bench,reporter}/**/*.ts").filter((file) => !file.endsWith(".test.ts"));

/** What people read. */
export const documentFiles = (): string[] => filesOf("*.md", "docs/**/*.md", "packages/*/*.md");
