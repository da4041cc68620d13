/**
 * A real vault file that is entrusted to Windows Hello and taken back: which ways open it after each step, what a person is asked, and that a
 * process which dies in between has changed nothing.
 */
import { join } from "node:path";
import { NEVER_CANCELLED } from "@latchkey/core/authenticator/cancellation";
import { openSigningTier, wipeTier } from "@latchkey/core/device/tiers";
import type { DeviceStore } from "@latchkey/core/storage/device-store";
import { askSystemFirst } from "@latchkey/desktop/host/ask-system";
import { endEnrolment, enrol, isEnrolled } from "@latchkey/desktop/host/enrolment";
import { foundHost, makeFolder, makeProtector, openHost } from "@latchkey/desktop/test/hosts";
import { openVaultFile } from "@latchkey/desktop/vault-file/vault-file";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createMemoryWindows, type MemoryWindows } from "./memory-platform.ts";

let folder: ReturnType<typeof makeFolder>;
let windows: MemoryWindows;
let path: string;

beforeEach(async () => {
  folder = makeFolder();
  path = join(folder.path, "vault.latchkey");
  windows = createMemoryWindows(path);
  await (await foundHost(path, "Desk", [])).close();
});
afterEach(() => folder.remove());

async function withStore<T>(work: (store: DeviceStore) => Promise<T>): Promise<T> {
  const store = openVaultFile(path);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

const enrolHere = (): Promise<void> => withStore((store) => enrol(store, makeProtector(), windows.system));

/** Opens both tiers; how many gestures and passphrases that took. */
async function open(passphrase = "correct horse"): Promise<{ gestures: number; passphrases: number }> {
  const before = windows.hello.gestures;
  let passphrases = 0;
  const askForKey = askSystemFirst(
    windows.system,
    async () => {
      passphrases++;
      return makeProtector(passphrase);
    },
    NEVER_CANCELLED,
  );
  const host = openHost(path);
  try {
    wipeTier(await host.openSigning(askForKey, "test"));
  } finally {
    await host.close();
  }
  return { gestures: windows.hello.gestures - before, passphrases };
}

describe("a vault", () => {
  test("that is not enrolled asks for the passphrase once, and for no gesture", async () => {
    expect(await open()).toEqual({ gestures: 0, passphrases: 1 });
  });

  test("that is enrolled opens with one gesture, and nobody types anything", async () => {
    await enrolHere();
    expect(await withStore((store) => isEnrolled(store, windows.system))).toBe(true);
    expect(await open()).toEqual({ gestures: 1, passphrases: 0 });
  });

  test("opens its metadata tier without anybody once it is enrolled", async () => {
    await enrolHere();
    windows.hello.gestures = 0;
    const host = openHost(path);
    await host.unlock(async () => windows.system.makeProtector());
    expect([host.isOpen, windows.hello.gestures]).toEqual([true, 0]);
    await host.close();
  });

  test("still opens by the passphrase alone, after enrolment too", async () => {
    await enrolHere();
    await withStore(async (store) => wipeTier(await openSigningTier(store, makeProtector())));
  });

  test.for<[string, (windows: MemoryWindows) => void, number]>([
    ["Windows Hello was set up anew", ({ hello }) => hello.reset(), 0],
    ["the person refuses the gesture", ({ hello }) => void (hello.mood = "refuses"), 1],
    ["the session is remote", ({ hello }) => void (hello.mood = "is remote"), 0],
  ])("asks for the passphrase, once, where %s", async ([, change, gestures]) => {
    await enrolHere();
    change(windows);
    expect(await open()).toEqual({ gestures, passphrases: 1 });
  });

  test("is mended by another enrolment after Windows Hello was set up anew", async () => {
    await enrolHere();
    windows.hello.reset();
    await enrolHere();
    expect(await open()).toEqual({ gestures: 1, passphrases: 0 });
  });

  test("is back with the passphrase alone when the enrolment ends", async () => {
    await enrolHere();
    await withStore((store) => endEnrolment(store, makeProtector(), windows.system));
    expect(await withStore((store) => isEnrolled(store, windows.system))).toBe(false);
    expect(await open()).toEqual({ gestures: 0, passphrases: 1 });
  });

  test.for<[string, (windows: MemoryWindows) => string | void, string]>([
    ["a wrong passphrase", () => "wrong", "LK-KEY-PASSPHRASE-WRONG"],
    [
      "a Windows Hello that never signs the same way",
      ({ hello }) => void (hello.mood = "is unfit"),
      "LK-KEY-HELLO-UNFIT",
    ],
    ["a refused gesture", ({ hello }) => void (hello.mood = "refuses"), "LK-AUTH-DENIED"],
    [
      "a remote session",
      (there) => {
        there.isRemote = true;
        there.hello.mood = "is remote";
      },
      "LK-WINDOWS-REMOTE",
    ],
  ])("is not changed by %s", async ([, change, code]) => {
    const protector = makeProtector(change(windows) ?? "correct horse");
    await expect(withStore((store) => enrol(store, protector, windows.system))).rejects.toMatchObject({
      code,
    });
    expect(await withStore((store) => isEnrolled(store, windows.system))).toBe(false);
    expect(await open()).toEqual({ gestures: 0, passphrases: 1 });
  });

  test("tells who has forgotten the passphrase before its enrolment ends, and changes nothing", async () => {
    await enrolHere();
    await expect(
      withStore((store) => endEnrolment(store, makeProtector("forgotten"), windows.system)),
    ).rejects.toMatchObject({ code: "LK-KEY-PASSPHRASE-WRONG" });
    expect(await open()).toEqual({ gestures: 1, passphrases: 0 });
  });
});

describe("a process that dies", () => {
  class Died extends Error {}
  /** The store as the last process had it: dead before or after its one commit. */
  const dying = (store: DeviceStore, when: "before" | "after"): DeviceStore => ({
    get: (table, key) => store.get(table, key),
    scan: (table, prefix) => store.scan(table, prefix),
    close: () => store.close(),
    async commit(changes) {
      if (when === "after") await store.commit(changes);
      throw new Died();
    },
  });

  test.for([
    ["before", "enrolment", false],
    ["after", "enrolment", true],
    ["before", "its end", true],
    ["after", "its end", false],
  ] as const)(
    "%s the commit of an enrolment (%s) leaves a vault that the passphrase opens, enrolled: %s",
    async ([when, what, isNowEnrolled]) => {
      if (what === "its end") await enrolHere();
      const act = what === "enrolment" ? enrol : endEnrolment;
      await expect(
        withStore((store) => act(dying(store, when), makeProtector(), windows.system)),
      ).rejects.toBeInstanceOf(Died);
      expect(await withStore((store) => isEnrolled(store, windows.system))).toBe(isNowEnrolled);
      await withStore(async (store) => wipeTier(await openSigningTier(store, makeProtector())));
      expect(await open()).toEqual(
        isNowEnrolled ? { gestures: 1, passphrases: 0 } : { gestures: 0, passphrases: 1 },
      );
    },
  );
});
