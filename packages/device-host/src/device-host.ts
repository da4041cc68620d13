/**
 * One vault in this process or page, for as long as it holds the store: locked or open. Everything that a command or a screen can do with a
 * vault goes through here. What it runs on (Node with a file, a browser with IndexedDB) lends the store, the randomness and the signatures.
 *
 * Locked, it knows nothing but the file. Open, it holds the metadata tier: sees, edits, syncs. The document is loaded when something
 * needs it, so a sign-in does not pay for it. The signing tier is opened for one act at a time by `openSigning`, or kept for some minutes
 * where the person set that.
 */
import type { Device, DeviceDeps } from "@latchkey/core/device/device";
import { readEpochLog } from "@latchkey/core/device/epoch-log";
import type { AuditWriter } from "@latchkey/core/device/write-audit";
import { createLocalRows, type LocalRows } from "@latchkey/core/storage/local-rows";
import { equalBytes } from "@latchkey/core/bytes/equal";
import { findRoot } from "@latchkey/core/device/epoch-root";
import { copySigningTier, type MetadataTier, type SigningTier, wipeTier } from "@latchkey/core/device/tiers";
import { isVaultError, VaultError } from "@latchkey/core/errors";
import type { PasskeyId } from "@latchkey/core/vault/schema";
import { createNotebook, type Notebook } from "./notebook.ts";
import { pause } from "./timers.ts";
import { type AskForKey, createUnlocker } from "./unlock.ts";

/** What is known without the document. */
export interface OpenVault {
  readonly tier: MetadataTier;
  readonly rows: LocalRows;
  readonly logId: Uint8Array;
}

export class DeviceHost {
  /** Where the vault is kept: a file's path; what a person would call it where there is none. */
  readonly path: string;
  readonly deps: DeviceDeps;
  readonly #lockListeners = new Set<() => void>();
  readonly #openListeners = new Set<() => void>();
  readonly #signingListeners = new Set<(tier: SigningTier) => Promise<void>>();
  #open: OpenVault | null = null;
  #device: Promise<Device> | null = null;
  #closing = false;
  /** Passkeys that did not open under the vault's present keys when this device tried. */
  unopened: readonly PasskeyId[] = [];
  /** The log whose secrets this device need not open any more to say that it did. */
  #openedLog: Uint8Array | null = null;
  #opening: Promise<void> = Promise.resolve();
  /** What is done here, for the activity log (`notebook.ts`). */
  readonly notebook: Notebook;
  /** Operations may wait for the signing tier; unknown until it was asked once. */
  #hasWaiting = true;

  /** Takes over a store that holds a vault. */
  constructor(path: string, deps: DeviceDeps) {
    this.path = path;
    this.deps = deps;
    this.notebook = createNotebook(
      () => deps.clock.now(),
      () => this.#auditWriter(this.#open, this.#device),
    );
  }

  get isOpen(): boolean {
    return this.#open !== null;
  }

