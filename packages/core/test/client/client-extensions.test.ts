/** Extensions from the page's JSON to the authenticator and back. */
import { describe, expect, test } from "vitest";
import { decodeBase64url, encodeBase64url } from "../../src/bytes/text.ts";
import type { CborMap } from "../../src/cbor/codec.ts";
import { VaultError } from "../../src/errors.ts";
import { stored } from "../authenticator/support.ts";
import { hmac } from "../authenticator/salt-client.ts";
import { deriveSalts } from "../../src/client/prf.ts";
import {
  type ClientOptions,
  type ClientUnderTest,
  createTestClient,
  creationOptions,
  listed,
  PAGE,
  rejection,
  requestOptions,
  type Spoil,
  strangeId,
  text,
} from "./support.ts";

const userOf = (name: string) => ({ id: text(name), name, displayName: name });
const create = (under: ClientUnderTest, extensions: object, changes: object = {}) =>
  under.client.create(PAGE, creationOptions({ extensions, ...changes }));
const get = (under: ClientUnderTest, extensions: object, changes: object = {}) =>
  under.client.get(PAGE, requestOptions({ extensions, ...changes }));
const inputsOf = ({ passed }: ClientUnderTest, command: number, member: number) =>
  passed.findLast((request) => request.command === command)?.request.get(member) as CborMap | undefined;
const bytes = (value: string | undefined): Uint8Array => decodeBase64url(value ?? "") as Uint8Array;

/** An authenticator without some of its extensions. */
const without =
  (...names: string[]): Spoil =>
  (command, answer) => {
    if (command === 0x04)
      answer.set(
        2,
        (answer.get(2) as string[]).filter((name) => !names.includes(name)),
      );
  };
const FIRST = { first: text("one") };
const BOTH = { first: text("one"), second: text("two") };

/** The outputs of this seed, computed apart from client and authenticator. */
async function expectedOf({ authenticator }: ClientUnderTest, verified: boolean) {
  const [source] = await stored(authenticator);
  const { proof } = await authenticator.host.verifier.verify(
    { operation: "get-assertion", rpId: source!.rpId, accounts: [], verification: true },
    { cancelled: false, whenCancelled: new Promise(() => {}) },
  );
  const seeds = (await authenticator.host.store.openPrfSeeds(source!, proof)) as Uint8Array;
  const seed = verified ? seeds.slice(0, 32) : seeds.slice(32);
  const salts = deriveSalts(authenticator.host.crypto, {
    first: bytes(BOTH.first),
    second: bytes(BOTH.second),
  });
  return {
    first: encodeBase64url(hmac(seed, salts.slice(0, 32))),
    second: encodeBase64url(hmac(seed, salts.slice(32))),
  };
}

test("nothing is asked for and nothing answered when the page asks for nothing", async () => {
  const under = createTestClient();
  expect((await create(under, { unknown: true })).clientExtensionResults).toEqual({});
  expect(inputsOf(under, 0x01, 6)).toBeUndefined();
  expect((await get(under, { unknown: true })).clientExtensionResults).toEqual({});
  expect(inputsOf(under, 0x02, 4)).toBeUndefined();
});

describe("credProps", () => {
  test.for([
    ["required", true],
    ["preferred", true],
    ["discouraged", false],
  ] as const)("of residentKey %s is %s", async ([residentKey, rk]) => {
    const under = createTestClient();
    const { clientExtensionResults } = await create(
      under,
      { credProps: true },
      { authenticatorSelection: { residentKey } },
    );
    expect(clientExtensionResults).toEqual({ credProps: { rk } });
  });
});

