/** The doctor over a chain that is whole, and over one with each link broken in turn. */
import { describe, expect, test } from "vitest";
import { CHANNELS } from "../../src/channel.ts";
import { examineWindows } from "../../src/doctor/examine.ts";
import { gatherFacts, type WindowsFacts } from "../../src/doctor/facts.ts";
import { HRESULT } from "../../src/native/hresult.ts";

const WHOLE: WindowsFacts = {
  missingExports: [],
  packageName: "Latchkey_1.0.0.0_x64__abc",
  isRemote: false,
  state: { value: "enabled" },
  ownClass: { value: "unlocked" },
  listed: { value: 3 },
};

describe("the doctor", () => {
  test("finds a whole chain in order", () => {
    const findings = examineWindows(WHOLE, 3);
    expect(findings).toHaveLength(7);
    expect(findings.map(({ state, next }) => [state, next])).toEqual(findings.map(() => ["ok", null]));
  });

  test.for<[string, Partial<WindowsFacts>, string, RegExp]>([
    ["an old Windows", { missingExports: ["WebAuthNPluginAddAuthenticator"] }, "windows", /26100\.6725/],
    ["a remote session", { isRemote: true }, "session", /at the machine itself/],
    ["no package identity", { packageName: null }, "package", /MSIX/],
    ["no registration", { state: { value: null } }, "registration", /start Latchkey/],
    [
      "a TPM that does not do",
      { state: { hresult: HRESULT.notSupported } },
      "registration",
      /PIN of Windows Hello/,
    ],
    ["a refusal of Windows", { state: { hresult: HRESULT.fail } }, "registration", /report this code/],
    ["the switch off", { state: { value: "disabled" } }, "switch", /Advanced options/],
    ["a class that nobody knows", { ownClass: { hresult: HRESULT.classNotRegistered } }, "class", /MSIX/],
    ["a class that does not answer", { ownClass: { hresult: HRESULT.fail } }, "class", /Task Manager/],
    ["a list that is short", { listed: { value: 2 } }, "list", /open the vault/],
    ["a list that cannot be read", { listed: { hresult: HRESULT.fail } }, "list", /start Latchkey again/],
  ])("with %s names that link, what to do, and judges nothing behind it", ([, change, check, next]) => {
    const findings = examineWindows({ ...WHOLE, ...change }, 3);
    const broken = findings.findIndex(({ state }) => state === "broken");
    expect(findings[broken]).toMatchObject({ check, next: expect.stringMatching(next) as string });
    expect(findings.slice(0, broken).every(({ state }) => state === "ok")).toBe(true);
    expect(findings.slice(broken + 1).every(({ state }) => state === "unknown")).toBe(true);
  });

  test("does not compare the list with a locked vault", () => {
    expect(examineWindows(WHOLE, null).at(-1)).toMatchObject({ check: "list", state: "ok" });
  });

  test.skipIf(process.platform === "win32")("says elsewhere that this is not Windows", () => {
    const findings = examineWindows(gatherFacts(CHANNELS.stable.clsid), null);
    expect(findings).toMatchObject([
      { check: "windows", state: "broken", text: expect.stringMatching(/^not Windows/) as string },
    ]);
  });
});
