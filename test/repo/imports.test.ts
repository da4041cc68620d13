/** Who may import what (architecture: layers and only-importers). */
import { posix } from "node:path";
import { describe, expect, test } from "vitest";
import { importsOf, withoutComments } from "./source-text.ts";
import { filesOf, readJson, readText, sourceFiles } from "./tree.ts";

/** A package and the places that may import it. */
const ONLY_IMPORTERS: readonly (readonly [module: RegExp, places: readonly string[]])[] = [
  [/^libsodium/, ["packages/core/src/crypto/sodium.ts"]],
  [/^tldts/, ["packages/core/src/client/public-suffix.ts"]],
  [/^@noble\//, ["packages/core/src/crypto/"]],
  [/^cbor-x/, ["packages/core/src/cbor/"]],
  [/^@automerge\/automerge(?:\/|$)/, ["packages/core/src/vault/"]],
  [/^bonjour-service/, ["packages/desktop/src/lan/mdns.ts"]],
  [/^hash-wasm/, ["packages/device-host/src/key-protection/argon2-browser.ts"]],
  [/^shamir-secret-sharing/, ["packages/core/src/recovery/shares.ts"]],
  [/^koffi/, ["packages/windows-provider/src/native/"]],
  [
    /^(?:hono|@hono\/.*)(?:\/|$)/,
    [
      "packages/sync-relay/src/address.ts",
      "packages/sync-relay/src/app.ts",
      "packages/sync-relay/src/hosts/",
      "packages/desktop/src/loopback/",
    ],
  ],
  [/^postgres$/, ["packages/sync-relay/src/store/postgres-db.ts"]],
  [/^node:sqlite$/, ["packages/desktop/src/vault-file/", "packages/sync-relay/src/store/sqlite.ts"]],
];

/** The folders of core from the top down: each may import those below it, and nothing above or beside. */
const CORE_LAYERS = [
  "recovery",
  "device",
  "pairing",
  "policy",
  "sync",
  "archive",
  "membership",
  "audit",
  "log",
  "exchange",
  "vault",
  "client",
  "authenticator",
  "relay-protocol",
  "storage",
  "crypto",
  "cbor",
  "bytes",
  "words",
];

/** The files of core that the relay may reach: its own protocol and the ground that this stands on. None of them knows a key. */
const RELAY_REACHES =
  /^packages\/core\/src\/(?:errors\.ts|ports\.ts|relay-protocol\/.*|cbor\/.*|bytes\/.*|crypto\/labels\.ts)$/;
const RELAY_IMPORTS_OF_CORE = new Set(["@latchkey/core/relay-protocol", "@latchkey/core/errors"]);
const RELAY_PACKAGES =
  /^(?:node:.*|hono(?:\/.*)?|@hono\/node-server(?:\/.*)?|ws|postgres|cbor-x(?:\/.*)?|@scure\/base)$/;

const graph = new Map(sourceFiles().map((file) => [file, importsOf(readText(file))]));

const inPackage = (name: string) => [...graph].filter(([file]) => file.startsWith(`packages/${name}/`));

/** The file that a specifier means, or `null` for a module that is not of this repository. */
function resolve(file: string, specifier: string): string | null {
  if (specifier.startsWith(".")) return posix.join(posix.dirname(file), specifier);
  const [, name, path] = /^@latchkey\/([^/]+)\/(.+)$/.exec(specifier) ?? [];
  if (name === undefined || path === undefined) return null;
  const { exports } = readJson(`packages/${name}/package.json`) as { exports: Record<string, string> };
  const target = exports[`./${path}`];
  if (target !== undefined) return posix.join("packages", name, target);
  for (const [pattern, to] of Object.entries(exports)) {
    const [before = "", after = ""] = pattern.slice(2).split("*");
    if (pattern.includes("*") && path.startsWith(before) && path.endsWith(after)) {
      return posix.join(
        "packages",
        name,
        to.replace("*", path.slice(before.length, path.length - after.length)),
      );
    }
  }
  throw new Error(`${file}: ${specifier} is not in the exports of ${name}`);
}

/** Every file and every outside module that can be reached from the files. */
function reach(start: readonly string[]): { readonly files: Set<string>; readonly modules: Set<string> } {
  const files = new Set(start);
  const modules = new Set<string>();
  for (const file of files) {
    for (const specifier of graph.get(file) ?? importsOf(readText(file))) {
      const target = resolve(file, specifier);
      if (target === null) modules.add(specifier);
      else files.add(target);
    }
  }
  return { files, modules };
}

describe("only-importers", () => {
  test.each(ONLY_IMPORTERS)("%s is imported in its place alone", (module, places) => {
    const elsewhere = [...graph]
      .filter(
        ([file]) => !places.some((place) => (place.endsWith("/") ? file.startsWith(place) : file === place)),
      )
      .filter(([, specifiers]) => specifiers.some((specifier) => module.test(specifier)))
      .map(([file]) => file);
    expect(elsewhere).toEqual([]);
  });
});

describe("the relay", () => {
  const relay = inPackage("sync-relay");

  test("imports nothing of core but the relay protocol and the errors", () => {
    const others = relay.flatMap(([file, specifiers]) =>
      specifiers
        .filter((name) => name.startsWith("@latchkey/") && !RELAY_IMPORTS_OF_CORE.has(name))
        .map((name) => `${file}: ${name}`),
    );
    expect(others).toEqual([]);
  });

  test("cannot reach a key: no vault, no cipher, no key derivation in its import graph", () => {
    const { files, modules } = reach(relay.map(([file]) => file));
    const beyond = [...files].filter(
      (file) => !file.startsWith("packages/sync-relay/") && !RELAY_REACHES.test(file),
    );
    expect(beyond).toEqual([]);
    expect([...modules].filter((name) => !RELAY_PACKAGES.test(name))).toEqual([]);
  });

  test("keeps Node out of everything but its hosts, its SQLite store and its command", () => {
    const own = relay.filter(([file]) => !/\/src\/(?:hosts\/|store\/sqlite\.ts)/.test(file));
    const node = own.flatMap(([file, specifiers]) =>
      specifiers
        .filter((name) => name.startsWith("node:") || name === "ws")
        .map((name) => `${file}: ${name}`),
    );
    expect(node).toEqual([]);
  });
});

describe("core", () => {
  const core = inPackage("core");

  test("imports nothing of a host", () => {
    const hosts = core.flatMap(([file, specifiers]) =>
      specifiers
        .filter((name) => /^(?:node:|bun:|cloudflare:|ws$|@latchkey\/)/.test(name))
        .map((name) => `${file}: ${name}`),
    );
    expect(hosts).toEqual([]);
  });

  test("is type-checked without Node and without the DOM", () => {
    const own = readJson("packages/core/tsconfig.json") as { compilerOptions?: unknown };
    const base = readJson("tsconfig.base.json") as { compilerOptions: { types: string[]; lib: string[] } };
    expect(own.compilerOptions).toBeUndefined();
    expect(base.compilerOptions.types).toEqual([]);
    expect(base.compilerOptions.lib.filter((name) => !name.startsWith("es"))).toEqual([]);
  });

  // What ECMAScript itself offers, and what a `declare` would smuggle in (a brand aside): the type checker cannot see these.
  const AMBIENT =
    /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\bglobalThis\b|^\s*declare (?:const|let|var|function)\b(?!.*: unique symbol;)/m;

  test("takes time and randomness from its ports and declares no global", () => {
    const ambient = core
      .map(([file]) => file)
      .filter(
        (file) => file !== "packages/core/src/bytes/text.ts" && AMBIENT.test(withoutComments(readText(file))),
      );
    expect(ambient).toEqual([]);
  });
});

describe("the device host", () => {
  test("runs in a browser too: Node's modules and its WebSocket stay in the files named after Node", () => {
    const others = inPackage("device-host").flatMap(([file, specifiers]) =>
      specifiers
        .filter((name) => /^(?:node:|ws$)/.test(name) && !file.endsWith("-node.ts"))
        .map((name) => `${file}: ${name}`),
    );
    expect(others).toEqual([]);
  });
});

describe("packages", () => {
  test("import one another by name through the exports map, never by a path across", () => {
    const across = [...graph].flatMap(([file, specifiers]) => {
      const home = file.split("/").slice(0, 2).join("/");
      return specifiers
        .filter(
          (name) => name.startsWith(".") && !posix.join(posix.dirname(file), name).startsWith(`${home}/`),
        )
        .map((name) => `${file}: ${name}`);
    });
    expect(across).toEqual([]);
  });

  test("are private, and so is the root: no name of ours is on npm", () => {
    const open = filesOf("package.json", "packages/*/package.json", "test/package.json").filter(
      (file) => (readJson(file) as { private?: boolean }).private !== true,
    );
    expect(open).toEqual([]);
  });
});

describe("the folders of core", () => {
  const layerOf = (file: string): number => CORE_LAYERS.indexOf(file.split("/")[3] ?? "");

  test.for(inPackage("core").filter(([file]) => layerOf(file) >= 0))(
    "%s imports nothing above it",
    ([file, specifiers]) => {
      const above = specifiers
        .map((specifier) => resolve(file, specifier))
        .filter((target) => target !== null && layerOf(target) >= 0 && layerOf(target) < layerOf(file));
      expect(above).toEqual([]);
    },
  );

  test("are all in a layer", () => {
    const folders = new Set(inPackage("core").map(([file]) => file.split("/")[3] ?? ""));
    const known = new Set([...CORE_LAYERS, "errors.ts", "ports.ts"]);
    expect([...folders].filter((folder) => !known.has(folder))).toEqual([]);
  });
});