describe("prf", () => {
  test.for([
    ["with protocol 2", [2, 1], undefined],
    ["with protocol 1", [1], undefined],
    ["with protocol 1 unnamed", null, undefined],
    ["with an unknown protocol before", [9, 2], undefined],
  ] as const)("gives the verified person's outputs at creation and later, %s", async ([, protocols]) => {
    const spoil: Spoil = (command, answer) => {
      if (command !== 0x04) return;
      if (protocols === null) answer.delete(6);
      else answer.set(6, protocols);
    };
    const under = createTestClient({ spoil });
    const created = await create(under, { prf: { eval: BOTH } });
    const expected = await expectedOf(under, true);
    expect(created.clientExtensionResults).toEqual({ prf: { enabled: true, results: expected } });
    const signedIn = await get(under, { prf: { eval: BOTH } });
    expect(signedIn.clientExtensionResults).toEqual({ prf: { results: expected } });
    const one = await get(under, { prf: { eval: FIRST } });
    expect(one.clientExtensionResults).toEqual({ prf: { results: { first: expected.first } } });
  });

  test("verifies the person though the page discourages it", async () => {
    const under = createTestClient();
    const selection = {
      authenticatorSelection: { residentKey: "required", userVerification: "discouraged" },
    };
    const created = await create(under, { prf: { eval: FIRST } }, selection);
    const signedIn = await get(under, { prf: { eval: FIRST } }, { userVerification: "discouraged" });
    const { first } = await expectedOf(under, true);
    expect(created.clientExtensionResults.prf).toEqual({ enabled: true, results: { first } });
    expect(signedIn.clientExtensionResults.prf).toEqual({ results: { first } });
  });

  test("of an authenticator that verified nobody for it is refused", async () => {
    const unverified =
      (at: number): Spoil =>
      (command, answer) => {
        if (command !== at) return;
        const data = (answer.get(2) as Uint8Array).slice();
        data[32] = (data[32] as number) & ~0x04;
        answer.set(2, data);
      };
    const discouraged = { residentKey: "required", userVerification: "discouraged" };
    const creating = createTestClient({ spoil: unverified(0x01) });
    const created = create(creating, { prf: { eval: FIRST } }, { authenticatorSelection: discouraged });
    expect(await rejection(created)).toMatchObject({ name: "NotAllowedError" });
    const signing = createTestClient({ spoil: unverified(0x02) });
    await create(signing, { prf: {} });
    const signedIn = get(signing, { prf: { eval: FIRST } }, { userVerification: "discouraged" });
    expect(await rejection(signedIn)).toMatchObject({ name: "NotAllowedError" });
  });

  test("without inputs is announced, and asks for no verification", async () => {
    const under = createTestClient();
    const selection = { authenticatorSelection: { userVerification: "discouraged" } };
    expect((await create(under, { prf: {} }, selection)).clientExtensionResults).toEqual({
      prf: { enabled: true },
    });
    expect(inputsOf(under, 0x01, 7)?.size).toBe(0);
  });

  test("at creation without hmac-secret-mc is announced only", async () => {
    const under = createTestClient({ spoil: without("hmac-secret-mc") });
    const { clientExtensionResults } = await create(under, { prf: { eval: FIRST } });
    expect(clientExtensionResults).toEqual({ prf: { enabled: true } });
  });

  test("of an authenticator that verifies nobody is announced, and gives nothing", async () => {
    const spoil: Spoil = (command, answer) =>
      void (command === 0x04 && answer.set(4, new Map([["rk", true]])));
    const under = createTestClient({ spoil });
    const unverified = { userVerification: "discouraged" };
    const created = await create(
      under,
      { prf: { eval: FIRST } },
      { authenticatorSelection: { ...unverified, residentKey: "required" } },
    );
    expect(created.clientExtensionResults).toEqual({ prf: { enabled: true } });
    expect((await get(under, { prf: { eval: FIRST } }, unverified)).clientExtensionResults).toEqual({
      prf: {},
    });
  });

  test("of an authenticator without it is not enabled, and gives nothing", async () => {
    const under = createTestClient({ spoil: without("hmac-secret", "hmac-secret-mc") });
    const { clientExtensionResults } = await create(under, { prf: { eval: FIRST } });
    expect(clientExtensionResults).toEqual({ prf: { enabled: false } });
    expect((await get(under, { prf: { eval: FIRST } })).clientExtensionResults).toEqual({ prf: {} });
  });

  test.for([{ real: false }, { real: true }])(
    "by credential is that of the passkey that signs, on a real vault: $real",
    async (options) => {
      const under = createTestClient({ options });
      const { id } = await create(under, {});
      const expected = await expectedOf(under, true);
      under.authenticator.prompts.length = 0;
      const evalByCredential = {
        [strangeId(1)]: { first: text("strange") },
        [id]: { first: BOTH.second },
      };
      const allowCredentials = listed(strangeId(1), strangeId(2), id);
      const answer = await get(under, { prf: { eval: FIRST, evalByCredential } }, { allowCredentials });
      expect(answer.clientExtensionResults).toEqual({ prf: { results: { first: expected.second } } });
      expect(under.authenticator.prompts).toHaveLength(1);

      const forOthers = { [strangeId(1)]: { first: text("strange") } };
      const general = await get(
        under,
        { prf: { eval: FIRST, evalByCredential: forOthers } },
        { allowCredentials },
      );
      expect(general.clientExtensionResults).toEqual({ prf: { results: { first: expected.first } } });
      const none = await get(under, { prf: { evalByCredential: forOthers } }, { allowCredentials });
      expect(none.clientExtensionResults).toEqual({ prf: {} });
    },
  );

  test("is of each account's own among several", async () => {
    const under = createTestClient();
    for (const name of ["ada", "bo"]) await create(under, {}, { user: userOf(name) });
    const results = [];
    for (const index of [0, 1]) {
      const options = requestOptions({ extensions: { prf: { eval: FIRST } } });
      const answer = await under.client.get(PAGE, options, async () => index);
      results.push(answer.clientExtensionResults.prf?.results?.first);
    }
    expect(new Set(results).size).toBe(2);
    expect(results).not.toContain(undefined);
  });

  test.for([
    ["by credential at creation", "create", { evalByCredential: {} }, {}, "NotSupportedError"],
    ["by credential without a list", "get", { evalByCredential: { AAAA: FIRST } }, {}, "NotSupportedError"],
    [
      "by a credential that is not listed",
      "get",
      { evalByCredential: { AAAB: FIRST } },
      { allowCredentials: listed("AAAA") },
      "SyntaxError",
    ],
  ] as const)(
    "%s is refused before the authenticator hears of it",
    async ([, method, prf, changes, name]) => {
      const under = createTestClient();
      const attempt = (method === "create" ? create : get)(under, { prf }, changes);
      expect(await rejection(attempt)).toMatchObject({ name });
      expect(under.passed).toEqual([]);
    },
  );

  test("of an authenticator that answers something else is an error", async () => {
    const spoil: Spoil = (command, answer) => {
      if (command === 0x06)
        answer.set(
          1,
          new Map([
            [-2, new Uint8Array(32)],
            [-3, new Uint8Array(32)],
          ]),
        );
    };
    const under = createTestClient({ spoil });
    expect(await rejection(create(under, { prf: { eval: FIRST } }))).toMatchObject({ name: "UnknownError" });
  });
});

