/** A vault whose tiers Windows keeps: open for its list from the start, without anybody; one gesture for each signature, and no more. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { HRESULT } from "@latchkey/windows-provider/native/hresult";
import { describe, expect, test } from "vitest";
import type { ComClient } from "./com-client.ts";
import { deploy, type Deployment } from "./deployment.ts";
import { Site } from "./site.ts";
import { makeWindowsKey } from "./windows-keys.ts";
import { toWindowsPath, type Wine } from "./wine.ts";

const ENTRIES = {
  main: join(import.meta.dirname, "servers", "enrolled-server.ts"),
  worker: join(import.meta.dirname, "servers", "mortal-worker.ts"),
};

const PROBE = { main: join(import.meta.dirname, "servers", "windows-probe.ts") };

export function describeEnrolled(getWine: () => Wine): void {
  describe("the program that COM starts", () => {
    const operationKey = makeWindowsKey("P-384");

    async function withServer(
      files: Readonly<Record<string, string>>,
      work: (server: Deployment, client: ComClient) => Promise<void>,
    ): Promise<void> {
      const server = await deploy(getWine(), ENTRIES, {
        [join("fake", "op-key")]: operationKey.blob,
        ...files,
      });
      try {
        const client = server.connect();
        expect(await client.create("a")).toMatchObject({ hr: HRESULT.ok });
        await work(server, client);
      } finally {
        await server.close();
      }
    }

    const sendTo = (client: ComClient) => (kind: "make-credential" | "get-assertion", encoded: Uint8Array) =>
      client.ceremony("a", kind, {
        transactionId: new Uint8Array(randomBytes(16)),
        signature: operationKey.sign(encoded),
        encoded,
      });

    test("opens the vault that Windows keeps by itself, and each ceremony has one gesture and no second prompt", async () => {
      await withServer({ found: "" }, async (server, client) => {
        expect(await client.lockStatus("a")).toMatchObject({ hr: HRESULT.ok, status: 1 });
        const send = sendTo(client);
        const gestures = (): number =>
          server.lines("server.log").filter((line) => line.endsWith("gesture")).length;
        const enrolment = gestures();

        const site = new Site("example.com");
        const made = site.create();
        const credential = await made.judge((await send("make-credential", made.encoded)).response);
        expect(gestures() - enrolment).toBe(1);
        const signIn = site.signIn([credential]);
        expect(await signIn.judge((await send("get-assertion", signIn.encoded)).response)).toBe(
          credential.id,
        );
        expect(gestures() - enrolment).toBe(2);

        server.put("refuse", "");
        const refused = await send("get-assertion", site.signIn([credential]).encoded);
        expect(refused).toMatchObject({ hr: HRESULT.userCancelled, response: new Uint8Array() });
        expect(gestures() - enrolment).toBe(3);
        server.remove("refuse");

        // Set up anew: nothing is signed, no second way is tried behind the person's back, and the lock status says it.
        server.put("reset", "");
        const reset = await send("get-assertion", site.signIn([credential]).encoded);
        expect(reset).toMatchObject({ hr: HRESULT.userCancelled, response: new Uint8Array() });
        expect(await client.lockStatus("a")).toMatchObject({ status: 0 });
        // When nobody waits any more, commands of this person find the vault that is open there.
        const probe = await deploy(getWine(), PROBE);
        try {
          const parameters = [
            join(probe.folder, "main.mjs"),
            join(server.folder, "vault.latchkey"),
            server.folder,
          ];
          const [main = "", ...places] = parameters.map(toWindowsPath);
          const told = await getWine().runNode([main, "control", ...places]);
          expect(told).toMatch(/"name":"status","value":\{[^\n]*"state":"open"[^\n]*"passkeys":1/);
          expect(told).toMatch(/"name":"provider","value":\{"enrolled":true,"stayOpenMinutes":0/);
        } finally {
          await probe.close();
        }
        const prompts = server
          .lines(join("fake", "calls.log"))
          .filter((line) => line.includes("UserVerification"));
        expect(prompts).toEqual([]);
      });
    });

    test("answers without a vault, too: locked, and no passkey for anybody", async () => {
      await withServer({}, async (_, client) => {
        expect(await client.lockStatus("a")).toMatchObject({ hr: HRESULT.ok, status: 0 });
        const { encoded } = new Site("example.com").signIn([]);
        expect(await sendTo(client)("get-assertion", encoded)).toMatchObject({ hr: HRESULT.notFound });
      });
    });
  });
}
