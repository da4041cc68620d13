/**
 * What a process that COM started loads before its first answer: neither the document's library nor a second set of cryptography nor the
 * command line. Asked of the bundler, which knows what is loaded at once and what only on demand.
 */
import { join } from "node:path";
import { rolldown } from "rolldown";
import { beforeAll, expect, test } from "vitest";

const ACTIVATED = join(import.meta.dirname, "../../src/activated.ts");

let atOnce: readonly string[];
let everything: readonly string[];

beforeAll(async () => {
  const bundle = await rolldown({
    input: ACTIVATED,
    platform: "node",
    external: [/^koffi$/, /^@latchkey\/web-ui\/build$/],
    treeshake: false,
    logLevel: "silent",
  });
  try {
    const { output } = await bundle.generate({ format: "esm" });
    const chunks = new Map(
      output.flatMap((file) => (file.type === "chunk" ? [[file.fileName, file] as const] : [])),
    );
    const seen = new Set<string>();
    const visit = (name: string): void => {
      if (seen.has(name)) return;
      seen.add(name);
      for (const next of chunks.get(name)?.imports ?? []) visit(next);
    };
    for (const { fileName, isEntry } of chunks.values()) if (isEntry) visit(fileName);
    atOnce = [...seen].flatMap((name) => chunks.get(name)?.moduleIds ?? []);
    everything = [...chunks.values()].flatMap(({ moduleIds }) => moduleIds);
  } finally {
    await bundle.close();
  }
}, 60_000);

test.for([
  ["Automerge", /\/@automerge\//],
  ["noble", /\/@noble\//],
  ["relays", /\/ws\/|relay-client\//],
  ["the command line", /\/desktop\/src\/(?:cli\/main|cli\/commands|commands\/(?!doctor\/check))/],
  ["the app's server", /\/desktop\/src\/loopback\//],
] as const)("loads %s only on demand", ([, pattern]) => {
  expect(atOnce.filter((id) => pattern.test(id.replaceAll("\\", "/")))).toEqual([]);
});

test("loads the authenticator at once, and the document when it is needed", () => {
  expect(atOnce.some((id) => id.endsWith("get-assertion.ts"))).toBe(true);
  expect(everything.some((id) => id.includes("@automerge"))).toBe(true);
});
