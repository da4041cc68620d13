/**
 * Two devices and a real relay: one on this system, one a provider that COM has started. What is made on either is on the other, and in
 * Windows' list, by itself.
 */
import { HRESULT } from "@latchkey/windows-provider/native/hresult";
import { describe, expect, test } from "vitest";
import { Site } from "./site.ts";
import { openTwoDevices } from "./two-devices.ts";
import type { Wine } from "./wine.ts";

export function describeTwoDevices(getWine: () => Wine): void {
  describe("the provider and another device", () => {
    test("have each other's passkeys through a relay, and Windows lists what came from afar", async () => {
      const both = await openTwoDevices(getWine());
      try {
        // Made on the other device: in Windows' list, and signs here.
        const far = new Site("far.example");
        const credential = await both.makeAfar(far);
        await both.whenListed(far);
        const signIn = far.signIn([credential]);
        const { response } = await both.send("get-assertion", signIn.encoded);
        expect(await signIn.judge(response)).toBe(credential.id);

        // Made over COM: on the other device.
        const near = new Site("near.example");
        expect(await both.send("make-credential", near.create().encoded)).toMatchObject({ hr: HRESULT.ok });
        await both.whenAfar(near);
      } finally {
        await both.close();
      }
    }, 120_000);
  });
}
