/** A backup: an archive that a page or a passphrase opens. What its keys hold, and what happens to them when somebody changes them. */
import { describe, expect, test } from "vitest";
import { makeBackupPassphraseFor, piecesOf } from "./backups.ts";
import { readBackupKeys } from "../../src/archive/backup-keys.ts";
import { verifyExport } from "../../src/device/export-log.ts";
import { rootOf } from "../../src/device/tiers.ts";
import { sealSigningRoot } from "../../src/recovery/backup-settings.ts";
import { printPage } from "../../src/recovery/make-page.ts";
import {
  openRootsWithPage,
  openWithPage,
  openWithPassphrase,
  readLastLog,
} from "../../src/recovery/open-archive.ts";
import { joinPages } from "../../src/recovery/shares.ts";
import { addPasskey, foundDevice, openSigning, type TestDevice } from "../device/devices.ts";
import { makeNextEpoch, Rooms } from "../device/rooms.ts";

const refusal = (code: string) => expect.objectContaining({ code }) as unknown;

async function vaultWithPage(seed: number) {
  const desk = await foundDevice(seed, "Desk");
  await addPasskey(desk, "example.org", "ana");
  const { texts } = await printPage(desk.device, await openSigning(desk), false);
  return { desk, secret: await joinPages(texts) };
}

const presentRoots = async (on: TestDevice) => ({
  metadataRoot: on.device.metadataRoot(),
  signingRoot: rootOf(await openSigning(on), on.device.context.epoch.logId),
});

describe("a backup", () => {
  test("opens with a page that is younger than the epoch, by the keys before its logs", async () => {
    const { desk, secret } = await vaultWithPage(1000);
    const log = await readLastLog(piecesOf(desk.device, null));
    expect(log.keys?.members).toHaveLength(1);
    expect(openRootsWithPage(log, secret)).toMatchObject(await presentRoots(desk));
    expect(openWithPage(log, secret).entries.length).toBe(desk.device.state.accepted.size);
    expect(() => openWithPage(log, new Uint8Array(20))).toThrow(refusal("LK-RECOVERY-BACKUP"));
  });

  test("needs no keys for a page that the epoch's record names", async () => {
    const { desk, secret } = await vaultWithPage(1010);
    await makeNextEpoch(desk, new Rooms());
    const log = await readLastLog(piecesOf(desk.device, null));
    expect(log.keys).toBeNull();
    expect(openRootsWithPage(log, secret)).toMatchObject(await presentRoots(desk));
  });

  test("says that a page is dead which opens an earlier log and not the last", async () => {
    const { desk, secret } = await vaultWithPage(1020);
    const rooms = new Rooms();
    await makeNextEpoch(desk, rooms);
    const page = [...desk.device.state.members.values()].find(({ member }) => member.page);
    await makeNextEpoch(desk, rooms, { reason: "removal", removed: [page!.member.identity.entryPublicKey] });
    const log = await readLastLog(piecesOf(desk.device, null));
    expect(log.earlier.length).toBeGreaterThan(0);
    expect(() => openWithPage(log, secret)).toThrow(refusal("LK-RECOVERY-DEAD"));
  });

  test("opens with a passphrase: names at once, private keys when the person was verified since the keys changed", async () => {
    const { desk } = await vaultWithPage(1030);
    const { passphrase, kems } = makeBackupPassphraseFor("battery staple", desk.deps.random);
    const [slot] = (await readLastLog(piecesOf(desk.device, passphrase))).keys!.passphrases;
    const before = openWithPassphrase(await readLastLog(piecesOf(desk.device, passphrase)), slot!, kems);
    expect(before.signingRoot).toBeNull();
    const whole = sealSigningRoot(desk.device, passphrase, await openSigning(desk));
    const log = await readLastLog(piecesOf(desk.device, whole));
    expect(openWithPassphrase(log, log.keys!.passphrases[0]!, kems)).toMatchObject(await presentRoots(desk));
    expect(sealSigningRoot(desk.device, whole, await openSigning(desk))).toBe(whole);
    await makeNextEpoch(desk, new Rooms());
    const after = await readLastLog(piecesOf(desk.device, whole));
    expect(openWithPassphrase(after, after.keys!.passphrases[0]!, kems).signingRoot).toBeNull();
  });

  test("opens with no other passphrase, and with no other parameters than its own", async () => {
    const { desk } = await vaultWithPage(1040);
    const { passphrase, kems } = makeBackupPassphraseFor("battery staple", desk.deps.random);
    const log = await readLastLog(piecesOf(desk.device, passphrase));
    const slot = log.keys!.passphrases[0]!;
    const other = makeBackupPassphraseFor("another", desk.deps.random);
    expect(() => openWithPassphrase(log, slot, other.kems)).toThrow(refusal("LK-RECOVERY-BACKUP"));
    const cheaper = { ...slot, passes: slot.passes + 1 };
    expect(() => openWithPassphrase(log, cheaper, kems)).toThrow(refusal("LK-RECOVERY-BACKUP"));
  });

  test("is verified by a device like any archive", async () => {
    const { desk } = await vaultWithPage(1050);
    const [log, ...more] = await verifyExport(desk.device, piecesOf(desk.device, null));
    expect(more).toEqual([]);
    expect(log?.entries).toBe(desk.device.state.accepted.size);
  });
});

test("keys of a later version, and what is none, are refused", () => {
  for (const bytes of [new Uint8Array(), Uint8Array.of(0x83, 2, 0x40, 0x80), Uint8Array.of(1)])
    expect(() => readBackupKeys(bytes)).toThrow(refusal("LK-EXPORT-DAMAGED"));
});