  /** What an open vault is known by. Throws `LK-VAULT-LOCKED`. */
  get opened(): OpenVault {
    if (this.#open === null) throw new VaultError("LK-VAULT-LOCKED", "vault is locked");
    return this.#open;
  }

  /** Opens the metadata tier, if it is not open. */
  async unlock(askForKey: AskForKey, purpose = "open the vault"): Promise<void> {
    if (this.#open !== null) return;
    await this.#adopt(await this.#unlocker(askForKey).openMetadata(purpose));
  }

  /** The signing tier, after a user verification for this act; opens the vault too when it was locked. The caller wipes it. */
  async openSigning(askForKey: AskForKey, purpose: string): Promise<SigningTier> {
    const unlocker = this.#unlocker(askForKey);
    if (this.#open !== null) return this.#complete(await unlocker.openSigning(purpose));
    const { metadata, signing } = await unlocker.openBoth(purpose);
    try {
      await this.#adopt(metadata);
      return await this.#complete(signing);
    } catch (error) {
      wipeTier(signing);
      throw error;
    }
  }

  /** With the root of the present epoch; and what waited for a user verification is done. */
  async #complete(tier: SigningTier): Promise<SigningTier> {
    const { rows, logId } = this.opened;
    const complete = findRoot(tier.roots, logId) === null ? await this.#openRoot(tier, rows) : tier;
    for (const listener of this.#signingListeners) await listener(complete);
    if (this.#device === null) return complete;
    const device = await this.#device;
    const { readmitOverlooked } = await import("@latchkey/core/device/readmit");
    await readmitOverlooked(device, complete);
    const { renewWithheld } = await import("@latchkey/core/device/probation");
    await renewWithheld(device, complete);
    this.#acknowledge(device, complete);
    if (!this.#hasWaiting) return complete;
    const { reissueOwn } = await import("@latchkey/core/device/reissue-own");
    try {
      this.#hasWaiting = (await reissueOwn(device, complete)).waiting > 0;
    } catch (error) {
      // What is damaged is fetched again and tried then; a sign-in does not wait for it.
      if (!isVaultError(error)) throw error;
    }
    return complete;
  }

  async #openRoot(tier: SigningTier, rows: LocalRows): Promise<SigningTier> {
    const { completeSigningTier } = await import("@latchkey/core/device/epoch-roots");
    return completeSigningTier(this.deps.store, rows, tier, this.deps.random);
  }

  /** In the background, for it opens every passkey once after each change of keys: a sign-in does not wait for it. */
  #acknowledge(device: Device, tier: SigningTier): void {
    const { logId } = this.opened;
    if (findRoot(tier.roots, logId) === null) return;
    if (this.#openedLog !== null && equalBytes(this.#openedLog, logId)) return;
    this.#openedLog = logId;
    const own = copySigningTier(tier);
    const goesOn = async (): Promise<boolean> => {
      await pause(0);
      return this.#open !== null;
    };
    this.#opening = this.#opening
      .then(async () => {
        const { acknowledgeOpened } = await import("@latchkey/core/device/acknowledge-opened");
        this.unopened = await acknowledgeOpened(device, own, goesOn);
      })
      // Tried again after the next start or change of keys: until then the old roots stay, and nothing is lost.
      .catch((error: unknown) => {
        if (!isVaultError(error)) throw error;
      })
      .finally(() => wipeTier(own));
    // A fault of ours comes out when the vault is locked.
    this.#opening.catch(() => {});
  }

  /** The device with its document. Throws `LK-VAULT-LOCKED`. */
  device(): Promise<Device> {
    const { tier } = this.opened;
    this.#device ??= this.#openDevice(tier);
    return this.#device;
  }

  async #openDevice(tier: MetadataTier): Promise<Device> {
    try {
      const { openDevice } = await import("@latchkey/core/device/open-device");
      const device = await openDevice(this.deps, tier);
      device.subscribe((notices) => {
        if (this.#open === null || !notices.some(({ is }) => is === "moved")) return;
        this.#open = { ...this.#open, logId: device.context.epoch.logId };
        this.#hasWaiting = true;
        this.unopened = [];
      });
      return device;
    } catch (error) {
      // Asked again, it is tried again.
      this.#device = null;
      throw error;
    }
  }

  /** Called when the vault was opened, and at once if it is open. */
  onOpen(listener: () => void): void {
    this.#openListeners.add(listener);
    if (this.isOpen) listener();
  }

  /** Called after each user verification with the signing tier, which is wiped soon after. Returns the way to stop. */
  onSigning(listener: (tier: SigningTier) => Promise<void>): () => void {
    this.#signingListeners.add(listener);
    return () => this.#signingListeners.delete(listener);
  }

  /** Called before the vault locks. */
  onLock(listener: () => void): void {
    this.#lockListeners.add(listener);
  }

  /** Ends what was begun and forgets the keys. */
  async lock(): Promise<void> {
    const open = this.#open;
    if (open === null) return;
    for (const listener of this.#lockListeners) listener();
    this.#open = null;
    const opening = this.#device;
    this.#device = null;
    await this.#opening;
    // What cannot be opened holds nothing but the tier.
    const device = await opening?.catch(() => null);
    await this.notebook.flush(await this.#auditWriter(open, opening)).catch(() => {});
    if (device == null) wipeTier(open.tier);
    else await device.lock();
  }

  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    try {
      await this.lock();
    } finally {
      await this.deps.store.close();
    }
  }

  async #auditWriter(open: OpenVault | null, device: Promise<Device> | null): Promise<AuditWriter | null> {
    if (open === null) return null;
    const { makeAuditWriter } = await import("./audit-writer.ts");
    return makeAuditWriter(this.deps.store, open, (await device?.catch(() => null)) ?? null);
  }

  #unlocker(askForKey: AskForKey) {
    const { store, clock } = this.deps;
    return createUnlocker({
      store,
      clock,
      askForKey,
      onRecovered: ({ count }) => this.notebook.note({ kind: "unlock-failed", count }),
    });
  }

  async #adopt(tier: MetadataTier): Promise<void> {
    const rows = createLocalRows(tier.local, this.deps.random);
    this.#open = { tier, rows, logId: await readEpochLog(this.deps.store, rows) };
    this.notebook.note({ kind: "unlock" });
    for (const listener of this.#openListeners) listener();
  }
}
