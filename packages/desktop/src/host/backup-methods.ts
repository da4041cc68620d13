/**
 * Backups on this machine: an archive with keys (`core/recovery/backup-settings.ts`) in a folder of the person's choice. Each is read back and verified before it
 * has its name, and the oldest go when there are more than wanted.
 */
import { readdir, rm, stat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import type { Device } from "@latchkey/core/device/device";
import { wipeTier } from "@latchkey/core/device/tiers";
import { isVaultError, VaultError } from "@latchkey/core/errors";
import {
  type BackupPassphrase,
  type BackupSettings,
  makeBackupKeys,
  makeBackupPassphrase,
  readBackupSettings,
  sealSigningRoot,
  writeBackupSettings,
} from "@latchkey/core/recovery/backup-settings";
import { findLivePage } from "@latchkey/core/recovery/page-setting";
import type { Channel } from "@latchkey/device-host/channel";
import { stretchPassphrase } from "@latchkey/device-host/key-protection/stretch-passphrase";
import {
  askKey,
  type HostServices,
  type Method,
  openDevice,
  type Params,
} from "@latchkey/device-host/method";
import type { JsonObject } from "../terminal/json.ts";
import { readPieces, writeFinishedFile } from "./finished-file.ts";

/** What a backup's name ends with. */
const SUFFIX = ".latchkey-backup";
const NAME = /^vault-\d{4}-\d\d-\d\dT\d{6}\.\d{3}Z\.latchkey-backup$/;
const DEFAULT_HOURS = 24;
const DEFAULT_COPIES = 10;

/** With Automerge in it, which a sign-in does not wait for. */
const loadExport = () => import("@latchkey/core/device/export-log");

/** Where backups go on by themselves: the settings as data, or `null`. */
export async function describeBackup(device: Device): Promise<JsonObject | null> {
  const settings = await readBackupSettings(device);
  if (settings === null) return null;
  const { folder, hours, copies, passphrase, latest } = settings;
  return {
    folder,
    hours,
    copies,
    passphrase: passphrase !== null,
    latest:
      latest === null
        ? null
        : { madeAt: new Date(latest.madeAt).toISOString(), file: latest.file, passkeys: latest.passkeys },
  };
}

/** Writes one backup to `path`. Throws what `exportLog`, `verifyExport` and `writeFinishedFile` throw; then nothing is there. */
export async function writeBackup(
  device: Device,
  path: string,
  passphrase: BackupPassphrase | null,
): Promise<JsonObject> {
  const { exportLog, verifyExport } = await loadExport();
  const keys = await makeBackupKeys(device, passphrase);
  const { bytes, checked: logs } = await writeFinishedFile(path, exportLog(device, keys), (read) =>
    verifyExport(device, read),
  );
  const slot = keys?.passphrases[0];
  return {
    file: path,
    bytes,
    passkeys: countPasskeys(device),
    entries: logs.reduce((sum, log) => sum + log.entries, 0),
    verified: true,
    opensWith: {
      devices: true,
      page: findLivePage(device) !== null,
      passphrase: slot === undefined ? "no" : slot.signing === null ? "names-only" : "yes",
    },
  };
}

/** One more in the folder of the settings, and the oldest away. */
export async function runBackup(device: Device, settings: BackupSettings): Promise<JsonObject> {
  const now = device.deps.clock.now();
  const stamp = new Date(now).toISOString().replaceAll(":", "");
  const file = `vault-${stamp}${SUFFIX}`;
  const made = await writeBackup(device, join(settings.folder, file), settings.passphrase);
  const present = (await readBackupSettings(device)) ?? settings;
  await writeBackupSettings(device, {
    ...present,
    latest: { madeAt: now, file, passkeys: countPasskeys(device) },
  });
  return { ...made, removed: await rotate(settings) };
}

const countPasskeys = ({ state }: Device): number =>
  state.document.list().filter((passkey) => passkey.state === "live").length;

/** Only files whose whole name is one of ours. */
async function rotate({ folder, copies }: BackupSettings): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => NAME.test(name)).sort();
  const old = names.slice(0, Math.max(0, names.length - copies));
  for (const name of old) await rm(join(folder, name));
  return old;
}

async function listBackups(folder: string): Promise<JsonObject[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw new VaultError("LK-EXPORT-FILE", `${folder}: ${error.code ?? "failed"}`, { cause: error });
  });
  const found: JsonObject[] = [];
  for (const name of names.filter((each) => NAME.test(each)).sort()) {
    const { size, mtimeMs } = await stat(join(folder, name));
    found.push({ file: name, bytes: size, madeAt: new Date(mtimeMs).toISOString() });
  }
  return found;
}

