/**
 * The vaults with which runs begin: founded, paired, one passkey in it, everybody knows everything and no relay has anything yet. Made once a
 * process and copied, since a pairing costs more than a whole run.
 */
import { createPortableCredentialCrypto } from "@latchkey/core/crypto/credential-key";
import { admitDevice } from "@latchkey/core/device/admit-device";
import type { Device, DeviceDeps } from "@latchkey/core/device/device";
import { foundVault } from "@latchkey/core/device/found-vault";
import { makeNewcomer, openWelcome } from "@latchkey/core/device/join-vault";
import { openDevice } from "@latchkey/core/device/open-device";
import { openMetadataTier, openSigningTier, wipeTier } from "@latchkey/core/device/tiers";
import type { CredentialCrypto } from "@latchkey/core/ports";
import type { PasskeyId } from "@latchkey/core/vault/schema";
import { createNativeCredentialCrypto } from "@latchkey/desktop/credential-crypto";
import { type Chance, createChance } from "./chance.ts";
import { Disk, openDisk } from "./disk.ts";
import { Ledger } from "./ledger.ts";
import { drawSodiumFrom } from "./sodium-chance.ts";
import { addPasskey } from "./new-passkey.ts";
import { openProtector } from "./open-protector.ts";

/** 2026-09-21: any day will do. */
export const BEGIN_MS = 1_790_000_000_000;

export interface Base {
  readonly disks: readonly Disk[];
  readonly ledger: Ledger;
  /** The passkey that is there already, and the entry that made it, in hex. */
  readonly passkey: { readonly id: PasskeyId; readonly entry: string };
}

export const originOf = (relay: number): string => `https://relay-${relay}.example`;

const made = new Map<string, Promise<Base>>();

export function baseOf(devices: number, relays: number): Promise<Base> {
  const key = `${devices} ${relays}`;
  const base = made.get(key) ?? makeSame(devices, relays);
  made.set(key, base);
  return base;
}

interface Opened {
  readonly disk: Disk;
  readonly deps: DeviceDeps;
  readonly device: Device;
}

/** The same in every process. */
async function makeSame(devices: number, relays: number): Promise<Base> {
  const drawAgain = drawSodiumFrom(createChance(devices, relays));
  try {
    return await makeBase(devices, relays);
  } finally {
    drawAgain();
  }
}

async function makeBase(devices: number, relays: number): Promise<Base> {
  const chance = createChance(devices, relays);
  const crypto = createPooledCrypto();
  const origins = Array.from({ length: relays }, (_, i) => ({ origin: originOf(i), token: null }));
  const founder = await open(chance, crypto, (deps) =>
    foundVault(deps, openProtector, { name: "D0", platform: "simulator", relays: origins }),
  );
  const opened = [founder];
  while (opened.length < devices) opened.push(await pair(chance, crypto, founder, `D${opened.length}`));
  const id = await addPasskey(founder.device, founder.deps, "first");
  const entry = [...founder.device.state.accepted.keys()].at(-1) as string;
  await exchange(opened);
  const ledger = new Ledger();
  for (const { key, value } of founder.disk.rows("entry"))
    ledger.write(key, value, founder.device, new Map());
  for (const { device } of opened) await device.lock();
  return { disks: opened.map(({ disk }) => disk), ledger, passkey: { id, entry } };
}

async function open(
  chance: Chance,
  crypto: CredentialCrypto,
  make: (deps: DeviceDeps) => Promise<void>,
): Promise<Opened> {
  const disk = new Disk();
  const deps = makeDeps(disk, chance.split(), crypto);
  await make(deps);
  return { disk, deps, device: await openDevice(deps, await openMetadataTier(deps.store, openProtector)) };
}

async function pair(
  chance: Chance,
  crypto: CredentialCrypto,
  sponsor: Opened,
  name: string,
): Promise<Opened> {
  const newcomer = makeNewcomer((length) => chance.bytes(length));
  const signing = await openSigningTier(sponsor.deps.store, openProtector);
  const candidate = { identity: newcomer.identity, name, platform: "simulator" };
  const welcome = await admitDevice(sponsor.device, signing, candidate);
  wipeTier(signing);
  const snapshot = (await sponsor.device.readSnapshot()) as Uint8Array;
  return open(chance, crypto, (deps) =>
    openWelcome(newcomer, welcome, deps).finish(deps, openProtector, snapshot, sponsor.device.relays()),
  );
}

async function exchange(all: readonly Opened[]): Promise<void> {
  for (const from of all) {
    const hashes = [...from.device.state.accepted.values()].map(({ hash }) => hash);
    const entries = (await from.device.readEntries(hashes)).map(({ bytes }) => bytes);
    for (const to of all) if (to !== from) await to.device.receive(entries);
  }
}

/** A device at a disk that neither takes time nor fails. */
export function makeDeps(disk: Disk, chance: Chance, crypto: CredentialCrypto): DeviceDeps {
  return {
    store: openDisk(disk, {
      isDead: () => false,
      after: (_, run) => run(),
      commitMs: () => 0,
      fateOfCommit: () => "lives",
      onDurable: () => {},
      die: () => {},
    }),
    random: (length) => chance.bytes(length),
    clock: { now: () => BEGIN_MS },
    crypto,
  };
}

const POOL_SIZE = 16;
const poolChance = createChance(0);
const portable = createPortableCredentialCrypto((length) => poolChance.bytes(length));
const pool = Promise.all(Array.from({ length: POOL_SIZE }, () => portable.makeKeyPair(-8)));

/**
 * Key pairs are drawn from a few that were made once: what they are matters to nobody here, that they are the same in each run does.
 */
export function createPooledCrypto(): CredentialCrypto {
  const native = createNativeCredentialCrypto();
  let next = 0;
  return {
    algorithms: [-8],
    sha256: (data) => native.sha256(data),
    makeKeyPair: async () => {
      const { privateKey, publicKey } = (await pool)[next++ % POOL_SIZE]!;
      return { privateKey: privateKey.slice(), publicKey: publicKey.slice() };
    },
    importKey: (algorithm, privateKey) => native.importKey(algorithm, privateKey),
  };
}
