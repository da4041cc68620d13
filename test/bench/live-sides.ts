/**
 * The two ways to the same end that the live rows compare, each in three processes: Desk, a server, Laptop. Ours: vault files, the relay
 * with its SQLite file, sealed entries. Theirs: automerge-repo with its WebSocket adapters, everything in memory, in plain text.
 * Every byte goes through a counting proxy.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { editPasskey } from "@latchkey/core/device/passkey-acts";
import { putRelay } from "@latchkey/core/device/relay-settings";
import { parseRelayAddress, type RoomId } from "@latchkey/core/relay-protocol";
import {
  credentialIdOf,
  deriveShard,
  type PasskeyId,
  registerKey,
  shardName,
} from "@latchkey/core/vault/schema";
import { systemRandom } from "@latchkey/desktop/host/vault-host";
import { fetchSnapshot } from "@latchkey/device-host/relay-client/fetch-snapshot";
import { admitLaptop } from "./admitted-device.ts";
import { type BenchVault, copyVault, openHost, releaseKeys, type SizedVault } from "./bench-vault.ts";
import { type Child, startChild } from "./child.ts";
import { type CountingProxy, startCountingProxy, type Traffic } from "./counting-proxy.ts";
import { siteOf, titleOf } from "./made-vault.ts";
import type { Bench } from "./measure.ts";
import { joinKeys } from "./released-keys.ts";

/** Edits before the second device comes: so that its first sync has entries, too. */
export const EDITS_BEFORE = 100;
const SNAPSHOT_MS = 60_000;

export interface LiveSide {
  /** Desk gives the passkey a title; resolves with the milliseconds until it is in Laptop's vault. */
  edit(title: string): Promise<number>;
  /** Of Desk's connection and of Laptop's, now. */
  traffic(): { readonly desk: Traffic; readonly laptop: Traffic };
  /** What Laptop's first sync took, over all its connections. */
  readonly firstSync: Traffic;
  /** Of how many passkeys the server can read the site or title. */
  countReadable(): Promise<number>;
  stop(): Promise<void>;
}

/** The document that both sides begin with, and how much of it there is. */
export interface Beginning {
  readonly document: string;
  readonly passkey: PasskeyId;
  /** How many the document has. */
  readonly passkeys: number;
  readonly snapshotBytes: number;
  readonly entryBytes: number;
}

/** Desk, relay and Laptop, settled. */
export async function startOurs(
  bench: Bench,
  vault: SizedVault,
): Promise<{ readonly side: LiveSide; readonly beginning: Beginning }> {
  const store = join(bench.folder, "relay.sqlite");
  const relay = startChild(new URL("relay-process.ts", import.meta.url), [store]);
  let relayPort = 0;
  const proxy = await startCountingProxy(() => relayPort);
  const address = parseRelayAddress(`http://127.0.0.1:${proxy.port}`);
  relayPort = Number((await relay.ask({ origin: address.origin }))["port"]);

  const desk = copyVault(vault, "desk");
  const host = openHost(desk.path);
  await host.unlock(releaseKeys(desk.keys));
  const device = await host.device();
  await device.act(() => [putRelay(address)]);
  const passkeys = device.state.document.list();
  for (let i = 0; i < EDITS_BEFORE; i++) {
    await editPasskey(device, passkeys[i]?.id as PasskeyId, "title", `${titleOf(i)}, renamed`);
  }
  const passkey = passkeys[0]?.id as PasskeyId;
  const admitted = await admitLaptop(host, desk.keys);
  const hashes = [...device.state.accepted.values()].map(({ hash }) => hash);
  const entries = await device.readEntries(hashes);
  const document = join(bench.folder, "document");
  writeFileSync(document, device.state.document.save());
  const beginning = {
    document,
    passkey,
    passkeys: vault.passkeys,
    snapshotBytes: (await device.readSnapshot())?.length ?? 0,
    entryBytes: entries.reduce((sum, { bytes }) => sum + bytes.length, 0),
  };
  await host.close();

  const deskProcess = await startDevice(desk, passkey);
  const room = { ...admitted.room, id: admitted.room.logId as RoomId };
  const snapshot = await fetchSnapshot([address], room, admitted.room.snapshotHash, {
    random: systemRandom,
    signal: AbortSignal.timeout(SNAPSHOT_MS),
  });
  const laptop = await admitted.finish(join(bench.folder, "laptop.latchkey"), snapshot, [address]);
  const laptopProcess = await startDevice(laptop, passkey);
  const side = createSide(proxy, [deskProcess, laptopProcess, relay], () =>
    Promise.resolve(countReadableIn(bench.folder, "relay.sqlite", vault.passkeys)),
  );
  return { side, beginning };
}

async function startDevice(vault: BenchVault, passkey: PasskeyId): Promise<Child> {
  const child = startChild(new URL("device-process.ts", import.meta.url), [vault.path]);
  await child.ask({ keys: [...joinKeys(vault.keys)], passkey });
  return child;
}

/** Looks for every site and title in everything that the relay keeps. */
function countReadableIn(folder: string, prefix: string, passkeys: number): number {
  const files = readdirSync(folder)
    .filter((name) => name.startsWith(prefix))
    .map((name) => readFileSync(join(folder, name)));
  const isKept = (text: string) => files.some((bytes) => bytes.includes(text));
  return Array.from({ length: passkeys }, (_, i) => i).filter((i) => isKept(siteOf(i)) || isKept(titleOf(i)))
    .length;
}

/** The same document with automerge-repo. */
export async function startTheirs({ document, passkey, passkeys }: Beginning): Promise<LiveSide> {
  const program = new URL("repo-process.ts", import.meta.url);
  const server = startChild(program, ["server"]);
  const { port } = await server.receive();
  const proxy = await startCountingProxy(() => Number(port));
  const peer = () => startChild(program, ["peer", `ws://127.0.0.1:${proxy.port}`]);
  const place = {
    shard: shardName(deriveShard(credentialIdOf(passkey) ?? new Uint8Array())),
    key: registerKey(passkey, "title"),
  };
  const desk = peer();
  const url = String((await desk.ask({ load: document }))["url"]);
  const readTitles = async () => Number((await server.ask({ read: url }))["titles"]);
  while ((await readTitles()) < passkeys);
  await desk.ask(place);
  const laptop = peer();
  await laptop.ask({ find: url });
  await laptop.ask(place);
  return createSide(proxy, [desk, laptop, server], readTitles);
}

function createSide(
  proxy: CountingProxy,
  children: readonly [desk: Child, laptop: Child, server: Child],
  countReadable: () => Promise<number>,
): LiveSide {
  const [desk, laptop] = children;
  const [, ...ofLaptop] = proxy.connections;
  const firstSync = sumOf(ofLaptop);
  return {
    firstSync,
    async edit(title) {
      const { at } = await desk.ask({ title });
      const seen = await laptop.receive();
      if (seen["title"] !== title) throw new Error("Laptop saw another title");
      return Number(seen["at"]) - Number(at);
    },
    traffic: () => ({
      desk: sumOf(proxy.connections.slice(0, 1)),
      laptop: sumOf(proxy.connections.slice(1)),
    }),
    countReadable,
    async stop() {
      for (const child of children) await child.stop();
      await proxy.close();
    },
  };
}

function sumOf(connections: readonly Readonly<Traffic>[]): Traffic {
  return connections.reduce((sum, { up, down }) => ({ up: sum.up + up, down: sum.down + down }), {
    up: 0,
    down: 0,
  });
}
