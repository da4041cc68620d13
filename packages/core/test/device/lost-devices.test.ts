/** After a device was lost: what it may hold, ranked; progress that merges; where sites keep passkeys. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findLostDevice, listLostDevices, markLost, markRotated } from "../../src/device/lost-devices.ts";
import { editPasskey } from "../../src/device/passkey-acts.ts";
import { parsePasskeyEndpoints } from "../../src/device/passkey-endpoints.ts";
import { planRotation } from "../../src/device/rotation-plan.ts";
import { sendAudit } from "../../src/device/send-audit.ts";
import { writeAudit } from "../../src/device/write-audit.ts";
import { credentialIdOf, type PasskeyId } from "../../src/vault/schema.ts";
import { addPasskey, exchange, foundDevice, joinDevice, NOW, type TestDevice } from "./devices.ts";

const keyOf = ({ device }: TestDevice): Uint8Array => device.context.self.signer.publicKey;

async function plan(on: TestDevice, selector: string | null = null) {
  return planRotation(on.device, findLostDevice(on.device.state.document, selector));
}

describe("a lost device", () => {
  test("may hold every passkey from before, and none from after", async () => {
    const desk = await foundDevice(1, "Desk");
    const laptop = await joinDevice(desk, 2, "Laptop");
    await addPasskey(desk, "one.example", "ana");
    expect(await markLost(desk.device, keyOf(laptop), "Laptop")).toBe(true);
    expect(await markLost(desk.device, keyOf(laptop), "Laptop")).toBe(false);
    desk.deps.clock.ms = NOW + 1;
    await addPasskey(desk, "two.example", "ana");
    expect((await plan(desk)).map(({ site, state }) => [site, state])).toEqual([["one.example", "open"]]);
    expect(listLostDevices(desk.device.state.document)).toMatchObject([{ name: "Laptop", since: NOW }]);
  });

  test("leaves a list that two devices work through apart, and both keep what they did", async () => {
    const desk = await foundDevice(1, "Desk");
    const phone = await joinDevice(desk, 2, "Phone");
    const laptop = await joinDevice(desk, 3, "Laptop");
    const ids: PasskeyId[] = [];
    for (const site of ["a.example", "b.example", "c.example"]) ids.push(await addPasskey(desk, site, "ana"));
    await markLost(desk.device, keyOf(laptop), "Laptop");
    await exchange(desk, phone);
    await markRotated(desk.device, ids[0]!, true);
    await markRotated(phone.device, ids[1]!, true);
    await markRotated(phone.device, ids[0]!, true);
    await exchange(desk, phone);
    for (const on of [desk, phone]) {
      const steps = await plan(on);
      expect(steps.map(({ site, state }) => [site, state])).toEqual([
        ["c.example", "open"],
        ["a.example", "done"],
        ["b.example", "done"],
      ]);
      // Two that said the same leave nothing to decide.
      expect(on.device.state.document.get(ids[0]!)?.offered).toEqual([]);
    }
    expect(await markRotated(desk.device, ids[0]!, false)).toBe(true);
    expect((await plan(desk)).filter(({ state }) => state === "open")).toHaveLength(2);
  });

  test("is found by its name, and where two are lost it has to be said which", async () => {
    const desk = await foundDevice(1, "Desk");
    const [laptop, phone] = [await joinDevice(desk, 2, "Laptop"), await joinDevice(desk, 3, "Phone")];
    expect(() => findLostDevice(desk.device.state.document, null)).toThrow(
      expect.objectContaining({ code: "LK-VAULT-NOT-FOUND" }),
    );
    await markLost(desk.device, keyOf(laptop), "Laptop");
    await markLost(desk.device, keyOf(phone), "Phone");
    expect(() => findLostDevice(desk.device.state.document, null)).toThrow(
      expect.objectContaining({ code: "LK-VAULT-AMBIGUOUS" }),
    );
    expect(findLostDevice(desk.device.state.document, "Phone").name).toBe("Phone");
  });

  test("has mail, domain and bank first, then work, then what was used there, and says why", async () => {
    const desk = await foundDevice(1, "Desk");
    const laptop = await joinDevice(desk, 2, "Laptop");
    const sites = [
      "shop.example",
      "news.example",
      "office.example",
      "my-bank.example",
      "cloudflare.com",
      "google.com",
    ];
    const ids = new Map<string, PasskeyId>();
    for (const site of sites) ids.set(site, await addPasskey(desk, site, "ana"));
    await editPasskey(desk.device, ids.get("office.example")!, "tag/Work", true);
    await exchange(desk, laptop);
    const { device, store } = laptop;
    const id = credentialIdOf(ids.get("shop.example")!)!;
    await writeAudit(
      {
        store,
        rows: device.context.rows,
        logId: device.context.epoch.logId,
        metadataRoot: device.metadataRoot(),
        signer: device.context.self.signer,
      },
      [{ kind: "sign-in", at: NOW - 5, id }],
    );
    // What the desk writes its own key of subjects by: its first line in this epoch.
    await writeAudit(
      {
        store: desk.store,
        rows: desk.device.context.rows,
        logId: desk.device.context.epoch.logId,
        metadataRoot: desk.device.metadataRoot(),
        signer: desk.device.context.self.signer,
      },
      [{ kind: "unlock", at: NOW }],
    );
    await sendAudit(device);
    await exchange(desk, laptop);
    await markLost(desk.device, keyOf(laptop), "Laptop");
    const steps = await plan(desk);
    expect(steps.map(({ site, reasons }) => [site, ...reasons])).toEqual([
      ["google.com", "mail"],
      ["cloudflare.com", "domain"],
      ["my-bank.example", "bank"],
      ["office.example", "work"],
      ["shop.example", "used-there"],
      ["news.example"],
    ]);
    expect(steps[4]?.usedThere).toBe(NOW - 5);
  });
});

describe("a site's document of passkey pages", () => {
  const parse = (value: unknown) => parsePasskeyEndpoints("site.example", JSON.stringify(value));

  test("names pages at the site", () => {
    const enroll = "https://account.site.example/passkeys/new?x=1";
    expect(parse({ enroll, manage: "https://site.example" })).toEqual({
      enroll,
      manage: "https://site.example",
    });
    expect(parse({ manage: "https://site.example/m", prfUsageDetails: "…" })).toMatchObject({ enroll: null });
  });

  test.each([
    "http://site.example/",
    "https://site.example.evil.example/",
    "https://evilsite.example/",
    "https://site.example@evil.example/",
    "https://site.example:8443/",
    "https://site.example\\@evil.example",
    "https://site.example/ x",
    "javascript:alert(1)",
    `https://site.example/${"x".repeat(2_100)}`,
    7,
  ])("names nothing at %s", (address) => expect(parse({ enroll: address, manage: address })).toBeNull());

  test("of any text is read or is none", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const found = parsePasskeyEndpoints("site.example", text);
        for (const address of [found?.enroll, found?.manage])
          if (address != null) expect(new URL(address).hostname).toMatch(/(?:^|\.)site\.example$/);
      }),
    );
  });
});
