/** Devices for tests: real core, a store in memory, keys protected by nothing. Two of them pair without the ceremony. */
import { createPortableCredentialCrypto } from "../../src/crypto/credential-key.ts";
import { admitDevice } from "../../src/device/admit-device.ts";
import type { Device, DeviceDeps } from "../../src/device/device.ts";
import { foundVault } from "../../src/device/found-vault.ts";
import { makeNewcomer, openWelcome } from "../../src/device/join-vault.ts";
import { openDevice } from "../../src/device/open-device.ts";
import { createPasskey } from "../../src/device/passkey-acts.ts";
import { completeSigningTier } from "../../src/device/epoch-roots.ts";
import { openMetadataTier, openSigningTier, rootOf, type SigningTier } from "../../src/device/tiers.ts";
import { deriveSigningEpochKeys } from "../../src/membership/epoch.ts";
import type { KeyProtector, Random } from "../../src/ports.ts";
import { sealPrivateKey } from "../../src/vault/credential-secret.ts";
import { passkeyId, type PasskeyId } from "../../src/vault/schema.ts";
import { createSeededRandom } from "../seeded-random.ts";
import { createMemoryStore, type MemoryStore } from "./memory-store.ts";

/** Gives every key to whoever asks: what protects keys is the hosts' matter and tested there. */
export const openProtector: KeyProtector = {
  protect: async (_, key) => key.slice(),
  release: async (_, protectedKey) => protectedKey.slice(),
};

/** With a clock that a test may set. */
export type TestDeps = DeviceDeps & { readonly clock: { ms: number } };

export interface TestDevice {
  readonly store: MemoryStore;
  readonly deps: TestDeps;
  device: Device;
}

/** Milliseconds since 1970: what every test's clock shows until it is set. */
export const NOW = 1_790_000_000_000;

export function makeDeps(seed: number, store: MemoryStore): TestDeps {
  const random: Random = createSeededRandom(seed);
  return {
    store,
    random,
    clock: {
      ms: NOW,
      now() {
        return this.ms;
      },
    },
    crypto: createPortableCredentialCrypto(random),
  };
}

export async function foundDevice(seed: number, name: string): Promise<TestDevice> {
  const store = createMemoryStore();
  const deps = makeDeps(seed, store);
  await foundVault(deps, openProtector, { name, platform: "test", relays: [] });
  return { store, deps, device: await openDevice(deps, await openMetadataTier(deps.store, openProtector)) };
}

/** What a user verification gives. */
export async function openSigning(on: TestDevice): Promise<SigningTier> {
  const tier = await openSigningTier(on.store, openProtector);
  return completeSigningTier(on.store, on.device.context.rows, tier, on.deps.random);
}

/** What pairing does after the code was right, with the snapshot handed over directly. */
export async function joinDevice(
  host: TestDevice,
  seed: number,
  name: string,
  direction: { readonly isReverse?: boolean } = {},
): Promise<TestDevice> {
  const store = createMemoryStore();
  const deps = makeDeps(seed, store);
  const newcomer = makeNewcomer(deps.random);
  const signing = await openSigning(host);
  const welcome = await admitDevice(
    host.device,
    signing,
    {
      identity: newcomer.identity,
      name,
      platform: "test",
    },
    direction,
  );
  const joining = openWelcome(newcomer, welcome, deps);
  await joining.finish(deps, openProtector, (await host.device.readSnapshot()) as Uint8Array, []);
  const joined = {
    store,
    deps,
    device: await openDevice(deps, await openMetadataTier(deps.store, openProtector)),
  };
  await exchange(host, joined);
  return joined;
}

/** Closes and opens a device again, as after a restart. */
export async function reopen(device: TestDevice, deps: DeviceDeps = device.deps): Promise<void> {
  device.device = await openDevice(deps, await openMetadataTier(deps.store, openProtector));
}

/** Every entry of `from`, in the order in which it was accepted. */
export async function allEntries(from: TestDevice): Promise<Uint8Array[]> {
  const accepted = [...from.device.state.accepted.values()].sort((a, b) => a.position - b.position);
  return (await from.device.readEntries(accepted.map(({ hash }) => hash))).map(({ bytes }) => bytes);
}

/** Both devices get everything that the other has. */
export async function exchange(a: TestDevice, b: TestDevice): Promise<void> {
  await b.device.receive(await allEntries(a));
  await a.device.receive(await allEntries(b));
}

/** A passkey made as the authenticator makes it. */
export async function addPasskey(on: TestDevice, rpId: string, userName: string): Promise<PasskeyId> {
  const { crypto, random, clock } = on.deps;
  const { privateKey, publicKey } = await crypto.makeKeyPair(-7);
  const source = {
    credentialId: random(32),
    rpId,
    userHandle: random(16),
    algorithm: -7,
    publicKey,
    backupEligible: true,
    backedUp: true,
    discoverable: true,
    protection: 1,
    createdAt: clock.now(),
  };
  const signing = await openSigning(on);
  const { secretKey } = deriveSigningEpochKeys(rootOf(signing, on.device.context.epoch.logId));
  const record = {
    ...source,
    sealedPrivateKey: sealPrivateKey(secretKey, source, privateKey, random),
    sealedPrfSeeds: null,
    sealedCredBlob: null,
  };
  await createPasskey(on.device, record, { userName, userDisplayName: null, rpName: null }, []);
  return passkeyId(source.credentialId);
}
