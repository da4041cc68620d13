/** `latchkey provider` and `latchkey doctor windows` as a person runs them, over a real vault file and Windows in memory. */
import { closeSync, openSync, writeFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { type CborMap, decodeCbor } from "@latchkey/core/cbor/codec";
import { main } from "@latchkey/desktop/cli/main";
import { foundHost, makeFolder } from "@latchkey/desktop/test/hosts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { HRESULT } from "../../src/native/hresult.ts";
import { createMemoryWindows, type MemoryWindows } from "./memory-platform.ts";

const PASSPHRASE = "correct horse";

let folder: ReturnType<typeof makeFolder>;
let windows: MemoryWindows;

beforeEach(async () => {
  folder = makeFolder();
  windows = createMemoryWindows(vault());
  await (await foundHost(vault(), "Desk", [])).close();
});
afterEach(() => folder.remove());

const vault = (): string => join(folder.path, "latchkey", "vault.latchkey");

async function run(
  args: readonly string[],
  options: { readonly system?: MemoryWindows["system"] | null; readonly passphrase?: string } = {},
) {
  const { system = windows.system, passphrase = PASSPHRASE } = options;
  const written = { stdout: "", stderr: "" };
  const sink = (name: keyof typeof written) => ({ write: (part: string) => (written[name] += part) });
  const file = join(folder.path, "passphrase");
  writeFileSync(file, `${passphrase}\n`);
  const fd = openSync(file, "r");
  try {
    const exit = await main({
      args: [...args, "--passphrase-fd", String(fd)],
      env: {
        HOME: folder.path,
        XDG_DATA_HOME: folder.path,
        XDG_RUNTIME_DIR: folder.path,
        LOCALAPPDATA: folder.path,
      },
      stdout: sink("stdout"),
      stderr: sink("stderr"),
      interruption: new AbortController().signal,
      system,
    });
    return { exit, ...written };
  } finally {
    closeSync(fd);
  }
}

const dataOf = ({ stdout }: { readonly stdout: string }) => JSON.parse(stdout) as Record<string, unknown>;

describe("latchkey provider enable", () => {
  test("registers, has Windows Hello open the vault, shows Settings and waits for the switch", async () => {
    const running = run(["provider", "enable", "--stay-open", "5", "--json"]);
    await expect
      .poll(() => windows.opened, { timeout: 20_000 })
      .toEqual(["ms-settings:passkeys-advancedoptions"]);
    windows.plugin.state = "enabled";
    windows.plugin.changed();
    const ended = await running;
    expect([ended.exit, dataOf(ended)]).toMatchObject([
      0,
      { state: "enabled", enrolled: true, stayOpenMinutes: 5 },
    ]);
    expect(ended.stderr).toContain("face, finger or PIN");
    expect(dataOf(await run(["provider", "status", "--json"]))).toMatchObject({
      state: "enabled",
      enrolled: true,
      done: 5,
      of: 5,
    });
  });

  test("does no harm a second time, and does not wait where it is told not to", async () => {
    for (const _ of [1, 2]) {
      expect(await run(["provider", "enable", "--no-wait"])).toMatchObject({ exit: 0 });
    }
    expect(windows.plugin.calls.filter((call) => call === "add")).toHaveLength(1);
    expect(windows.opened).toEqual([]);
  });

  test("tells Windows of EdDSA only where that is wished, and takes it back", async () => {
    const algorithms = () => {
      const info = decodeCbor(windows.plugin.info) as CborMap;
      return (info.get(0x0a) as readonly CborMap[]).map((entry) => entry.get("alg"));
    };
    await run(["provider", "enable", "--no-wait"]);
    expect(algorithms()).toEqual([-7, -257]);
    await run(["provider", "enable", "--no-wait", "--eddsa"]);
    expect(algorithms()).toEqual([-7, -8, -257]);
    await run(["provider", "enable", "--no-wait"]);
    expect(algorithms()).toEqual([-7, -257]);
    expect(windows.plugin.calls.filter((call) => call === "add" || call === "update")).toEqual([
      "add",
      "update",
      "update",
    ]);
  });

  test("notices the switch by looking, too, for Windows' call may never come", async () => {
    const running = run(["provider", "enable", "--json"]);
    await expect.poll(() => windows.opened, { timeout: 20_000 }).toHaveLength(1);
    windows.plugin.state = "enabled";
    expect(dataOf(await running)).toMatchObject({ state: "enabled" });
  });

  test("is refused for another vault than the one that Windows would open", async () => {
    const other = join(folder.path, "other.latchkey");
    const ended = await run(["provider", "enable", "--vault", other, "--json"]);
    expect([ended.exit, dataOf(ended)]).toMatchObject([1, { code: "LK-WINDOWS-VAULT" }]);
    expect(windows.plugin.calls).toEqual([]);
  });

  test.for([
    ["no package identity", HRESULT.noPackage, false, "LK-WINDOWS-PACKAGE"],
    ["a remote session", HRESULT.notSupported, true, "LK-WINDOWS-REMOTE"],
    ["no TPM", HRESULT.notSupported, false, "LK-WINDOWS-REFUSED"],
    ["an old Windows", HRESULT.notImplemented, false, "LK-WINDOWS-OLD"],
  ] as const)(
    "says in words that there is %s, before anybody is asked",
    async ([, hresult, isRemote, code]) => {
      windows.isRemote = isRemote;
      windows.plugin.failNext("getState", hresult);
      const ended = await run(["provider", "enable", "--json"]);
      expect([ended.exit, dataOf(ended)]).toMatchObject([1, { code }]);
      expect(windows.hello.gestures).toBe(0);
    },
  );

  test("changes nothing with a wrong passphrase", async () => {
    const ended = await run(["provider", "enable", "--json"], { passphrase: "wrong" });
    expect([ended.exit, dataOf(ended)]).toMatchObject([4, { code: "LK-KEY-PASSPHRASE-WRONG" }]);
    expect(windows.hello.gestures).toBe(0);
  });

  test.for(["61", "-1", "many"])("takes no time of %s minutes", async (minutes) => {
    const ended = await run(["provider", "enable", `--stay-open=${minutes}`, "--json"]);
    expect([ended.exit, dataOf(ended)]).toMatchObject([2, { code: "LK-CLI-USAGE" }]);
  });
});

describe("latchkey provider disable", () => {
  test("takes Latchkey out of Windows and leaves the passphrase as the way in", async () => {
    await run(["provider", "enable", "--no-wait"]);
    expect(await run(["provider", "disable"])).toMatchObject({ exit: 0 });
    expect(windows.plugin.state).toBeNull();
    expect(dataOf(await run(["provider", "status", "--json"]))).toMatchObject({
      state: "missing",
      enrolled: false,
    });
    expect(await run(["unlock"])).toMatchObject({ exit: 0 });
  });

  test("keeps everything for who has forgotten the passphrase", async () => {
    await run(["provider", "enable", "--no-wait"]);
    expect(await run(["provider", "disable"], { passphrase: "forgotten" })).toMatchObject({ exit: 4 });
    expect(windows.plugin.state).toBe("disabled");
    expect(dataOf(await run(["provider", "status", "--json"]))).toMatchObject({ enrolled: true });
  });
});

describe("latchkey provider status", () => {
  test("is a list of steps with marks, and says what comes next", async () => {
    const { exit, stdout } = await run(["provider", "status"]);
    expect(exit).toBe(0);
    expect(stdout.split("\n")).toEqual([
      "done  Windows 26200.8524 Professional can have passkey providers",
      "done  Windows Hello is set up",
      "to do  Latchkey is not registered with Windows",
      "to do  not looked at: something before it is broken",
      "to do  Windows Hello opens the vault",
      "",
      "2 of 5: next, latchkey provider enable; what is wrong says latchkey doctor windows",
      "",
    ]);
  });
});

describe("latchkey doctor windows", () => {
  test("compares Windows' list with the vault that is open, and ends with 8 where a link is broken", async () => {
    windows.plugin.state = "enabled";
    const whole = await run(["doctor", "windows", "--json"]);
    expect([whole.exit, dataOf(whole)["failed"]]).toEqual([0, 0]);
    windows.isRemote = true;
    const broken = await run(["doctor", "windows", "--json"]);
    expect([broken.exit, dataOf(broken)["failed"]]).toEqual([8, 1]);
    expect(dataOf(broken)["checks"]).toContainEqual(
      expect.objectContaining({ id: "windows-session", ok: false, hint: "sign in at the machine itself" }),
    );
  });

  test.skipIf(process.platform === "win32")(
    "says elsewhere that this is not Windows, and what to do",
    async () => {
      const { exit, stdout } = await run(["doctor", "windows"], { system: null });
      expect(exit).toBe(8);
      expect(stdout).toMatch(
        /^problem {3}windows-version: not Windows: this is .*\n {10}run this on Windows 11;/,
      );
    },
  );

  test.for(["enable", "disable", "status"])(
    "is not alone with that: provider %s says so too",
    async (verb) => {
      const ended = await run(["provider", verb, "--json"], { system: null });
      expect([ended.exit, dataOf(ended)]).toMatchObject([1, { code: "LK-WINDOWS-NONE" }]);
    },
  );

  test("leaves out with --redact what names a person", async () => {
    const { stdout } = await run(["doctor", "--redact"]);
    for (const name of [folder.path, "Desk", hostname(), userInfo().username, process.env["HOME"] ?? ""]) {
      if (name.length > 2) expect(stdout).not.toContain(name);
    }
    expect(stdout).toContain("<vault>");
    expect((await run(["doctor"])).stdout).toContain(vault());
  });
});
