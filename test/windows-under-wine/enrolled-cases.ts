/** A vault whose tiers Windows keeps: open for its list from the start, without anybody; one gesture for each signature, and no more. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { HRESULT } from "@latchkey/windows-provider/native/hresult";
import { expect, test } from "vitest";
import { deploy } from "./deployment.ts";
import { Site } from "./site.ts";
import { makeWindowsKey } from "./windows-keys.ts";
import type { Wine } from "./wine.ts";

const ENTRIES = {
  main: join(import.meta.dirname, "servers", "enrolled-server.ts"),
  worker: join(import.meta.dirname, "servers", "mortal-worker.ts"),
};

export function describeEnrolled(getWine: () => Wine): void {
  test("a vault that Windows keeps opens by itself, and each ceremony has one gesture and no second prompt", async () => {
    const operationKey = makeWindowsKey("P-384");
    const server = await deploy(getWine(), ENTRIES, { [join("fake", "op-key")]: operationKey.blob });
    try {
      const client = server.connect();
      expect(await client.create("a")).toMatchObject({ hr: HRESULT.ok });
      await server.waitForLine("server.log", /ready/);
      expect(await client.lockStatus("a")).toMatchObject({ hr: HRESULT.ok, status: 1 });
      const gestures = (): number =>
        server.lines("server.log").filter((line) => line.endsWith("gesture")).length;
      const enrolment = gestures();
      const send = (kind: "make-credential" | "get-assertion", encoded: Uint8Array) =>
        client.ceremony("a", kind, {
          transactionId: new Uint8Array(randomBytes(16)),
          signature: operationKey.sign(encoded),
          encoded,
        });

      const site = new Site("example.com");
      const made = site.create();
      const credential = await made.judge((await send("make-credential", made.encoded)).response);
      expect(gestures() - enrolment).toBe(1);
      const signIn = site.signIn([credential]);
      expect(await signIn.judge((await send("get-assertion", signIn.encoded)).response)).toBe(credential.id);
      expect(gestures() - enrolment).toBe(2);

      server.put("refuse", "");
      const refused = await send("get-assertion", site.signIn([credential]).encoded);
      expect(refused).toMatchObject({ hr: HRESULT.userCancelled, response: new Uint8Array() });
      expect(gestures() - enrolment).toBe(3);
      const prompts = server
        .lines(join("fake", "calls.log"))
        .filter((line) => line.includes("UserVerification"));
      expect(prompts).toEqual([]);
    } finally {
      await server.close();
    }
  });
}
