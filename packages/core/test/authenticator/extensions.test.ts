/** Extensions end to end: what a client asks for at creation and later, and what it gets. */
import { deflateRawSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { concatBytes } from "../../src/bytes/concat.ts";
import { encodeBase64url } from "../../src/bytes/text.ts";
import { type CborKey, type CborMap, type CborValue, decodeCbor } from "../../src/cbor/codec.ts";
import type { LargeBlob } from "../../src/authenticator/large-blob.ts";
import { VaultError } from "../../src/errors.ts";
import { createSaltClient, hmac } from "./salt-client.ts";
import {
  type Answer,
  createTestAuthenticator,
  descriptor,
  flagsOf,
  getAssertionMap,
  idOf,
  isSigned,
  makeCredentialMap,
  map,
  readAttestation,
  register,
  stored,
  type TestAuthenticator,
} from "./support.ts";

const VERIFIED = map(["rk", true], ["uv", true]);
const PRESENT = map(["rk", true]);
const salts = Uint8Array.from({ length: 64 }, (_, i) => i);
const first = salts.slice(0, 32);
const second = salts.slice(32);
const evalOf = (...inputs: Uint8Array[]) =>
  map(...inputs.map((input, i) => [i === 0 ? "first" : "second", input] as const));

/** Signed outputs of an assertion. */
function outputsOf(answer: Answer): CborMap {
  const authData = answer.map.get(2) as Uint8Array;
  if (authData.length === 37) return new Map();
  return decodeCbor(authData.slice(37)) as CborMap;
}

/** Signed outputs of a creation, which stand behind the COSE key of ES256. */
function creationOutputsOf(answer: Answer): CborMap {
  const authData = answer.map.get(2) as Uint8Array;
  const end = 55 + 32 + 77;
  return authData.length === end ? new Map() : (decodeCbor(authData.slice(end)) as CborMap);
}

async function create(authenticator: TestAuthenticator, extensions: CborMap, options = VERIFIED) {
  const answer = await authenticator.send(0x01, makeCredentialMap({ 6: extensions, 7: options }));
  expect(answer.status).toBe(0);
  const authData = answer.map.get(2) as Uint8Array;
  return { answer, id: authData.slice(55, 87), unsigned: answer.map.get(6) as CborMap | undefined };
}

const use = (
  authenticator: TestAuthenticator,
  extensions: CborMap,
  changes: Record<number, CborValue> = {},
) => authenticator.send(0x02, getAssertionMap({ 4: extensions, ...changes }));

async function clientOf(authenticator: TestAuthenticator, protocol: 1 | 2) {
  const answer = await authenticator.send(0x06, map([1, protocol], [2, 2]));
  return createSaltClient(answer.map.get(1) as CborMap, protocol);
}

async function seedsOf(authenticator: TestAuthenticator): Promise<Uint8Array> {
  const [source] = await stored(authenticator);
  const { proof } = await authenticator.host.verifier.verify(
    { operation: "get-assertion", rpId: source!.rpId, accounts: [], verification: true },
    { cancelled: false, whenCancelled: new Promise(() => {}) },
  );
  return (await authenticator.host.store.openPrfSeeds(source!, proof)) as Uint8Array;
}

describe("without extensions", () => {
  test("no output is written, and no flag of one", async () => {
    const authenticator = createTestAuthenticator();
    const { answer } = await create(authenticator, map(["minPinLength", true], ["uvm", true]));
    expect((answer.map.get(2) as Uint8Array)[32]).toBe(0x5d);
    expect(creationOutputsOf(answer).size).toBe(0);
    const assertion = await use(authenticator, map(["unknown", true], ["credBlob", false]));
    expect(flagsOf(assertion)).toBe(0x1d);
    expect([...assertion.map.keys()]).toEqual([1, 2, 3, 4]);
  });
});

describe.for([1, 2] as const)("hmac-secret, protocol %i", (protocol) => {
  test.for([
    { name: "with verification", options: map(["uv", true]), verified: true },
    { name: "without verification", options: new Map(), verified: false },
  ])("gives both outputs of the seed $name, encrypted and signed", async ({ options, verified }) => {
    const authenticator = createTestAuthenticator();
    const { answer } = await create(authenticator, map(["hmac-secret", true]));
    expect(creationOutputsOf(answer)).toEqual(map(["hmac-secret", true]));
    const registered = readAttestationOf(answer);
    const client = await clientOf(authenticator, protocol);
    const seeds = await seedsOf(authenticator);
    const seed = verified ? seeds.slice(0, 32) : seeds.slice(32);

    const assertion = await use(authenticator, map(["hmac-secret", client.seal(salts)]), { 5: options });
    expect(flagsOf(assertion) & 0x84).toBe(verified ? 0x84 : 0x80);
    const outputs = client.open(outputsOf(assertion).get("hmac-secret") as Uint8Array);
    expect(outputs).toEqual(concatBytes(hmac(seed, first), hmac(seed, second)));
    expect(isSigned(assertion, registered)).toBe(true);

    const one = await use(authenticator, map(["hmac-secret", client.seal(first)]), { 5: options });
    expect(client.open(outputsOf(one).get("hmac-secret") as Uint8Array)).toEqual(hmac(seed, first));
  });

  test.for([
    { name: "without verification", options: PRESENT, from: 32, flags: 0xd9 },
    { name: "with it", options: VERIFIED, from: 0, flags: 0xdd },
  ])("answers at creation already, $name", async ({ options, from, flags }) => {
    const authenticator = createTestAuthenticator();
    const client = await clientOf(authenticator, protocol);
    const asked = map(["hmac-secret", true], ["hmac-secret-mc", client.seal(salts)]);
    const { answer } = await create(authenticator, asked, options);
    expect(flagsOf(answer)).toBe(flags);
    const outputs = creationOutputsOf(answer);
    expect([...outputs.keys()]).toEqual(["hmac-secret", "hmac-secret-mc"]);
    const seed = (await seedsOf(authenticator)).slice(from, from + 32);
    expect(client.open(outputs.get("hmac-secret-mc") as Uint8Array)).toEqual(
      concatBytes(hmac(seed, first), hmac(seed, second)),
    );
  });

  test("answers for a passkey that was made without asking for it", async () => {
    const authenticator = createTestAuthenticator();
    await register(authenticator);
    const client = await clientOf(authenticator, protocol);
    const answer = await use(authenticator, map(["hmac-secret", client.seal(first)]));
    expect(client.open(outputsOf(answer).get("hmac-secret") as Uint8Array)).toHaveLength(32);
  });

  test("refuses salts that were changed or have a wrong length, and asks nobody", async () => {
    const authenticator = createTestAuthenticator();
    await register(authenticator);
    const client = await clientOf(authenticator, protocol);
    authenticator.prompts.length = 0;
    const good = client.seal(first);
    const mac = good.get(3) as Uint8Array;
    const spoiled = [
      { input: client.seal(first, { 3: mac.map((byte, i) => (i === 0 ? byte ^ 1 : byte)) }), status: 0x33 },
      { input: client.seal(first, { 3: mac.slice(1) }), status: 0x33 },
      { input: client.seal(first, { 2: client.seal(second).get(2) as Uint8Array }), status: 0x33 },
      { input: client.seal(first, { 4: 3 - protocol }), status: 0x33 },
      { input: client.seal(new Uint8Array()), status: 0x03 },
      { input: client.seal(new Uint8Array(16)), status: 0x03 },
      { input: client.seal(new Uint8Array(96)), status: 0x03 },
    ];
    for (const { input, status } of spoiled) {
      expect((await use(authenticator, map(["hmac-secret", input]))).bytes).toEqual(Uint8Array.of(status));
    }
    const withoutPresence = { 5: map(["up", false]) };
    expect((await use(authenticator, map(["hmac-secret", good]), withoutPresence)).status).toBe(0x2b);
    expect(authenticator.prompts).toEqual([]);
  });
});

test.for([
  ["kty is not EC2", 1, 3],
  ["alg is ES256", 3, -7],
  ["crv is P-384", -1, 2],
  ["x is cut short", -2, new Uint8Array(31)],
  ["x has a byte more", -2, new Uint8Array(33)],
  ["y is cut short", -3, new Uint8Array(31)],
] as const)("hmac-secret is refused when %s, and asks nobody", async ([, member, value]) => {
  const authenticator = createTestAuthenticator();
  await register(authenticator);
  authenticator.prompts.length = 0;
  const sealed = (await clientOf(authenticator, 2)).seal(first);
  const key = new Map(sealed.get(1) as CborMap).set(member, value);
  const answer = await use(authenticator, map(["hmac-secret", new Map(sealed).set(1, key)]));
  expect(answer.status).toBe(0x02);
  expect(authenticator.prompts).toEqual([]);
});

test.for([1, 2] as const)(
  "nothing secret of a PRF is left in memory that we own, protocol %i",
  async (protocol) => {
    const base = createTestAuthenticator();
    const { store, transport } = base.host;
    const secrets: Uint8Array[] = [];
    const keep = <T extends Uint8Array | null>(bytes: T): T => {
      if (bytes !== null) secrets.push(bytes);
      return bytes;
    };
    const authenticator = createTestAuthenticator({
      overrides: {
        store: {
          ...store,
          openPrfSeeds: async (source, proof) => keep(await store.openPrfSeeds(source, proof)),
        },
        transport: {
          ...transport,
          makeAgreementKey() {
            const key = transport.makeAgreementKey();
            return { point: key.point, agree: (point) => keep(key.agree(point)) };
          },
          encryptCbc: (key, iv, plaintext) => transport.encryptCbc(key, iv, keep(plaintext)),
          // Of the HMACs the outputs, and the first half of HKDF.
          hmacSha256(key, data) {
            const mac = transport.hmacSha256(key, data);
            const isOutput = data.length === 32 && (data[1] === 1 || data[1] === 33);
            return isOutput || key.every((byte) => byte === 0) ? keep(mac) : mac;
          },
        },
      },
    });
    const client = await clientOf(authenticator, protocol);
    await create(authenticator, map(["hmac-secret", true], ["hmac-secret-mc", client.seal(salts)]));
    const answer = await use(authenticator, map(["hmac-secret", client.seal(salts)]));
    expect(client.open(outputsOf(answer).get("hmac-secret") as Uint8Array)).toHaveLength(64);
    // Two agreements, two halves of HKDF with protocol 2, twice two outputs and both joined, once the seeds.
    expect(secrets).toHaveLength(protocol === 1 ? 9 : 11);
    for (const secret of secrets) expect(secret.every((byte) => byte === 0)).toBe(true);
  },
);

test("hmac-secret without a protocol is protocol 1", async () => {
  const authenticator = createTestAuthenticator();
  await register(authenticator);
  const client = await clientOf(authenticator, 1);
  const answer = await use(authenticator, map(["hmac-secret", client.seal(first, { 4: undefined })]));
  expect(client.open(outputsOf(answer).get("hmac-secret") as Uint8Array)).toHaveLength(32);
});

test("a key agreement ends with a reset, and not before", async () => {
  const authenticator = createTestAuthenticator();
  const client = await clientOf(authenticator, 2);
  const asked = map(["hmac-secret", true], ["hmac-secret-mc", client.seal(first)]);
  await create(authenticator, asked);
  await create(authenticator, asked);
  await authenticator.send(0x07);
  expect((await authenticator.send(0x01, makeCredentialMap({ 6: asked }))).status).toBe(0x33);
});

test("each of several accounts answers with its own seeds", async () => {
  const authenticator = createTestAuthenticator();
  await register(authenticator);
  await register(authenticator, { 3: map(["id", Uint8Array.of(9)]) });
  const client = await clientOf(authenticator, 2);
  const answers = [await use(authenticator, map(["hmac-secret", client.seal(first)]))];
  answers.push(await authenticator.send(0x08));
  const outputs = answers.map((answer) => client.open(outputsOf(answer).get("hmac-secret") as Uint8Array));
  expect(outputs[0]).not.toEqual(outputs[1]);
  const again = await use(authenticator, map(["hmac-secret", client.seal(first)]));
  expect(client.open(outputsOf(again).get("hmac-secret") as Uint8Array)).toEqual(outputs[0]);
});

describe("prf in clear", () => {
  test.for([
    { name: "an empty input", input: new Map() as CborMap, results: [] as Uint8Array[] },
    { name: "one salt", input: map(["eval", evalOf(first)]), results: [first] },
    { name: "two salts", input: map(["eval", evalOf(first, second)]), results: [first, second] },
  ])("is announced at creation, and answered: $name", async ({ input, results }) => {
    const authenticator = createTestAuthenticator();
    const { answer, unsigned } = await create(authenticator, map(["prf", input]), PRESENT);
    const seed = (await seedsOf(authenticator)).slice(0, 32);
    const prf = unsigned?.get("prf") as CborMap;
    expect(prf.get("enabled")).toBe(true);
    const expected = evalOf(...results.map((salt) => hmac(seed, salt)));
    expect(prf.get("results")).toEqual(results.length === 0 ? undefined : expected);
    // It is for verified people, and is never signed: what is signed goes to the site's server.
    expect(flagsOf(answer)).toBe(results.length === 0 ? 0x59 : 0x5d);
    expect(creationOutputsOf(answer).size).toBe(0);
  });

  test("is the verified person's seed whatever the request says, and by credential before all", async () => {
    const authenticator = createTestAuthenticator();
    const { id } = await create(authenticator, map(["prf", new Map()]));
    const seed = (await seedsOf(authenticator)).slice(0, 32);
    const all = map(["eval", evalOf(first)]);
    const answer = await use(authenticator, map(["prf", all]), { 5: new Map() });
    expect(flagsOf(answer)).toBe(0x1d);
    expect(answer.map.get(8)).toEqual(map(["prf", map(["results", evalOf(hmac(seed, first))])]));

    const own = new Map<CborKey, CborValue>(all);
    own.set("evalByCredential", map([encodeBase64url(id), evalOf(second)]));
    const byId = await use(authenticator, map(["prf", own]));
    expect(byId.map.get(8)).toEqual(map(["prf", map(["results", evalOf(hmac(seed, second))])]));
  });

  test("by credential alone is for a verified person, too", async () => {
    const authenticator = createTestAuthenticator();
    const { id } = await create(authenticator, new Map());
    const seed = (await seedsOf(authenticator)).slice(0, 32);
    const own = map(["evalByCredential", map([encodeBase64url(id), evalOf(second)])]);
    const answer = await use(authenticator, map(["prf", own]), { 5: new Map() });
    expect(flagsOf(answer)).toBe(0x1d);
    expect(answer.map.get(8)).toEqual(map(["prf", map(["results", evalOf(hmac(seed, second))])]));
  });

  test("is refused in a pre-flight, and empty it changes nothing", async () => {
    const authenticator = createTestAuthenticator();
    await register(authenticator);
    const withoutPresence = { 5: map(["up", false]) };
    const asked = map(["prf", map(["eval", evalOf(first)])]);
    expect((await use(authenticator, asked, withoutPresence)).status).toBe(0x2b);
    const empty = await use(authenticator, map(["prf", new Map()]), { 5: new Map() });
    expect(flagsOf(empty)).toBe(0x19);
    expect(empty.map.has(8)).toBe(false);
  });
});

describe("credProtect", () => {
  test.for([
    { level: undefined, listed: true, found: true, without: true },
    { level: 1, listed: true, found: true, without: true },
    { level: 2, listed: true, found: true, without: false },
    { level: 3, listed: false, found: false, without: false },
  ])("level $level is kept to", async ({ level, found, without }) => {
    const authenticator = createTestAuthenticator();
    const asked = level === undefined ? new Map() : map(["credProtect", level]);
    const { answer, id } = await create(authenticator, asked);
    expect(creationOutputsOf(answer)).toEqual(asked);
    const list = { 3: [descriptor(id)] };
    const status = (yes: boolean) => (yes ? 0 : 0x2e);
    authenticator.prompts.length = 0;
    for (const options of [new Map(), map(["up", false])]) {
      const listedAnswer = await use(authenticator, new Map(), { ...list, 5: options });
      expect(listedAnswer.status).toBe(status(found));
      expect((await use(authenticator, new Map(), { 5: options })).status).toBe(status(without));
    }
    expect(authenticator.prompts).toHaveLength(Number(found) + Number(without));
    expect((await use(authenticator, new Map())).status).toBe(0);
    expect((await use(authenticator, new Map(), list)).status).toBe(0);
  });

  test("level 3 is not excluded before somebody who is not verified", async () => {
    for (const level of [2, 3]) {
      const authenticator = createTestAuthenticator();
      const { id } = await create(authenticator, map(["credProtect", level]));
      const again = (options: CborMap) =>
        authenticator.send(
          0x01,
          makeCredentialMap({ 3: map(["id", Uint8Array.of(7)]), 5: [descriptor(id)], 7: options }),
        );
      expect((await again(PRESENT)).status).toBe(level === 3 ? 0 : 0x19);
      expect((await again(VERIFIED)).status).toBe(0x19);
    }
  });
});

describe("credBlob", () => {
  test.for([
    { name: "a short one", blob: new Uint8Array(32).fill(3), options: VERIFIED, kept: true },
    { name: "an empty one", blob: new Uint8Array(), options: VERIFIED, kept: true },
    { name: "one that is too long", blob: new Uint8Array(33), options: VERIFIED, kept: false },
    {
      name: "one of a passkey that is not discoverable",
      blob: new Uint8Array(3),
      options: map(["uv", true]),
      kept: false,
    },
  ])("comes back, or is said not to be kept: $name", async ({ blob, options, kept }) => {
    const authenticator = createTestAuthenticator();
    const { answer, id } = await create(authenticator, map(["credBlob", blob]), options);
    expect(creationOutputsOf(answer)).toEqual(map(["credBlob", kept]));
    const assertion = await use(authenticator, map(["credBlob", true]), { 3: [descriptor(id)] });
    expect(outputsOf(assertion)).toEqual(map(["credBlob", kept ? blob : new Uint8Array()]));
  });
});

describe("largeBlob", () => {
  const read = map(["largeBlob", map(["read", true])]);
  const write = ({ blob, originalSize }: LargeBlob) =>
    map(["largeBlob", map(["write", blob], ["originalSize", originalSize])]);

  test.for(["preferred", "required"])("is supported when it is %s", async (support) => {
    const { unsigned } = await create(
      createTestAuthenticator(),
      map(["largeBlob", map(["support", support])]),
    );
    expect(unsigned).toEqual(map(["largeBlob", map(["supported", true])]));
  });

  test("is written for one passkey, read, and written again", async () => {
    const authenticator = createTestAuthenticator();
    const { id } = await create(authenticator, new Map());
    const list = { 3: [descriptor(id)] };
    expect((await use(authenticator, read)).map.get(8)).toEqual(map(["largeBlob", new Map()]));
    for (const large of [deflateTo(16_384), deflateTo(6)]) {
      const written = await use(authenticator, write(large), list);
      expect(written.map.get(8)).toEqual(map(["largeBlob", map(["written", true])]));
      expect((await use(authenticator, read)).map.get(8)).toEqual(
        map(["largeBlob", map(["blob", large.blob], ["originalSize", large.originalSize])]),
      );
    }
    const preFlight = { ...list, 5: map(["up", false]) };
    expect((await use(authenticator, write(deflateTo(6)), preFlight)).status).toBe(0x2b);
  });

  test.for([
    ["one byte less than it inflates to", { ...deflateTo(100), originalSize: 94 }],
    ["one byte more than it inflates to", { ...deflateTo(100), originalSize: 96 }],
    ["no DEFLATE stream", { blob: new Uint8Array(32), originalSize: 32 }],
    ["a stream with a byte behind it", { blob: Uint8Array.of(3, 0, 0), originalSize: 0 }],
    ["a stream of 64 KiB and a byte", { blob: deflateZeros(65_537), originalSize: 65_536 }],
  ] as const)("is not written when it is %s", async ([, large]) => {
    const authenticator = createTestAuthenticator();
    const { id } = await create(authenticator, new Map());
    authenticator.prompts.length = 0;
    expect((await use(authenticator, write(large), { 3: [descriptor(id)] })).status).toBe(0x02);
    expect(authenticator.prompts).toEqual([]);
    expect((await use(authenticator, read)).map.get(8)).toEqual(map(["largeBlob", new Map()]));
  });

  test("may be of 64 KiB before compression", async () => {
    const authenticator = createTestAuthenticator();
    const { id } = await create(authenticator, new Map());
    const large = { blob: deflateZeros(65_536), originalSize: 65_536 };
    const written = await use(authenticator, write(large), { 3: [descriptor(id)] });
    expect(written.map.get(8)).toEqual(map(["largeBlob", map(["written", true])]));
  });

  test.for(["LK-VAULT-LIMIT", "LK-VAULT-DISK-FULL"] as const)(
    "that does not fit any more is no reason not to sign in: %s",
    async (code) => {
      const { host } = createTestAuthenticator();
      const writeLargeBlob = async () => {
        throw new VaultError(code, "test");
      };
      const authenticator = createTestAuthenticator({
        overrides: { store: { ...host.store, writeLargeBlob } },
      });
      const { id } = await create(authenticator, new Map());
      const answer = await use(authenticator, write(deflateTo(6)), { 3: [descriptor(id)] });
      expect(idOf(answer)).toEqual(id);
      expect(answer.map.get(8)).toEqual(map(["largeBlob", map(["written", false])]));
    },
  );
});

test("a large blob that a broken vault does not take is a fault, no sign-in", async () => {
  const { host } = createTestAuthenticator();
  const writeLargeBlob = async () => {
    throw new VaultError("LK-VAULT-DAMAGED", "test");
  };
  const authenticator = createTestAuthenticator({ overrides: { store: { ...host.store, writeLargeBlob } } });
  const { id } = await create(authenticator, new Map());
  const { blob, originalSize } = deflateTo(6);
  const write = map(["largeBlob", map(["write", blob], ["originalSize", originalSize])]);
  const answer = await use(authenticator, write, { 3: [descriptor(id)] });
  expect(answer.bytes).toEqual(Uint8Array.of(0x7f));
});

describe("an imported passkey", () => {
  test("without seeds answers no PRF and signs in", async () => {
    const { host } = createTestAuthenticator();
    const authenticator = createTestAuthenticator({
      overrides: { store: { ...host.store, openPrfSeeds: async () => null } },
    });
    await create(authenticator, new Map());
    const client = await clientOf(authenticator, 2);
    const asked = map(["hmac-secret", client.seal(first)], ["prf", map(["eval", evalOf(first)])]);
    const answer = await use(authenticator, asked);
    expect(flagsOf(answer)).toBe(0x1d);
    expect(answer.map.has(8)).toBe(false);
  });

  test("of an algorithm that this host cannot sign with is not found", async () => {
    const authenticator = createTestAuthenticator();
    await register(authenticator);
    const lesser = createTestAuthenticator({
      overrides: {
        store: authenticator.host.store,
        crypto: { ...authenticator.host.crypto, algorithms: [-8] },
      },
    });
    expect((await lesser.send(0x02, getAssertionMap())).status).toBe(0x2e);
  });
});

/** What the relying party keeps; the outputs behind the key are not its business here. */
function readAttestationOf(answer: Answer) {
  const authData = answer.map.get(2) as Uint8Array;
  return { ...readAttestation(authData.slice(0, 55 + 32 + 77)), authData };
}

/** A DEFLATE stream of exactly this length: one stored block. */
function deflateTo(length: number): LargeBlob {
  const originalSize = length - 5;
  const blob = new Uint8Array(length).fill(7);
  blob.set([1, originalSize & 0xff, originalSize >> 8, ~originalSize & 0xff, (~originalSize >> 8) & 0xff]);
  return { blob, originalSize };
}

function deflateZeros(length: number): Uint8Array {
  return new Uint8Array(deflateRawSync(new Uint8Array(length)));
}