describe("credProtect", () => {
  test.for([
    ["userVerificationOptional", 1],
    ["userVerificationOptionalWithCredentialIDList", 2],
    ["userVerificationRequired", 3],
  ] as const)("%s is level %s", async ([credentialProtectionPolicy, level]) => {
    const under = createTestClient();
    await create(under, { credentialProtectionPolicy, enforceCredentialProtectionPolicy: true });
    expect(inputsOf(under, 0x01, 6)?.get("credProtect")).toBe(level);
    expect((await stored(under.authenticator))[0]?.protection).toBe(level);
  });

  test.for([
    ["userVerificationRequired", true, false],
    ["userVerificationRequired", false, true],
    ["userVerificationOptional", true, true],
  ] as const)(
    "%s, enforced: %s, is made without it: %s",
    async ([credentialProtectionPolicy, enforced, isMade]) => {
      const under = createTestClient({ spoil: without("credProtect") });
      const made = create(under, {
        credentialProtectionPolicy,
        enforceCredentialProtectionPolicy: enforced,
      }).then(
        () => true,
        (error: Error) => error.name,
      );
      expect(await made).toBe(isMade || "NotAllowedError");
    },
  );
});

describe("credBlob", () => {
  test("is kept and comes back", async () => {
    const under = createTestClient();
    expect((await create(under, { credBlob: text("blob") })).clientExtensionResults).toEqual({
      credBlob: true,
    });
    expect((await get(under, { getCredBlob: true })).clientExtensionResults).toEqual({
      getCredBlob: text("blob"),
    });
  });

  test("that is too long, or has nobody to keep it, is said not to be kept", async () => {
    const long = await create(createTestClient(), { credBlob: text("x".repeat(33)) });
    expect(long.clientExtensionResults).toEqual({ credBlob: false });
    const under = createTestClient({ spoil: without("credBlob") });
    expect((await create(under, { credBlob: text("blob") })).clientExtensionResults).toEqual({
      credBlob: false,
    });
    expect((await get(under, { getCredBlob: true })).clientExtensionResults).toEqual({});
  });
});

