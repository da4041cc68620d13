/**
 * A mailbox (relay) in the host's own process, for a person who has none: it begins with the first wish to add a device, keeps its file
 * beside the vault, and is there again whenever the vault is open. It listens on loopback alone, so it serves the vaults of this machine;
 * a phone needs a mailbox with a certificate (experience.md § 7, U3 D).
 */
import { existsSync } from "node:fs";
import { startRelay, type NodeRelay } from "@latchkey/sync-relay/hosts/node";
import type { ServedVault } from "./served-vault.ts";

export interface OwnMailbox {
  /** Starts it if need be, and returns its address. Throws `LK-RELAY-CONFIG`. */
  start(): Promise<string>;
  close(): Promise<void>;
}

/** Taken when it is free; the address that the vault has noted counts after that. */
const PREFERRED_PORT = 4_480;

export function createOwnMailbox(served: ServedVault): OwnMailbox {
  const file = `${served.path}.mailbox`;
  let running: Promise<NodeRelay> | null = null;
  let closed = false;
  /** Something else answers there, or the file is not to be used: tried once, and again when the person asks. */
  let refused = false;

  function run(port: number): Promise<NodeRelay> {
    running ??= startRelay({ admission: { mode: "open" }, file, port, log: () => {} }).catch(
      (error: unknown) => {
        running = null;
        throw error;
      },
    );
    return running;
  }

  /** Where the vault expects it. */
  async function findPort(): Promise<number | null> {
    if (served.phase !== "open" || !existsSync(file)) return null;
    const device = await served.services.host.device();
    for (const { origin } of device.relays()) {
      const { hostname, port, protocol } = new URL(origin);
      if (protocol === "http:" && hostname === "127.0.0.1" && port !== "") return Number(port);
    }
    return null;
  }

  async function resume(): Promise<void> {
    if (running !== null || closed || refused) return;
    const port = await findPort();
    if (port === null || closed) return;
    await run(port).catch((error: unknown) => {
      refused = true;
      throw error;
    });
  }

  const unsubscribe = served.subscribe(() => void resume().catch(served.reportFault));
  return {
    async start() {
      const port = await findPort();
      if (port !== null) return (await run(port)).origin;
      try {
        return (await run(PREFERRED_PORT)).origin;
      } catch {
        return (await run(0)).origin;
      }
    },
    async close() {
      closed = true;
      unsubscribe();
      await (await running?.catch(() => null))?.close();
    },
  };
}
