/**
 * The package: made, signed, checked by another program, unpacked, and run from where it was unpacked. The product's own is asked what can be
 * asked without Windows Hello; the whole way of a person (vault, enrolment, sign-in by COM, upgrade, uninstall) goes through one in which
 * Windows Hello is stood in for and nothing else is different.
 */
import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { CHANNELS } from "@latchkey/windows-provider/channel";
import { HRESULT } from "@latchkey/windows-provider/native/hresult";
import {
  buildPackage,
  ENTRIES,
  layOutPackage,
  type PackagePlan,
} from "@latchkey/windows-provider/package/build-package";
import { openDevelopmentCertificate } from "@latchkey/windows-provider/package/certificate";
import { PROGRAM } from "@latchkey/windows-provider/package/manifest";
import { POLICY_KEY } from "@latchkey/windows-provider/policy-key";
import { readPackage } from "@latchkey/windows-provider/test/read-package";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ComClient } from "./com-client.ts";
import { install, type Installed } from "./packaged.ts";
import { run } from "./run.ts";
import { Site } from "./site.ts";
import { TOOLS } from "./tools.ts";
import { makeWindowsKey } from "./windows-keys.ts";
import type { Wine } from "./wine.ts";

/** Milliseconds to make a package on a busy machine. */
const MAKING_MS = 300_000;
const STAND_IN = { ...ENTRIES, program: join(import.meta.dirname, "servers", "packaged-program.ts") };

const PASSPHRASE = "correct horse battery staple";

