/**
 * Opening the tiers with a passphrase: one prompt may open both, in two Argon2id runs side by side. Wrong tries are counted in the vault
 * itself, so that starting again is no way around the wait.
 */
import { encodeUtf8 } from "@latchkey/core/bytes/text";
import { encodeCbor } from "@latchkey/core/cbor/codec";
import { Fields, readStructure } from "@latchkey/core/cbor/fields";
import { wipe } from "@latchkey/core/crypto/wipe";
import type { DeviceStore } from "@latchkey/core/storage/device-store";
import {
  type MetadataTier,
  openMetadataTier,
  openSigningTier,
  type SigningTier,
} from "@latchkey/core/device/tiers";
import type { Clock, KeyProtector, Random } from "@latchkey/core/ports";
import {
  type BackOff,
  createBackOff,
  type WrongTries,
  type WrongTriesRecord,
} from "./key-protection/back-off.ts";

/** Gives the protector for one unlocking, having asked the person. Called once for each verification. */
export type AskForKey = (purpose: string) => Promise<KeyProtector & { end?(): void }>;

export interface Unlocker {
  /** What `work` does with the protector that was asked for; a wrong passphrase counts, whatever it was given for. */
  withKey<T>(purpose: string, work: (protector: KeyProtector) => Promise<T>): Promise<T>;
  openMetadata(purpose: string): Promise<MetadataTier>;
  openSigning(purpose: string): Promise<SigningTier>;
  openBoth(purpose: string): Promise<{ readonly metadata: MetadataTier; readonly signing: SigningTier }>;
}

export function createUnlocker(deps: {
  readonly store: DeviceStore;
  readonly clock: Clock;
  readonly askForKey: AskForKey;
  /** Told of wrong tries, once the right one has come. */
  readonly onRecovered?: (before: WrongTries) => void;
}): Unlocker {
  const { store, clock, onRecovered } = deps;
  const backOff: BackOff = createBackOff({
    clock,
    record: createTriesRecord(store),
    ...(onRecovered === undefined ? {} : { onRecovered }),
  });

  async function withKey<T>(purpose: string, open: (protector: KeyProtector) => Promise<T>): Promise<T> {
    return backOff.try(async () => {
      const protector = await deps.askForKey(purpose);
      try {
        return await open(protector);
      } finally {
        protector.end?.();
      }
    });
  }

  return {
    withKey,
    openMetadata: (purpose) => withKey(purpose, (protector) => openMetadataTier(store, protector)),
    openSigning: (purpose) => withKey(purpose, (protector) => openSigningTier(store, protector)),
    openBoth: (purpose) =>
      withKey(purpose, async (protector) => {
        const [metadata, signing] = await Promise.all([
          openMetadataTier(store, protector),
          openSigningTier(store, protector),
        ]);
        return { metadata, signing };
      }),
  };
}

/** A protector that asks for a passphrase and forgets it when the unlocking ends. */
export function askForPassphrase(ask: (purpose: string) => Promise<string>, random: Random): AskForKey {
  return async (purpose) => {
    // Whoever unlocks with Windows Hello or a phone's own key loads nothing of it.
    const { createPassphraseProtector, encodePassphrase } = await import("./key-protection/passphrase.ts");
    const passphrase = encodePassphrase(await ask(purpose));
    return { ...createPassphraseProtector({ passphrase, random }), end: () => wipe(passphrase) };
  };
}

const TRIES_KEY = encodeUtf8("wrong-tries");

function createTriesRecord(store: DeviceStore): WrongTriesRecord {
  return {
    async read() {
      const row = await store.get("meta", TRIES_KEY);
      if (row?.value == null) return null;
      return readStructure("LK-VAULT-DAMAGED", row.value, (value) => {
        const fields = new Fields(value, "wrong tries", 2);
        return { count: fields.uint("count"), latest: fields.uint("latest") };
      });
    },
    write: (tries) =>
      store.commit([
        {
          table: "meta",
          key: TRIES_KEY,
          value: tries === null ? null : encodeCbor([tries.count, tries.latest]),
        },
      ]),
  };
}