describe("largeBlob", () => {
  const BLOB = text("a certificate, say. ".repeat(200));
  const make = async (options?: ClientOptions) => {
    const under = createTestClient(options);
    const { id, clientExtensionResults } = await create(under, { largeBlob: { support: "required" } });
    expect(clientExtensionResults).toEqual({ largeBlob: { supported: true } });
    return { under, allowCredentials: listed(id) };
  };

  test("is written compressed, and read", async () => {
    const { under, allowCredentials } = await make();
    const write = await get(under, { largeBlob: { write: BLOB } }, { allowCredentials });
    expect(write.clientExtensionResults).toEqual({ largeBlob: { written: true } });
    const sent = inputsOf(under, 0x02, 4)?.get("largeBlob") as CborMap;
    expect((sent.get("write") as Uint8Array).length).toBeLessThan(200);
    const read = await get(under, { largeBlob: { read: true } });
    expect(read.clientExtensionResults).toEqual({ largeBlob: { blob: BLOB } });
  });

  test("that is not there reads as nothing", async () => {
    const { under } = await make();
    expect((await get(under, { largeBlob: { read: true } })).clientExtensionResults).toEqual({
      largeBlob: {},
    });
    expect((await get(under, { largeBlob: {} })).clientExtensionResults).toEqual({ largeBlob: {} });
  });

  test("that the vault has no room for is said not to be written", async () => {
    const { under, allowCredentials } = await make();
    Object.assign(under.authenticator.host.store, {
      writeLargeBlob: async () => {
        throw new VaultError("LK-VAULT-LIMIT", "full");
      },
    });
    const answer = await get(under, { largeBlob: { write: BLOB } }, { allowCredentials });
    expect(answer.clientExtensionResults).toEqual({ largeBlob: { written: false } });
  });

  test("of another length than was written is an error", async () => {
    const spoil: Spoil = (command, answer) => {
      if (command !== 0x02 || !answer.has(8)) return;
      const blob = (answer.get(8) as CborMap).get("largeBlob") as CborMap;
      if (!blob.has("blob")) return;
      answer.set(8, new Map([["largeBlob", new Map(blob).set("originalSize", 1)]]));
    };
    const { under, allowCredentials } = await make({ spoil });
    await get(under, { largeBlob: { write: BLOB } }, { allowCredentials });
    expect(await rejection(get(under, { largeBlob: { read: true } }))).toMatchObject({
      name: "UnknownError",
    });
  });

  test("that is not compressed is an error", async () => {
    const spoil: Spoil = (command, answer) => {
      const blob = new Map<string, Uint8Array | number>([
        ["blob", Uint8Array.of(0xff, 0xff)],
        ["originalSize", 2],
      ]);
      if (command === 0x02) answer.set(8, new Map([["largeBlob", blob]]));
    };
    const { under } = await make({ spoil });
    expect(await rejection(get(under, { largeBlob: { read: true } }))).toMatchObject({
      name: "UnknownError",
    });
  });

  test("of an authenticator that keeps none: preferred is not supported, required is refused", async () => {
    const options = { deps: { largeBlobs: null } };
    const preferred = await create(createTestClient(options), { largeBlob: { support: "preferred" } });
    expect(preferred.clientExtensionResults).toEqual({ largeBlob: { supported: false } });
    const required = create(createTestClient(options), { largeBlob: { support: "required" } });
    expect(await rejection(required)).toMatchObject({ name: "NotAllowedError" });
  });

  test.for([
    ["read at creation", "create", { read: true }, {}],
    ["written at creation", "create", { write: BLOB }, {}],
    ["supported later", "get", { support: "preferred" }, {}],
    ["read and written at once", "get", { read: true, write: BLOB }, { allowCredentials: listed("AAAA") }],
    ["written for nobody named", "get", { write: BLOB }, {}],
    ["written for two", "get", { write: BLOB }, { allowCredentials: listed("AAAA", "AAAB") }],
  ] as const)("%s is refused", async ([, method, largeBlob, changes]) => {
    const under = createTestClient();
    const attempt = (method === "create" ? create : get)(under, { largeBlob }, changes);
    expect(await rejection(attempt)).toMatchObject({ name: "NotSupportedError" });
    expect(under.passed).toEqual([]);
  });
});
