/**
 * The relay of a vault on the local network (`latchkey up --lan`): the one that `latchkey relay serve` runs, at this machine's address there, in a
 * file of its own beside the vault. Rooms are made with a token that only devices of the vault can derive; the relay itself knows no key.
 *
 * While the vault is open it is announced, and relays of the vault's other devices are listened for. Locked, it goes on serving.
 */
import { createHash } from "node:crypto";
import { networkInterfaces } from "node:os";
import { encodeHex } from "@latchkey/core/bytes/text";
import {
  isLanAddress,
  type LanAnnouncement,
  makeLanAnnouncement,
  recognizeLanRelay,
} from "@latchkey/core/device/lan-announcement";
import { isVaultError, VaultError } from "@latchkey/core/errors";
import type { RelayAddress } from "@latchkey/core/relay-protocol";
import { type NodeRelay, startRelay } from "@latchkey/sync-relay/hosts/node";
import type { RelayService } from "@latchkey/device-host/relay-service";
import type { VaultHost } from "../host/vault-host.ts";
import { joinLocalNetwork, type LocalNetwork } from "./mdns.ts";

/** The same each time where it is free: an address that was given by hand stays good. */
const PREFERRED_PORT = 4_481;
/** Rooms of one vault: one for each epoch. */
const ROOMS = 64;
/** Relays of other devices that are dialled at once. */
const MAX_NEARBY = 8;
/** Announcements that are remembered, whoever they are of. */
const MAX_HEARD = 64;

export interface LanRelay {
  readonly origin: string;
  close(): Promise<void>;
}

export interface LanOptions {
  readonly host: VaultHost;
  readonly relays: RelayService;
  /** An address of this machine on the network; found when left out. */
  readonly address: string | undefined;
  readonly reportFault: (fault: unknown) => void;
  /** Multicast DNS; tests that stay on the loopback bring their own. */
  readonly join?: typeof joinLocalNetwork;
}

/** Throws `LK-RELAY-CONFIG` when there is no address to serve at, or it cannot be had. */
export async function startLanRelay(options: LanOptions): Promise<LanRelay> {
  const { host, relays, reportFault, join = joinLocalNetwork } = options;
  const address = options.address ?? findAddress();
  if (!isLanAddress(address))
    throw new VaultError("LK-RELAY-CONFIG", `${address} is not an address of a local network`);
  const relay = await serve(host.path, address);
  const heard = new Map<string, LanAnnouncement>();
  let own: RelayAddress | null = null;
  let network: LocalNetwork | null = null;
  let unsubscribe: (() => void) | null = null;
  let closed = false;

  async function begin(): Promise<void> {
    const device = await host.device();
    if (closed || !host.isOpen) return;
    const refresh = (): void => {
      const known = [...heard.values()]
        .map((announcement) => recognizeLanRelay(device, announcement))
        .filter((address) => address !== null);
      // Of one relay the latest counts. One that announces itself for an epoch that is not here yet stays known by what it said before.
      const others = new Map(known.map((address) => [address.origin, address]));
      relays.setNearby([...(own === null ? [] : [own]), ...[...others.values()].slice(0, MAX_NEARBY)]);
    };
    const meet = (announcement: LanAnnouncement): void => {
      if (announcement.origin === relay.origin || heard.size >= MAX_HEARD) return;
      heard.set(encodeHex(announcement.tag), announcement);
      refresh();
    };
    const announce = async (): Promise<void> => {
      const { token, ...announcement } = makeLanAnnouncement(device, relay.origin);
      const hash = new Uint8Array(createHash("sha256").update(token).digest());
      await relay.store.invites?.put({ hash, rooms: ROOMS, untilDay: null });
      own = { origin: relay.origin, token };
      refresh();
      network ??= join(address, meet, reportFault);
      network.announce(announcement);
    };
    // Another epoch has another root, hence another tag and token. Who has moved before is known only now.
    unsubscribe = device.subscribe((notices) => {
      if (!notices.some(({ is }) => is === "moved")) return;
      announce().catch(reportFault);
    });
    await announce();
  }

  function end(): void {
    unsubscribe?.();
    unsubscribe = null;
    heard.clear();
    own = null;
    relays.setNearby([]);
    network?.close().catch(reportFault);
    network = null;
  }

  host.onOpen(() => void begin().catch(reportFault));
  host.onLock(end);
  return {
    origin: relay.origin,
    async close() {
      closed = true;
      unsubscribe?.();
      relays.setNearby([]);
      await network?.close();
      await relay.close();
    },
  };
}

async function serve(vault: string, address: string): Promise<NodeRelay> {
  const at = (port: number): Promise<NodeRelay> =>
    startRelay({
      file: `${vault}.lan-relay`,
      host: address,
      port,
      admission: { mode: "invite" },
      log: () => {},
    });
  try {
    return await at(PREFERRED_PORT);
  } catch (error) {
    if (!isVaultError(error, "LK-RELAY-CONFIG")) throw error;
    return at(0);
  }
}

/** Networks inside this machine and tunnels out of it: other desktops are not there. */
const VIRTUAL = /^(?:br-|docker|lxc|podman|tap|tun|utun|vboxnet|veth|virbr|vmnet|wg)/;

/** An address of this machine on a local network, one of a real interface if there is any. */
export function findAddress(interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces()): string {
  const addresses = Object.entries(interfaces).flatMap(([name, each]) =>
    (each ?? [])
      .filter(({ family, internal, address }) => family === "IPv4" && !internal && isLanAddress(address))
      .map(({ address }) => ({ address, isVirtual: VIRTUAL.test(name) })),
  );
  const found = addresses.find(({ isVirtual }) => !isVirtual) ?? addresses[0];
  if (found === undefined)
    throw new VaultError("LK-RELAY-CONFIG", "this machine has no address on a local network");
  return found.address;
}
