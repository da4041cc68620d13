/** Windows' functions as the native folder binds them: against the fake webauthn.dll, and against Wine's own DPAPI, mutexes and identity. */
import { join } from "node:path";
import { examineWindows } from "@latchkey/windows-provider/doctor/examine";
import type { WindowsFacts } from "@latchkey/windows-provider/doctor/facts";
import { HRESULT } from "@latchkey/windows-provider/native/hresult";
import { afterEach, describe, expect, test } from "vitest";
import { deploy, type Deployment } from "./deployment.ts";
import { makeWindowsKey } from "./windows-keys.ts";
import { toWindowsPath, type Wine } from "./wine.ts";

const ENTRIES = { main: join(import.meta.dirname, "servers", "windows-probe.ts") };
const CALLS = join("fake", "calls.log");
/** A class that nobody has registered. */
const NO_CLASS = "11111111-2222-3333-4444-555555555555";
const OP_KEY = Uint8Array.of(0x45, 0x43, 0x53, 0x33, 7);

export function describeNative(getWine: () => Wine): void {
  describe("Windows' functions", () => {
    let place: Deployment | null = null;
    afterEach(async () => {
      await place?.close();
      place = null;
    });

    /** Runs a row of calls; the names with what they gave. */
    async function probe(
      row: string,
      script = "",
      files: Readonly<Record<string, string | Uint8Array>> = {},
    ): Promise<{ results: Record<string, unknown>; place: Deployment }> {
      const wine = getWine();
      place = await deploy(wine, ENTRIES, {
        [join("fake", "op-key")]: OP_KEY,
        [join("fake", "script.ini")]: script,
        ...files,
      });
      const text = await wine.runNode([toWindowsPath(join(place.folder, "main.mjs")), row, NO_CLASS]);
      const lines = text.split(/\r?\n/).filter((line) => line.startsWith("{"));
      const results = lines.map((line) => JSON.parse(line) as { name: string; value: unknown });
      return { results: Object.fromEntries(results.map(({ name, value }) => [name, value])), place };
    }

    const REGISTERED = {
      "missing exports": [],
      "state before": null,
      register: "disabled",
      "add again": { hresult: HRESULT.exists },
      "register again": "disabled",
      "state after the person": "enabled",
      "operation key": Buffer.from(OP_KEY).toString("hex"),
      verifications: 7,
      unregister: null,
      "state at the end": null,
      done: true,
    };

    test.for([
      ["the functions of the first builds", "", ""],
      ["their successors alone", "[Windows]\r\nsuccessors=1\r\n", "2"],
    ] as const)("register, update and unregister with %s", async ([, script, suffix]) => {
      const { results, place } = await probe("registration", script);
      expect(results).toEqual(REGISTERED);
      const calls = place.lines(CALLS);
      const added = calls.find((line) => line.startsWith(`AddAuthenticator${suffix} `));
      expect(added).toContain("clsid=33221100554477668899aabbccddeeff");
      expect(added).toContain(`name=${Buffer.from("Latchkey", "utf16le").toString("hex")} `);
      expect(added).toContain("info=a00102 rps=0");
      expect(calls.findLast((line) => line.includes("live="))).toMatch(/live=0$/);
    });

    test("all fail in a remote session, with Windows' own code", async () => {
      const { results } = await probe("registration", "[Windows]\r\nremote=1\r\n");
      const refused = { hresult: HRESULT.notSupported };
      expect(results).toMatchObject({ "state before": refused, register: refused, "operation key": refused });
    });

    test("tell that there is no package identity, which Windows asks for", async () => {
      const script = `[AddAuthenticator]\r\nhresult=0x${(HRESULT.noPackage >>> 0).toString(16)}\r\n`;
      const { results } = await probe("registration", script);
      expect(results["register"]).toEqual({ hresult: HRESULT.noPackage });
    });

    test("keep the list of passkeys, with every letter", async () => {
      const { results, place } = await probe("cache");
      expect(results).toMatchObject({
        empty: [],
        first: { added: 3, removed: 0 },
        same: { added: 0, removed: 0 },
        changed: { added: 1, removed: 2 },
      });
      expect((results["names"] as string[]).sort()).toEqual([
        ["a", "Beispiel – 例"],
        ["ü", "Beispiel – 例"],
      ]);
      expect(place.lines(CALLS).findLast((line) => line.includes("live="))).toMatch(/live=0$/);
    });

    test("call back from a thread of their own when the state changes", async () => {
      const { results, place } = await probe("state change");
      expect(results).toMatchObject({ changed: true });
      expect(place.lines(CALLS)).toContain("UnregisterStatusChangeCallback cookie=42");
    });

    test("tell the doctor that there is no package, no registration and no class", async () => {
      const { results } = await probe("doctor");
      expect(results["facts"]).toMatchObject({
        build: expect.stringMatching(/^26200/) as string,
        missingExports: [],
        packageName: null,
        isRemote: false,
        // Wine has WinRT's ground, and no Windows Hello on it.
        hello: { hresult: HRESULT.classNotRegistered },
        state: { value: null },
        // The fake has a key all the same, of no kind that we know.
        operationKey: { value: null },
        ownClass: { hresult: HRESULT.classNotRegistered },
        listed: { value: [] },
        extensions: [],
        failures: [],
      });
    });

    const ON = { [join("fake", "state")]: "1" };
    test.for<[string, string, string, Readonly<Record<string, string | Uint8Array>>]>([
      ["windows-registered", "a remote session", "[Windows]\r\nremote=1\r\n", {}],
      ["windows-switched-on", "the switch off", "", { [join("fake", "state")]: "0" }],
      ["windows-key", "a key of another kind", "", ON],
      ["windows-class", "no class", "", { ...ON, [join("fake", "op-key")]: makeWindowsKey("P-384").blob }],
    ])("give the doctor what names %s, with %s", async ([link, , script, files]) => {
      const { results } = await probe("doctor", script, files);
      // What Wine has not is taken as in order, so that what comes behind it is judged.
      const there = { packageName: "Latchkey", hello: { value: true }, tpm: "2.0" };
      const findings = examineWindows({ ...(results["facts"] as WindowsFacts), ...there }, []);
      expect(findings.find(({ ok }) => ok === false)).toMatchObject({
        id: link,
        hint: expect.stringMatching(/./) as string,
      });
    });

    test("protect a secret for the account, and open it with its binding alone", async () => {
      const { results } = await probe("account");
      expect(results).toEqual({
        // Wine has WinRT's ground, and no Windows Hello on it.
        "Windows Hello": { hresult: HRESULT.classNotRegistered },
        "differs from the secret": true,
        opened: "010203",
        "with another binding": null,
        damaged: null,
        package: null,
        remote: false,
        mutex: true,
        done: true,
      });
    });
  });
}