async function requireFolder(device: Device, params: Params): Promise<string> {
  const given = params.optionalText("folder") ?? (await readBackupSettings(device))?.folder ?? null;
  if (given === null) throw new VaultError("LK-EXPORT-FILE", "no folder for backups was chosen");
  return given;
}

/** A passphrase for backups, from the person. */
async function askPassphrase({ host }: HostServices, channel: Channel): Promise<BackupPassphrase> {
  const text = await channel.ask({ kind: "passphrase", purpose: "open this backup later" });
  const { parameters, stretched } = await stretchPassphrase(text, host.deps.random);
  return makeBackupPassphrase(parameters, stretched);
}

export const BACKUP_METHODS = {
  async "backup.status"(services, _, channel) {
    return { backup: await describeBackup(await openDevice(services, channel, "show how backups stand")) };
  },

  /**
   * `file`: to this path, once. Else into the folder of the settings. `passphrase`: the person gives one for this file; it takes a user verification, for what it
   * opens is the whole vault.
   */
  async "backup.run"(services, params, channel) {
    const file = params.optionalText("file");
    if (params.value("passphrase") === true) {
      const signing = await services.host.openSigning(askKey(services, channel), "make a backup");
      try {
        const device = await services.host.device();
        const passphrase = sealSigningRoot(device, await askPassphrase(services, channel), signing);
        return await writeBackup(device, requirePath(file), passphrase);
      } finally {
        wipeTier(signing);
      }
    }
    const device = await openDevice(services, channel, "make a backup");
    const settings = await readBackupSettings(device);
    if (file !== null) return writeBackup(device, requirePath(file), settings?.passphrase ?? null);
    if (settings === null) throw new VaultError("LK-EXPORT-FILE", "no folder for backups was chosen");
    return runBackup(device, settings);
  },

  /** The folder, how often, how many; `passphrase`: the person chooses one that all later backups open with; `off`: no more by itself. */
  async "backup.set"(services, params, channel) {
    const signing = await services.host.openSigning(askKey(services, channel), "choose where backups go");
    try {
      const device = await services.host.device();
      if (params.value("off") === true) {
        await writeBackupSettings(device, null);
        return { backup: null };
      }
      const before = await readBackupSettings(device);
      const folder = requirePath(params.optionalText("folder") ?? before?.folder ?? null);
      if (!(await stat(folder).catch(() => null))?.isDirectory())
        throw new VaultError("LK-EXPORT-FILE", `there is no folder ${folder}`);
      const asked = params.value("passphrase") === true ? await askPassphrase(services, channel) : null;
      const passphrase = asked ?? before?.passphrase ?? null;
      const settings: BackupSettings = {
        folder,
        hours: params.optionalCount("hours") ?? before?.hours ?? DEFAULT_HOURS,
        copies: Math.max(1, params.optionalCount("copies") ?? before?.copies ?? DEFAULT_COPIES),
        passphrase: passphrase === null ? null : sealSigningRoot(device, passphrase, signing),
        latest: before?.latest ?? null,
      };
      await writeBackupSettings(device, settings);
      const made = await runBackup(device, settings);
      return { backup: await describeBackup(device), made };
    } finally {
      wipeTier(signing);
    }
  },

  async "backup.list"(services, params, channel) {
    const device = await openDevice(services, channel, "list the backups");
    const folder = await requireFolder(device, params);
    return { folder, backups: await listBackups(folder) };
  },

  /** With the keys of this device: every seal and signature. */
  async "backup.verify"(services, params, channel) {
    const device = await openDevice(services, channel, "verify a backup");
    const file = requirePath(params.text("file"));
    const { verifyExport } = await loadExport();
    const logs = await verifyExport(device, readPieces(file)).catch((error: unknown) => {
      // Whatever is wrong inside: for the person the file is not whole.
      if (!isVaultError(error) || !/^LK-(?:EPOCH|ENTRY|CBOR)-/.test(error.code)) throw error;
      throw new VaultError("LK-EXPORT-DAMAGED", `${error.code}: ${error.message}`, { cause: error });
    });
    const entries = logs.reduce((sum, log) => sum + log.entries, 0);
    return { file, epochs: logs.length, entries, verified: true };
  },
} satisfies Record<string, Method>;

function requirePath(path: string | null): string {
  if (path === null || !isAbsolute(path))
    throw new VaultError("LK-EXPORT-FILE", "a backup needs an absolute path");
  return path;
}
