/**
 * automerge-repo as it comes, for decision 001: a sync server, or a peer of one, in a process of its own, documents in memory.
 * Arguments: `server`, or `peer` and the server's address. Messages to a peer:
 *
 *   { load }                 imports a saved document; answers { url }
 *   { find }                 gets a document by its url; answers { found }
 *   { shard, key }           takes one key; answers { watching }. When its value changes elsewhere, tells { title, at }
 *   { title }                puts a value there; answers { at } with the moment before
 *
 * and to a server: { read } answers with the number of titles that it can read in the document of that url.
 */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { type AutomergeUrl, type DocHandle, ImmutableString, Repo } from "@automerge/automerge-repo";
import { WebSocketClientAdapter, WebSocketServerAdapter } from "@automerge/automerge-repo-network-websocket";
import { WebSocketServer } from "ws";
import { type Message, monotonicMs, serveParent, tellParent } from "./child.ts";

type Vault = Record<string, Record<string, unknown>>;

const FIND_AGAIN_MS = 50;

const [role, address = ""] = process.argv.slice(2);
if (role === "server") await serve();
else servePeer();

async function serve(): Promise<void> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
  await once(server, "listening");
  // As the project's own sync server: keeps what it is given, answers whoever asks, offers nothing by itself.
  const adapter = new WebSocketServerAdapter(
    server as ConstructorParameters<typeof WebSocketServerAdapter>[0],
  );
  const repo = new Repo({ network: [adapter], sharePolicy: async () => false });
  serveParent(async ({ read }) => ({ titles: countTitles(await find(repo, String(read))) }));
  process.once("disconnect", () => process.exit(0));
  tellParent({ port: (server.address() as AddressInfo).port });
}

function countTitles(handle: DocHandle<Vault>): number {
  return Object.values(handle.doc())
    .flatMap((shard) => (typeof shard === "object" ? Object.entries(shard) : []))
    .filter(([key, value]) => key.endsWith("/title") && String(value).length > 0).length;
}

function servePeer(): void {
  const repo = new Repo({ network: [new WebSocketClientAdapter(address)] });
  let handle: DocHandle<Vault>;
  let shard: string;
  let key: string;
  /** Its value as this process last saw or set it. */
  let title: string;
  const titleNow = () => String(handle.doc()[shard]?.[key]);

  serveParent(async (message: Message) => {
    if (message["load"] !== undefined) {
      handle = repo.import(new Uint8Array(readFileSync(String(message["load"]))));
      return { url: handle.url };
    }
    if (message["find"] !== undefined) {
      handle = await find(repo, String(message["find"]));
      return { found: 1 };
    }
    if (message["key"] !== undefined) {
      shard = String(message["shard"]);
      key = String(message["key"]);
      title = titleNow();
      handle.on("change", () => {
        const now = titleNow();
        if (now === title) return;
        title = now;
        tellParent({ title, at: monotonicMs() });
      });
      return { watching: 1 };
    }
    title = String(message["title"]);
    const at = monotonicMs();
    handle.change((vault) => {
      (vault[shard] as Record<string, unknown>)[key] = new ImmutableString(title);
    });
    return { at };
  });
  process.once("disconnect", () => process.exit(0));
}

/** The document, asked for until the other side has it. */
async function find(repo: Repo, url: string): Promise<DocHandle<Vault>> {
  for (;;) {
    try {
      return await repo.find<Vault>(url as AutomergeUrl);
    } catch {
      await pause(FIND_AGAIN_MS);
    }
  }
}
