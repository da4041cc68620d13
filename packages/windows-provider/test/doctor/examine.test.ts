/** The doctor over a chain that is whole, and over one with each link broken in turn. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { CHANNELS } from "../../src/channel.ts";
import { findCompetingExtensions } from "../../src/doctor/competing-extensions.ts";
import { examineSetUp, examineWindows } from "../../src/doctor/examine.ts";
import { createFailureLog } from "../../src/doctor/failure-log.ts";
import { gatherFacts, type WindowsFacts } from "../../src/doctor/facts.ts";
import { FINDING_TEXTS_DE } from "../../src/doctor/words-de.ts";
import { FINDING_TEXTS_EN } from "../../src/doctor/words-en.ts";
import { HRESULT } from "../../src/native/hresult.ts";

const IDS = ["aa", "bb", "cc"];
const WHOLE: WindowsFacts = {
  build: "26200.8524",
  edition: "Professional",
  missingExports: [],
  packageName: "Latchkey_1.0.0.0_x64__abc",
  isRemote: false,
  hello: { value: true },
  tpm: "2.0",
  state: { value: "enabled" },
  operationKey: { value: "ECDSA P-384" },
  verifications: { value: 4 },
  ownClass: { value: "unlocked" },
  listed: { value: IDS },
  extensions: [],
  failures: [],
};
/** Links of the chain; what comes after them is beside it. */
const LINKS = 10;

describe("the doctor", () => {
  test("finds a whole chain in order", () => {
    const findings = examineWindows(WHOLE, IDS);
    expect(findings.map(({ ok, hint }) => [ok, hint])).toEqual(findings.map(() => [true, null]));
    expect(findings).toHaveLength(LINKS + 2);
  });

  test("judges the links up to the switch alike where it asks no further", () => {
    for (const facts of [WHOLE, { ...WHOLE, isRemote: true }, { ...WHOLE, state: { value: null } }]) {
      const findings = examineSetUp(facts, "en");
      expect(findings.at(-1)?.id).toBe("windows-switched-on");
      expect(findings).toEqual(examineWindows(facts, IDS).slice(0, findings.length));
    }
  });

  test.for<[string, Partial<WindowsFacts>, string, RegExp]>([
    ["an old Windows", { missingExports: ["WebAuthNPluginAddAuthenticator"] }, "version", /26100\.6725/],
    ["a remote session", { isRemote: true }, "session", /at the machine itself/],
    ["no package identity", { packageName: null }, "package", /MSIX/],
    ["no Windows Hello", { hello: { value: false } }, "hello", /Sign-in options/],
    ["a Windows Hello that fails", { hello: { hresult: HRESULT.fail } }, "hello", /set it up anew/],
    ["no TPM", { tpm: "none" }, "tpm", /firmware/],
    ["no registration", { state: { value: null } }, "registered", /latchkey provider enable/],
    [
      "a TPM that does not do",
      { state: { hresult: HRESULT.notSupported } },
      "registered",
      /PIN of Windows Hello/,
    ],
    ["a refusal of Windows", { state: { hresult: HRESULT.fail } }, "registered", /report this code/],
    ["the switch off", { state: { value: "disabled" } }, "switched-on", /Advanced options/],
    ["a key of a new kind", { operationKey: { value: null } }, "key", /update Latchkey/],
    ["a key that Windows lost", { operationKey: { hresult: HRESULT.notFound } }, "key", /provider disable/],
    ["a class that nobody knows", { ownClass: { hresult: HRESULT.classNotRegistered } }, "class", /MSIX/],
    ["a class that does not answer", { ownClass: { hresult: HRESULT.fail } }, "class", /Task Manager/],
    ["a list that is short", { listed: { value: ["aa", "bb"] } }, "list", /latchkey unlock/],
    ["a list with other passkeys", { listed: { value: ["aa", "bb", "dd"] } }, "list", /latchkey unlock/],
    ["a list that cannot be read", { listed: { hresult: HRESULT.fail } }, "list", /start Latchkey again/],
  ])("with %s names that link, what to do, and judges nothing behind it", ([, change, link, hint]) => {
    const findings = examineWindows({ ...WHOLE, ...change }, IDS);
    const broken = findings.findIndex(({ ok }) => ok === false);
    expect(findings[broken]).toMatchObject({
      id: `windows-${link}`,
      hint: expect.stringMatching(hint) as string,
    });
    expect(findings.slice(0, broken).every(({ ok }) => ok === true)).toBe(true);
    expect(findings.slice(broken + 1, LINKS).every(({ ok }) => ok === null)).toBe(true);
    // The same in German, with words of its own.
    const german = examineWindows({ ...WHOLE, ...change }, IDS, "de")[broken];
    expect(german?.hint).not.toBe(findings[broken]?.hint);
    expect(german?.hint).toBeTruthy();
  });

  test("does not compare the list with a locked vault", () => {
    expect(examineWindows(WHOLE, null)[LINKS - 1]).toMatchObject({ id: "windows-list", ok: true });
  });

  test("tells what is beside the chain even where the chain is broken", () => {
    const failures = [
      { at: Date.UTC(2026, 0, 2, 3, 4), kind: "get-assertion", hresult: HRESULT.badSignature },
    ] as const;
    const facts = { ...WHOLE, isRemote: true, extensions: ["Bitwarden in Edge"], failures };
    expect(examineWindows(facts, IDS).slice(LINKS)).toMatchObject([
      { id: "windows-extensions", ok: true, text: expect.stringMatching(/^Bitwarden in Edge may answer/) },
      { id: "windows-failures", ok: true, text: "last refused: 2026-01-02T03:04Z get-assertion 0x80090006" },
    ]);
  });

  test("has a next step in both languages for the same findings, with the same places to fill", () => {
    const places = (text: string) => (text.match(/\{\d\}/g) ?? []).sort();
    for (const [key, { text, next }] of Object.entries(FINDING_TEXTS_EN)) {
      const german = FINDING_TEXTS_DE[key as keyof typeof FINDING_TEXTS_EN];
      expect([key, places(german.text), german.next === null]).toEqual([key, places(text), next === null]);
    }
  });

  test.skipIf(process.platform === "win32")("has no facts where this is not Windows", async () => {
    const { clsid } = CHANNELS.stable;
    expect(await gatherFacts({ clsid, failures: { read: () => [] }, localAppData: "" })).toBeNull();
  });
});