/** What a command printed with `--json`, beside what it said. */
function readJson(output: string): Record<string, unknown> {
  const line = output.split(/\r?\n/).findLast((text) => text.startsWith("{"));
  return JSON.parse(line ?? "null") as Record<string, unknown>;
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

export function describePackage(getWine: () => Wine): void {
  describe("the package", () => {
    let making: string;
    let plan: PackagePlan;
    beforeAll(() => {
      making = mkdtempSync(join(tmpdir(), "latchkey-making-"));
      plan = {
        channel: CHANNELS.stable,
        version: "1.0.0",
        signer: openDevelopmentCertificate(join(making, "development")),
        timestampUrl: null,
        windowsFiles: getWine().node.files,
      };
    });
    afterAll(() => rmSync(making, { recursive: true, force: true }));

    describe("as it is given to people", () => {
      const { preview } = CHANNELS;
      let file: string;
      let files: ReadonlyMap<string, Buffer>;
      let installed: Installed;
      beforeAll(async () => {
        file = join(making, "preview.msix");
        await buildPackage({ ...plan, channel: preview }, file);
        files = readPackage(readFileSync(file));
        installed = await install(getWine(), files, preview);
      }, MAKING_MS);
      afterAll(() => installed?.uninstall());

      const verify = (path: string): string => {
        const ca = join(making, "development", "development.pem");
        const { stdout } = spawnSync("osslsigncode", ["verify", "-CAfile", ca, "-in", path], {
          encoding: "utf8",
        });
        return stdout;
      };

      test("is whole and signed, and so are the programs in it", () => {
        expect(verify(file)).toContain("Signature verification: ok");
        for (const name of [PROGRAM, "app/koffi.node"]) {
          expect(verify(join(installed.folder, name))).toContain("Signature verification: ok");
        }
      });

      test("has what the manifest names, the page of the app, and the licences of others", () => {
        const manifest = files.get("AppxManifest.xml")?.toString() ?? "";
        for (const [, path = ""] of manifest.matchAll(/(?:Executable|Logo)="([^"]*)"/g)) {
          expect([...files.keys()]).toContain(path.replaceAll("\\", "/"));
        }
        expect(files.has("app/page/index.html")).toBe(true);
        const licences = files.get("third-party-licences.txt")?.toString() ?? "";
        for (const name of ["Node.js", "@automerge/automerge", "libsodium-wrappers", "koffi", "hono"]) {
          expect(licences).toContain(name);
        }
      });

      test("asks for no module by a name that would be looked up outside of it", () => {
        const builtin = /^(?:node:[\w/]+|[a-z_]+(?:\/promises)?)$/;
        for (const [name, data] of files) {
          if (!/^app\/[\w-]+\.mjs$/.test(name)) continue;
          const text = data.toString();
          const wanted = [...text.matchAll(/^\s*(?:import|export)\b[^"';]*?from\s*"([^"]+)"/gm)].map(
            ([, from]) => from ?? "",
          );
          for (const from of wanted) expect(from).toMatch(/^\.\/[\w-]+\.mjs$|^node:|^[a-z_/]+$/);
          for (const [, from = ""] of text.matchAll(/\brequire\d*\("([^"]+)"\)/g))
            expect(from).toMatch(builtin);
        }
      });

      test("is a command, which takes every argument as its own and listens to nobody else's", async () => {
        const { version } = JSON.parse(
          readFileSync(new URL("../../packages/desktop/package.json", import.meta.url), "utf8"),
        ) as { version: string };
        expect((await installed.latchkey(["--version"])).trim()).toBe(`latchkey ${version}`);
        await expect(installed.latchkey(["--eval", "process.exit(0)"])).rejects.toThrow(/--eval/);
      });

      test("answers Windows without a vault: locked, and with no passkey for anybody", async () => {
        const key = makeWindowsKey("P-384");
        installed.put("fake/op-key", key.blob);
        const client = installed.connect();
        expect(await client.create("a")).toMatchObject({ hr: HRESULT.ok });
        expect(await client.lockStatus("a")).toMatchObject({ hr: HRESULT.ok, status: 0 });
        const { encoded } = new Site("example.com").signIn([]);
        const answer = await client.ceremony("a", "get-assertion", {
          transactionId: new Uint8Array(randomBytes(16)),
          signature: key.sign(encoded),
          encoded,
        });
        expect(answer).toMatchObject({ hr: HRESULT.notFound, response: new Uint8Array() });
      });

      test("is as it was after all that", () => {
        const now = readFileSync(join(installed.folder, PROGRAM));
        expect(sha256(now)).toBe(sha256(files.get(PROGRAM) as Buffer));
      });
    });

    describe("on the way of a person", () => {
      const key = makeWindowsKey("P-384");
      const site = new Site("example.com");
      let installed: Installed;
      let credential: Awaited<ReturnType<ReturnType<Site["create"]>["judge"]>>;

      /** Where Wine has the profile of whoever runs it. */
      const vaultFolder = (): string =>
        join(
          getWine().env["WINEPREFIX"] ?? "",
          "drive_c/users",
          userInfo().username,
          "AppData/Local/Latchkey",
        );
      const removeVault = (): void => rmSync(vaultFolder(), { recursive: true, force: true });

      async function installVersion(version: string): Promise<Installed> {
        const folder = join(making, version);
        await layOutPackage({ ...plan, version, entries: STAND_IN }, folder, false);
        const paths = globSync("**/*.*", { cwd: folder });
        const files = new Map(paths.map((path) => [path, readFileSync(join(folder, path))]));
        const made = await install(getWine(), files, plan.channel);
        made.put("fake/op-key", key.blob);
        return made;
      }

      beforeAll(async () => {
        removeVault();
        installed = await installVersion("1.0.0");
      }, MAKING_MS);
      afterAll(async () => {
        await installed?.uninstall();
        removeVault();
      });

      async function connect(): Promise<ComClient> {
        const client = installed.connect();
        expect(await client.create("a")).toMatchObject({ hr: HRESULT.ok });
        return client;
      }
      const send = (client: ComClient, kind: "make-credential" | "get-assertion", encoded: Uint8Array) =>
        client.ceremony("a", kind, {
          transactionId: new Uint8Array(randomBytes(16)),
          signature: key.sign(encoded),
          encoded,
        });
      const gestures = (): number =>
        installed.lines("program.log").filter((line) => line.endsWith("gesture")).length;

      async function signIn(client: ComClient): Promise<void> {
        const before = gestures();
        const asked = site.signIn([credential]);
        const { hr, response } = await send(client, "get-assertion", asked.encoded);
        expect(hr).toBe(HRESULT.ok);
        expect(await asked.judge(response)).toBe(credential.id);
        expect(gestures() - before).toBe(1);
      }

      test("makes a vault in the usual place and entrusts it to Windows Hello", async () => {
        await installed.latchkey(["init", "--no-relay", "--passphrase-stdin"], `${PASSPHRASE}\n`);
        expect(existsSync(join(vaultFolder(), "vault.latchkey"))).toBe(true);
        const enabled = await installed.latchkey(
          ["provider", "enable", "--no-wait", "--json", "--passphrase-stdin"],
          `${PASSPHRASE}\n`,
        );
        expect(readJson(enabled)).toMatchObject({ ok: true, state: "disabled" });
        expect(installed.lines("fake/calls.log").join("\n")).toContain("AddAuthenticator");
      });

      test("makes a passkey and signs in with it, in a process that COM has started, each by one gesture", async () => {
        const client = await connect();
        expect(await client.lockStatus("a")).toMatchObject({ hr: HRESULT.ok, status: 1 });
        const before = gestures();
        const made = site.create();
        credential = await made.judge((await send(client, "make-credential", made.encoded)).response);
        expect(gestures() - before).toBe(1);
        await signIn(client);
        expect(installed.lines("program.log").join("\n")).toMatch(/started -PluginActivated -Embedding/);
      });

      test("is told what the organization has set in the registry, and is held to it", async () => {
        await installed.stopServers();
        const reg = (...words: string[]) => run(TOOLS.wine, ["reg", ...words, "/f"], { env: getWine().env });
        const key64 = `HKLM\\${POLICY_KEY}`;
        const set = (name: string, type: string, value: string) =>
          reg("add", key64, "/v", name, "/t", type, "/d", value);
        try {
          await set("DisableProvider", "REG_DWORD", "1");
          await set("AutoLockMinutes", "REG_SZ", "ten");
          await set("ForbidEverything", "REG_DWORD", "1");
          const status = readJson(await installed.latchkey(["status", "--json"]));
          expect(status).toMatchObject({
            managed: ["DisableProvider"],
            policyProblems: [
              String.raw`HKLM\SOFTWARE\Policies\Latchkey sets "ForbidEverything", which this version does not know`,
              String.raw`HKLM\SOFTWARE\Policies\Latchkey sets AutoLockMinutes to what is not a whole number from 1 to 1440`,
            ],
          });
          await expect(
            installed.latchkey(["provider", "enable", "--no-wait", "--passphrase-stdin"], `${PASSPHRASE}\n`),
          ).rejects.toThrow(/LK-POLICY-FORBIDDEN|organization/);
          const client = await connect();
          expect(await client.lockStatus("a")).toMatchObject({ status: 0 });
          const refused = await send(client, "get-assertion", site.signIn([credential]).encoded);
          expect(refused.hr).not.toBe(HRESULT.ok);
          expect(refused.response).toHaveLength(0);
          await installed.stopServers();
        } finally {
          await reg("delete", key64);
        }
      });

      test(
        "keeps vault, class and registration through an upgrade",
        async () => {
          const newer = await installVersion("1.1.0");
          // What Windows keeps of us stays where it was; the package's own folder is another one.
          for (const name of ["state", "calls.log"]) {
            const kept = join(installed.folder, "fake", name);
            if (existsSync(kept)) newer.put(`fake/${name}`, readFileSync(kept));
          }
          await installed.uninstall();
          installed = newer;
          await signIn(await connect());
          // The process that COM has started has the vault, and serves commands a moment later.
          await installed.stopServers();
          const again = await installed.latchkey(["provider", "status", "--json"]);
          expect(readJson(again)).toMatchObject({ ok: true, state: "disabled" });
        },
        MAKING_MS,
      );

      test("leaves the vault where it is when the package goes, and says where", async () => {
        await installed.stopServers();
        const { vault } = readJson(await installed.latchkey(["status", "--json"]));
        expect(vault).toMatch(/^C:\\users\\.*\\AppData\\Local\\Latchkey\\vault\.latchkey$/i);
        await installed.uninstall();
        expect(existsSync(installed.folder)).toBe(false);
        expect(existsSync(join(vaultFolder(), "vault.latchkey"))).toBe(true);
        const stays = readFileSync(new URL("../../docs/rollout.md", import.meta.url), "utf8");
        expect(stays).toContain(
          String.raw`**What stays after an uninstall**: ` + "`" + String.raw`%LOCALAPPDATA%\Latchkey` + "`",
        );
      });
    });
  });
}
