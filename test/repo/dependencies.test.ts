/** docs/dependencies.md names every dependency of every manifest, where it is used, and its licence. */
import { describe, expect, test } from "vitest";
import { filesOf, readJson, readText } from "./tree.ts";

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly overrides?: Readonly<Record<string, string>>;
}

const manifests = filesOf("package.json", "packages/*/package.json", "test/package.json").map(
  (file) => readJson(file) as Manifest,
);
const { packages } = readJson("package-lock.json") as {
  packages: Record<string, { license?: string; version?: string }>;
};

const page = readText("docs/dependencies.md");
const [listed = "", held = ""] = page.split("## Held at a version");

/** `core`, `root` for the workspace itself. */
const shortName = ({ name }: Manifest): string =>
  name === "latchkey-workspace" ? "root" : name.replace("@latchkey/", "");

describe("docs/dependencies.md", () => {
  test("lists every dependency with where it is used and its licence, and nothing else", () => {
    const used = new Map<string, string[]>();
    for (const manifest of manifests) {
      const { dependencies, devDependencies, optionalDependencies } = manifest;
      for (const name of Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies })) {
        if (!name.startsWith("@latchkey/")) used.set(name, [...(used.get(name) ?? []), shortName(manifest)]);
      }
    }
    const expected = [...used].map(([name, where]) => ({
      name,
      where: where.sort(),
      licence: packages[`node_modules/${name}`]?.license,
    }));
    const rows = [...listed.matchAll(/^\| `([^`]+)` \| ([^|]+) \| [^|]{10,} \| ([^|]+) \|$/gm)].map(
      ([, name = "", where = "", licence]) => ({ name, where: where.split(", ").sort(), licence }),
    );
    const byName = (a: { readonly name: string }, b: { readonly name: string }) =>
      a.name.localeCompare(b.name);
    expect(rows.sort(byName)).toEqual(expected.sort(byName));
  });

  test("explains every version that is held", () => {
    const overrides = Object.assign({}, ...manifests.map(({ overrides = {} }) => overrides)) as Record<
      string,
      string
    >;
    const rows = [...held.matchAll(/^\| `([^`]+)` \| ([\d.]+) \| .{10,} \|$/gm)].map(([, name, version]) => [
      name,
      version,
    ]);
    expect(Object.fromEntries(rows)).toEqual(overrides);
  });
});