describe("beside the chain", () => {
  function inFolder(work: (folder: string) => void): void {
    const folder = mkdtempSync(join(tmpdir(), "latchkey-doctor-"));
    try {
      work(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  test("extensions are found in every profile of every browser, each once", () => {
    inFolder((folder) => {
      const add = (...path: string[]) => mkdirSync(join(folder, ...path), { recursive: true });
      add("Google", "Chrome", "User Data", "Default", "Extensions", "nngceckbapebfimnlniiiahkandclblb");
      add("Google", "Chrome", "User Data", "Profile 2", "Extensions", "nngceckbapebfimnlniiiahkandclblb");
      add("Microsoft", "Edge", "User Data", "Default", "Extensions", "dppgmdbiimibapkepcbdbmkaabgiofem");
      expect(findCompetingExtensions(folder)).toEqual(["Bitwarden in Chrome", "1Password in Edge"]);
      expect(findCompetingExtensions(join(folder, "nowhere"))).toEqual([]);
    });
  });

  test("the last failures are kept, and a file of anything else counts as none", () => {
    inFolder((folder) => {
      const log = createFailureLog(join(folder, "failures.json"));
      expect(log.read()).toEqual([]);
      for (let at = 0; at < 30; at++) log.note({ at, kind: "make-credential", hresult: HRESULT.busy });
      expect(log.read().map(({ at }) => at)).toEqual(Array.from({ length: 20 }, (_, i) => i + 10));
      expect(createFailureLog(folder).read()).toEqual([]);
      createFailureLog(join(folder, "no", "folder")).note({ at: 1, kind: "get-assertion", hresult: -1 });
    });
  });
});
