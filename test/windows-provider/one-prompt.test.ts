/**
 * One prompt a ceremony, whatever state the vault and Windows Hello are in: never two, never a signature without one. And the state machine of
 * a ceremony over a real vault, on any system.
 */
import { VaultError } from "@latchkey/core/errors";
import { HRESULT } from "@latchkey/windows-provider/native/hresult";
import { afterEach, describe, expect, test } from "vitest";
import { Site } from "../windows-under-wine/site.ts";
import type { WindowsKeyKind } from "../windows-under-wine/windows-keys.ts";
import { openWindowsHost, type WindowsHost } from "./windows-host.ts";

let there: WindowsHost;
afterEach(() => there.close());

const NOTHING = null;
const KINDS: readonly WindowsKeyKind[] = ["P-384", "P-256", "RSA"];

async function makePasskey(site = new Site("example.com")) {
  const asked = site.create();
  const { response } = await there.send("make-credential", asked.encoded);
  return { site, credential: await asked.judge(response as Uint8Array) };
}

type Prepare = (host: WindowsHost) => unknown;

describe("a ceremony has exactly one prompt", () => {
  test.for<
    [string, Parameters<typeof openWindowsHost>[0], Prepare, { gestures: number; verifications: number }]
  >([
    ["and it opens the signing tier, where that is closed", {}, () => {}, { gestures: 1, verifications: 0 }],
    [
      "and it opens both tiers, where the vault is locked",
      {},
      ({ host }) => host.lock(),
      { gestures: 1, verifications: 0 },
    ],
    [
      "and it is Windows' own, where the tier was kept open",
      { stayOpenMinutes: 5 },
      () => {},
      { gestures: 0, verifications: 1 },
    ],
    [
      "and it opens the tier again, where the vault was locked meanwhile",
      { stayOpenMinutes: 5 },
      ({ host }) => host.lock(),
      { gestures: 1, verifications: 0 },
    ],
  ])("%s", async ([, options, prepare, expected]) => {
    there = await openWindowsHost(options);
    const { site, credential } = await makePasskey();
    await prepare(there);
    const before = there.prompts();
    const asked = site.signIn([credential]);
    const { response } = await there.send("get-assertion", asked.encoded);
    expect(await asked.judge(response as Uint8Array)).toBe(credential.id);
    const after = there.prompts();
    expect({
      gestures: after.gestures - before.gestures,
      verifications: after.verifications - before.verifications,
    }).toEqual(expected);
    expect(there.faults).toEqual([]);
  });

  test.for<[string, Parameters<typeof openWindowsHost>[0], Prepare, number]>([
    ["is refused", {}, ({ windows }) => (windows.hello.mood = "refuses"), HRESULT.userCancelled],
    ["finds its key gone", {}, ({ windows }) => windows.hello.reset(), HRESULT.userCancelled],
    ["was never entrusted with the vault", { isEnrolled: false }, () => {}, HRESULT.userCancelled],
    [
      "is refused where the tier was kept open",
      { stayOpenMinutes: 5 },
      ({ windows }) => windows.plugin.failNext("verifyUser", HRESULT.userCancelled),
      HRESULT.userCancelled,
    ],
  ])("or none, and nothing is signed, when Windows Hello %s", async ([, options, prepare, hresult]) => {
    there = await openWindowsHost(options);
    const site = new Site("example.com");
    if (options?.isEnrolled !== false) await makePasskey(site);
    prepare(there);
    const before = there.prompts();
    expect(await there.send("make-credential", new Site("other.example").create().encoded)).toEqual({
      hresult,
      response: NOTHING,
    });
    const after = there.prompts();
    const more = after.gestures + after.verifications - before.gestures - before.verifications;
    expect(more).toBeLessThanOrEqual(1);
    const listed = (await there.host.device()).state.document.list().map(({ record }) => record?.rpId);
    expect(listed).not.toContain("other.example");
  });
});

describe("Windows' keys of every kind", () => {
  test.for(KINDS)("%s: a request and a verification by it count, others do not", async (kind) => {
    there = await openWindowsHost({ operationKey: kind, verificationKey: kind, stayOpenMinutes: 5 });
    const { site, credential } = await makePasskey();
    const asked = site.signIn([credential]);
    const { response } = await there.send("get-assertion", asked.encoded);
    expect(await asked.judge(response as Uint8Array)).toBe(credential.id);
    expect(there.prompts().verifications).toBe(1);

    // A verification for another request, and one by the other key.
    for (const signature of [
      there.verificationKey.sign(site.create().encoded),
      there.operationKey.sign(asked.encoded),
    ]) {
      there.windows.plugin.verify = async () => signature;
      expect(await there.send("get-assertion", asked.encoded)).toEqual({
        hresult: HRESULT.badSignature,
        response: NOTHING,
      });
    }
  });
});

