/** Every adapter of a port runs the port's one contract suite. */
import { existsSync } from "node:fs";
import { posix } from "node:path";
import { describe, expect, test } from "vitest";
import { importsOf, withoutComments } from "./source-text.ts";
import { readText, ROOT, sourceFiles } from "./tree.ts";

/** A port, by the name of its interface; the module of its suite; the test files that run it. */
const CONTRACTS = [
  {
    port: "CredentialCrypto",
    suite: "test/contract/credential-crypto.test.ts",
    runs: ["test/contract/credential-crypto.test.ts"],
  },
  {
    port: "SecretTransportCrypto",
    suite: "test/contract/secret-transport.test.ts",
    runs: ["test/contract/secret-transport.test.ts"],
  },
  {
    port: "KeyProtector",
    suite: "test/contract/key-protector.ts",
    runs: [
      "packages/device-host/test/key-protection/passphrase.test.ts",
      "packages/mobile-pairing/test/unlock/prf-protector.test.ts",
      "test/contract/windows-protector.test.ts",
    ],
  },
  {
    port: "DeviceStore",
    suite: "test/contract/device-store.ts",
    runs: [
      "packages/desktop/test/vault-file/contract.test.ts",
      "packages/device-host/test/scratch-store.test.ts",
      "test/app/phone-store.test.ts",
    ],
  },
  {
    port: "Store",
    suite: "packages/sync-relay/test/store-contract.ts",
    runs: [
      "packages/sync-relay/test/store-memory.test.ts",
      "packages/sync-relay/test/store-sqlite.test.ts",
      "packages/sync-relay/test/store-postgres.test.ts",
    ],
  },
  {
    port: "MailboxStore",
    suite: "packages/sync-relay/test/mailbox-contract.ts",
    runs: [
      "packages/sync-relay/test/store-memory.test.ts",
      "packages/sync-relay/test/store-postgres.test.ts",
    ],
  },
] as const;

const FACTORY =
  /\bexport (?:async )?function (?<name>\w+)\([^{]*?(?:\{[^{}]*\}[^{]*?)?\): (?:Promise<)?(?<port>\w+)>? \{/g;

/** The exported functions that give a port, with their files. */
const factories = sourceFiles().flatMap((file) =>
  [...withoutComments(readText(file)).matchAll(FACTORY)].map(({ groups }) => ({
    file,
    name: groups?.["name"] ?? "",
    port: groups?.["port"] ?? "",
  })),
);

/** A test file and the files beside it that it imports. */
function closureOf(file: string): string[] {
  const files = new Set([file]);
  for (const each of files) {
    for (const name of importsOf(readText(each))) {
      const target = posix.join(posix.dirname(each), name);
      if (name.startsWith(".") && /\btest\//.test(target) && existsSync(`${ROOT}/${target}`))
        files.add(target);
    }
  }
  return [...files];
}

describe.each(CONTRACTS)("the port $port", ({ port, suite, runs }) => {
  const closures = runs.map(closureOf);

  test("has one suite, which all its runs reach", () => {
    expect(closures.filter((files) => !files.includes(suite))).toEqual([]);
  });

  test("has no adapter that does not run it", () => {
    const tested = closures.flat().map(readText).join("\n");
    const adapters = Map.groupBy(
      factories.filter((factory) => factory.port === port),
      ({ file }) => posix.dirname(file) + (port === "Store" ? `/${posix.basename(file)}` : ""),
    );
    expect(adapters.size).toBeGreaterThan(0);
    // A folder's factories may build on one another: one of them has to be run.
    const untested = [...adapters].filter(
      ([, made]) => !made.some(({ name }) => new RegExp(`\\b${name}\\(`).test(tested)),
    );
    expect(untested).toEqual([]);
  });
});
