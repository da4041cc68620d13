/** Documents that say what the code says: links, cited pages, scripts, limits. */
import { existsSync } from "node:fs";
import { posix } from "node:path";
import { EXIT } from "@latchkey/desktop/terminal/exit-code";
import { DEFAULT_LIMITS } from "@latchkey/sync-relay/limits";
import { describe, expect, test } from "vitest";
import { documentFiles, filesOf, programFiles, readJson, readText, ROOT, sourceFiles } from "./tree.ts";

const exists = (path: string): boolean => existsSync(`${ROOT}/${path}`);

describe("documents", () => {
  test("link only to what is there", () => {
    const broken = documentFiles().flatMap((file) =>
      [...readText(file).matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)]
        .map(([, target = ""]) => posix.join(posix.dirname(file), target))
        .filter((target) => !exists(target))
        .map((target) => `${file}: ${target}`),
    );
    expect(broken).toEqual([]);
  });

  test("are there when a source or a test names one", () => {
    const files = [...sourceFiles(), ...programFiles(), ...filesOf("packages/*/test/**/*.ts")];
    const unknown = files.flatMap((file) =>
      [...readText(file).matchAll(/(?<![\w/-])(?:docs\/)?([\w/-]+\.md)\b/g)]
        .map(([name]) => name)
        .filter((name) => !exists(name) && !exists(`docs/${name}`))
        .map((name) => `${file}: ${name}`),
    );
    expect(unknown).toEqual([]);
  });

  test("name only npm scripts that exist", () => {
    const { scripts } = readJson("package.json") as { scripts: Record<string, string> };
    const unknown = documentFiles().flatMap((file) =>
      [...readText(file).matchAll(/\bnpm (?:run (?:-s )?([\w:-]+)|(test)\b)/g)]
        .map(([, run, plain]) => run ?? plain ?? "")
        .filter((name) => scripts[name] === undefined)
        .map((name) => `${file}: ${name}`),
    );
    expect(unknown).toEqual([]);
  });

  test("draw every folder that is there, and no other", () => {
    const tree = readText("docs/architecture.md").split("## Tree")[1]?.split("```")[1] ?? "";
    const drawn: string[] = [];
    let base = "";
    for (const [, indent, name = ""] of tree.matchAll(/^( *)([\w./-]+\/)(?: |$)/gm)) {
      if (indent === "") base = name;
      drawn.push(indent === "" ? name : base + name);
    }
    const files = [...filesOf("packages/*/{src,bin}/**/*"), ...filesOf("test/**/*")];
    const folders = files.map((file) => {
      const depth = file.startsWith("test/") ? 1 : 3;
      return `${file
        .split("/")
        .slice(0, -1)
        .slice(0, depth + 1)
        .join("/")}/`;
    });
    expect(drawn.sort()).toEqual([...new Set(folders)].sort());
  });

  test("give the relay's limits as they ship", () => {
    const section = readText("docs/relay.md").split("## 10 Limits")[1]?.split("\n## ")[0] ?? "";
    const rows = [...section.matchAll(/^\| `(\w+)` \| (\d+) \|/gm)].map(([, name, value]) => [
      name,
      Number(value),
    ]);
    expect(Object.fromEntries(rows)).toEqual(DEFAULT_LIMITS);
  });

  test("give the command line's exit codes as they ship", () => {
    const section = readText("docs/experience.md").split("| exit | means |")[1]?.split("\n\n")[0] ?? "";
    const codes = [...section.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
    expect(codes).toEqual(Object.values(EXIT));
  });

  test("keep CONTRIBUTING.md short", () => {
    expect(readText("CONTRIBUTING.md").split("\n").length).toBeLessThanOrEqual(120);
  });
});
