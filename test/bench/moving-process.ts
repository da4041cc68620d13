/**
 * A process of the bench: a fresh vault file that takes in a file of many passkeys by the host's own method, and gives them out again as CXF. Told
 * how many; tells after each how long it took and what this process had in memory at its highest, and how long parsing and trying the keys takes alone.
 */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { encodeBase64url } from "@latchkey/core/bytes/text";
import { EXPORT_SENTENCES } from "@latchkey/core/exchange/export-sentence";
import { createNativeCredentialCrypto } from "@latchkey/desktop/credential-crypto";
import { callMethod } from "@latchkey/desktop/host/methods";
import { PART_BYTES } from "@latchkey/desktop/host/file-parts";
import { foundHost } from "@latchkey/desktop/test/hosts";
import type { Channel } from "@latchkey/device-host/channel";

const PASSPHRASE = "correct horse";

function makeFile(count: number): Buffer {
  const items = Array.from({ length: count }, (_, i) => ({
    id: randomBytes(8).toString("base64url"),
    title: `Site ${i}`,
    creationAt: 1_790_000_000,
    credentials: [
      {
        type: "passkey",
        credentialId: randomBytes(32).toString("base64url"),
        rpId: `site-${i}.example`,
        username: `user-${i}@example.test`,
        userDisplayName: `User ${i}`,
        userHandle: randomBytes(16).toString("base64url"),
        key: generateKeyPairSync("ec", { namedCurve: "prime256v1" })
          .privateKey.export({ type: "pkcs8", format: "der" })
          .toString("base64url"),
      },
    ],
  }));
  return Buffer.from(JSON.stringify({ id: "YQ", username: "", email: "", collections: [], items }));
}

/** Parsing, and one signature with each key: what any program would have to do. */
function tryKeys(file: Buffer): number {
  const crypto = createNativeCredentialCrypto();
  const start = performance.now();
  const { items } = JSON.parse(file.toString("utf8")) as { items: { credentials: [{ key: string }] }[] };
  for (const item of items)
    crypto
      .importKey(-7, new Uint8Array(Buffer.from(item.credentials[0].key, "base64url")))
      .sign(file.subarray(0, 32));
  return performance.now() - start;
}

/** Gives the file in parts, agrees, and counts what comes back. */
function createChannel(file: Buffer): Channel & { readonly received: () => number } {
  let state: "name" | "parts" | "end" = "name";
  let at = 0;
  let received = 0;
  return {
    signal: new AbortController().signal,
    received: () => received,
    tell(event) {
      if (event["event"] === "part") received += (event["data"] as string).length;
    },
    async ask({ kind, purpose }) {
      if (kind === "passphrase") return PASSPHRASE;
      if (purpose === "agree") return "yes";
      if (purpose === "proceed") return "";
      if (purpose === "file") {
        state = state === "name" ? "parts" : "end";
        return state === "parts" ? "many.json" : "";
      }
      const part = file.subarray(at, at + PART_BYTES);
      at += part.length;
      return encodeBase64url(part);
    },
  };
}

async function measure(count: number) {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-bench-moving-"));
  const file = makeFile(count);
  const floor = tryKeys(file);
  tell({ floor });
  const host = await foundHost(join(folder, "vault.latchkey"), "Desk", []);
  try {
    const services = { host, isServed: false, relays: null, system: null, reportFault: () => {} };
    const run = async (name: string, params: Parameters<typeof callMethod>[2]) => {
      const channel = createChannel(file);
      const start = performance.now();
      const data = await callMethod(services, name, params, channel);
      return { ms: performance.now() - start, data, received: channel.received() };
    };
    const taken = await run("import.run", { dryRun: false });
    const peakImport = process.resourceUsage().maxRSS * 1024;
    tell({
      taken: taken.ms,
      peak: peakImport,
      epoch: (taken.data["epoch"] as number | null) ?? 0,
    });
    const given = await run("export.write", { format: "cxf", sentence: EXPORT_SENTENCES.en });
    if (given.data["passkeys"] !== count || given.received < file.length)
      throw new Error(`not all of ${count} passkeys came in and out again`);
    const peak = process.resourceUsage().maxRSS * 1024;
    tell({ given: given.ms, peak });
  } finally {
    await host.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const tell = (message: Readonly<Record<string, number>>): void => void process.send?.(message);

process.once("message", (message: { readonly passkeys: number }) => {
  void measure(message.passkeys).then(() => process.disconnect());
});
