/** The bill of materials names what the lockfile names, and is the same when it is made again. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeBom } from "./sbom.ts";

test("the bill of materials is whole, and the same each time", () => {
  const bom = makeBom();
  expect(makeBom()).toEqual(bom);
  expect(bom.serialNumber).toMatch(
    /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  const { packages } = JSON.parse(
    readFileSync(join(import.meta.dirname, "../../package-lock.json"), "utf8"),
  ) as { packages: Record<string, { version?: string; link?: boolean }> };
  const locked = Object.entries(packages).flatMap(([path, { version, link }]) => {
    const name = path.split("node_modules/").at(-1) ?? "";
    return !path.includes("node_modules/") || link === true ? [] : [`${name}@${version}`];
  });
  const listed = new Set(bom.components.map(({ name, version }) => `${name}@${version}`));
  expect([...new Set(locked)].filter((each) => !listed.has(each))).toEqual([]);
});
