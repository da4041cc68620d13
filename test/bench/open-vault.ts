/**
 * A fresh process that opens a vault and lists it, or does the least that this could be: reads the same bytes and has Automerge load
 * them. Tells its parent how long it took, from opened tiers on, and how much memory it is left with.
 * Arguments: the vault, and `ours` or `floor`. The tiers' keys come as the first message.
 */
import { VaultHost } from "@latchkey/desktop/host/vault-host";
import { openVaultFile } from "@latchkey/desktop/vault-file/vault-file";
import { serveParent } from "./child.ts";
import { createReleasedProtector, splitKeys } from "./released-keys.ts";

const [path = "", side = ""] = process.argv.slice(2);

serveParent(async ({ keys }) => {
  const host = new VaultHost(path, openVaultFile(path));
  const protector = createReleasedProtector(splitKeys(Uint8Array.from(keys as readonly number[])));
  await host.unlock(async () => protector);
  const { ms, passkeys } = side === "ours" ? await openAndList(host) : await readAndLoad(host);
  const rss = process.memoryUsage.rss();
  const peak = process.resourceUsage().maxRSS * 1024;
  await host.close();
  return { ms, passkeys, rss, peak };
});

async function openAndList(host: VaultHost): Promise<{ ms: number; passkeys: number }> {
  const start = performance.now();
  const listed = (await host.device()).state.document.list();
  const ms = performance.now() - start;
  return { ms, passkeys: listed.filter(({ state }) => state === "live").length };
}

async function readAndLoad(host: VaultHost): Promise<{ ms: number; passkeys: number }> {
  const { store } = host.deps;
  const saved = await readSavedDocument(host);
  const start = performance.now();
  await store.scan("cache");
  const { createBackend } = await import("@latchkey/core/vault/genesis");
  createBackend().loadIncremental(saved);
  return { ms: performance.now() - start, passkeys: 0 };
}

/** What the cache row holds when it is opened: not part of what is timed. */
async function readSavedDocument(host: VaultHost): Promise<Uint8Array> {
  const { decodeCbor } = await import("@latchkey/core/cbor/codec");
  for (const row of await host.deps.store.scan("cache")) {
    if (row.key.length > 1) continue;
    const plaintext = host.opened.rows.open("cache", row);
    if (plaintext !== null) return (decodeCbor(plaintext) as readonly unknown[])[2] as Uint8Array;
  }
  throw new Error("vault has no saved document");
}
