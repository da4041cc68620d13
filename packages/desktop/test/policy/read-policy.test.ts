import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NO_POLICY } from "@latchkey/core/policy/policy";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readPolicyFile } from "../../src/policy/read-policy.ts";

describe.skipIf(process.platform === "win32")("the file of a policy", () => {
  let folder: string;
  let path: string;
  const me = process.getuid?.() ?? 0;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "latchkey-policy-"));
    path = join(folder, "policy.json");
    writeFileSync(path, JSON.stringify({ AutoLockMinutes: 5 }), { mode: 0o644 });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test("is read when it is the administrator's alone", () => {
    expect(readPolicyFile(path, me)).toMatchObject({ policy: { autoLockMinutes: 5 }, problems: [] });
  });

  test("that is not there is no policy", () => {
    expect(readPolicyFile(join(folder, "other.json"), me)).toEqual(NO_POLICY);
    expect(readPolicyFile(join(path, "policy.json"), me)).toEqual(NO_POLICY);
  });

  test.each([0o664, 0o646])("with mode %o counts for nothing, and says so", (mode) => {
    chmodSync(path, mode);
    const { managed, problems } = readPolicyFile(path, me);
    expect(managed).toEqual([]);
    expect(problems).toEqual([expect.stringContaining("can be changed by others")]);
  });

  test("of another user counts for nothing, and says so", () => {
    expect(readPolicyFile(path, me + 1).problems).toEqual([
      expect.stringContaining("can be changed by others"),
    ]);
  });

  test("that is a folder stops nothing", () => {
    rmSync(path);
    mkdirSync(path, { mode: 0o755 });
    const { policy, problems } = readPolicyFile(path, me);
    expect(policy).toEqual(NO_POLICY.policy);
    expect(problems).toEqual([expect.stringContaining("cannot be read")]);
  });
});