describe("a request", () => {
  test.for<[string, (encoded: Uint8Array) => Uint8Array, number]>([
    ["cut short", (encoded) => encoded.slice(0, -1), HRESULT.invalidParameter],
    ["with a byte too many", (encoded) => Uint8Array.from([...encoded, 0]), HRESULT.invalidParameter],
    ["empty", () => new Uint8Array(), HRESULT.invalidParameter],
  ])("that is signed and %s asks nobody", async ([, spoil, hresult]) => {
    there = await openWindowsHost();
    for (const kind of ["make-credential", "get-assertion"] as const) {
      const encoded = spoil(
        kind === "make-credential"
          ? new Site("example.com").create().encoded
          : new Site("example.com").signIn([]).encoded,
      );
      expect(await there.send(kind, encoded)).toEqual({ hresult, response: NOTHING });
    }
    expect(there.prompts()).toEqual({ gestures: 0, verifications: 0 });
  });

  test.for<[string, Record<string, unknown>, number]>([
    ["without a signature", { signature: new Uint8Array() }, HRESULT.badSignature],
    ["of another type", { type: 2 }, HRESULT.invalidParameter],
  ])("%s touches neither person nor vault", async ([, sending, hresult]) => {
    there = await openWindowsHost();
    await there.host.lock();
    const { encoded } = new Site("example.com").signIn([]);
    expect(await there.send("get-assertion", encoded, sending)).toEqual({ hresult, response: NOTHING });
    expect([there.prompts(), there.host.isOpen]).toEqual([{ gestures: 0, verifications: 0 }, false]);
  });

  test.for([
    ["prf: {}", new Map([["prf", new Map()]])],
    ["hmac-secret", new Map([["hmac-secret", true]])],
    ["prf with eval", new Map([["prf", new Map([["eval", new Map([["first", new Uint8Array(32)]])]])]])],
    ["an extension that nobody knows", new Map([["fromTheFuture", 1]])],
  ] as const)("to make a passkey with %s succeeds", async ([, extensions]) => {
    there = await openWindowsHost();
    const asked = new Site("example.com").create({ extensions });
    const { hresult, response } = await there.send("make-credential", asked.encoded);
    expect(hresult).toBe(HRESULT.ok);
    expect((await asked.judge(response as Uint8Array)).id).toBeTruthy();
  });

  test("beforehand (up: false) is answered without a signature, and asks nobody", async () => {
    there = await openWindowsHost();
    const { site, credential } = await makePasskey();
    const before = there.prompts();
    const { hresult, response } = await there.send(
      "get-assertion",
      site.signIn([credential], null, false).encoded,
    );
    expect([hresult, response]).toEqual([HRESULT.notSupported, NOTHING]);
    expect(there.prompts()).toEqual(before);
  });

  test("for a site without a passkey is answered with not found, cleanly", async () => {
    there = await openWindowsHost();
    const { encoded } = new Site("unknown.example").signIn([]);
    expect(await there.send("get-assertion", encoded)).toEqual({
      hresult: HRESULT.notFound,
      response: NOTHING,
    });
  });
});

describe("a passkey that cannot be saved", () => {
  test("is not answered, not listed, and not there afterwards", async () => {
    there = await openWindowsHost();
    const { store } = there.host.deps;
    const commit = store.commit.bind(store);
    store.commit = () => Promise.reject(new VaultError("LK-VAULT-DISK-FULL", "disk is full"));
    const { encoded } = new Site("example.com").create();
    expect(await there.send("make-credential", encoded)).toEqual({
      hresult: HRESULT.fail,
      response: NOTHING,
    });
    store.commit = commit;
    expect((await there.host.device()).state.document.list()).toEqual([]);
    expect(there.windows.plugin.calls).not.toContain("addCredentials");
  });
});

describe("a cancel", () => {
  test("while the gesture is awaited answers at once, and what is made meanwhile is taken back", async () => {
    there = await openWindowsHost();
    const gesture = Promise.withResolvers<void>();
    const { hello } = there.windows;
    const sign = hello.sign.bind(hello);
    hello.sign = async (...given) => {
      await gesture.promise;
      return sign(...given);
    };
    const transactionId = new Uint8Array(16).fill(3);
    const { encoded } = new Site("example.com").create();
    const making = there.send("make-credential", encoded, { transactionId });
    expect(there.desk.cancel(new Uint8Array(16))).toBe(HRESULT.notFound);
    expect(there.desk.cancel(transactionId)).toBe(HRESULT.ok);
    expect(await making).toEqual({ hresult: HRESULT.userCancelled, response: NOTHING });
    gesture.resolve();
    await expect
      .poll(
        async () => (await there.host.device()).state.document.list().filter(({ state }) => state === "live"),
        { timeout: 10_000 },
      )
      .toEqual([]);
  });

  test("of nothing finds nothing", async () => {
    there = await openWindowsHost();
    expect(there.desk.cancel(new Uint8Array(16))).toBe(HRESULT.notFound);
  });
});
