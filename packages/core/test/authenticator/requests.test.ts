/** A good request spoiled in one member, and the exact status byte that answers it. Nobody is asked, nothing is made. */
import { beforeAll, describe, expect, test } from "vitest";
import type { CborValue } from "../../src/cbor/codec.ts";
import { encodeHex } from "../../src/bytes/text.ts";
import {
  createTestAuthenticator,
  descriptor,
  ES256_ENTRY,
  getAssertionMap,
  makeCredentialMap,
  map,
  register,
  stored,
  type TestAuthenticator,
} from "./support.ts";

type Spoiled = readonly [name: string, key: number, value: CborValue | undefined, status: number];

const many = (count: number) => Array.from({ length: count }, (_, i) => descriptor(Uint8Array.of(i)));
const user = (...changes: readonly (readonly [string, CborValue])[]) =>
  map(["id", Uint8Array.of(1)], ...changes);

const salt = new Uint8Array(32);
const platformKey = map([1, 2], [3, -25], [-1, 1], [-2, salt], [-3, salt]);
const anySalts = map([1, platformKey], [2, salt], [3, salt], [4, 2]);
/** hmac-secret with one member of it, or of its key, spoiled. */
const spoiledSalts = (key: number, value: CborValue | undefined, inKey = false): CborValue => {
  const input = new Map(inKey ? platformKey : anySalts);
  if (value === undefined) input.delete(key);
  else input.set(key, value);
  return map(["hmac-secret", inKey ? new Map([...anySalts, [1, input]]) : input]);
};

const largeBlob = (members: Readonly<Record<string, CborValue>>) =>
  map(["largeBlob", map(...Object.entries(members))]);

const descriptorLists = (key: number): readonly Spoiled[] => [
  ["a list that is a map", key, new Map(), 0x11],
  ["a descriptor that is bytes", key, [Uint8Array.of(1)], 0x11],
  ["a descriptor without id", key, [map(["type", "public-key"])], 0x14],
  ["a descriptor without type", key, [map(["id", Uint8Array.of(1)])], 0x14],
  ["a descriptor whose id is text", key, [map(["id", "AQ"], ["type", "public-key"])], 0x11],
  ["a descriptor whose type is a number", key, [map(["id", Uint8Array.of(1)], ["type", 1])], 0x11],
  ["a malformed descriptor of unknown type", key, [map(["type", "password"])], 0x14],
  ["33 descriptors", key, many(33), 0x15],
];

const options = (key: number): readonly Spoiled[] => [
  ["options that are an array", key, [], 0x11],
  ["an option that is a number", key, map(["uv", 1]), 0x11],
  ["an option that is null", key, map(["up", null]), 0x11],
  ["an unknown option that is no boolean", key, map(["future", "yes"]), 0x11],
];

const pinUvAuth = (param: number, protocol: number): readonly Spoiled[] => [
  ["a pinUvAuthParam that is text", param, "", 0x11],
  ["a pinUvAuthProtocol that is text", protocol, "1", 0x11],
  ["a pinUvAuthParam without protocol", param, new Uint8Array(16), 0x14],
];

const clientDataHash = (key: number): readonly Spoiled[] => [
  ["no clientDataHash", key, undefined, 0x14],
  ["a clientDataHash that is text", key, "00", 0x11],
  ["a clientDataHash of 31 bytes", key, new Uint8Array(31), 0x03],
  ["a clientDataHash of 33 bytes", key, new Uint8Array(33), 0x03],
];

describe("a spoiled makeCredential", () => {
  const table: readonly Spoiled[] = [
    ...clientDataHash(1),
    ["no rp", 2, undefined, 0x14],
    ["an rp that is text", 2, "latchkey.example", 0x11],
    ["an rp without id", 2, map(["name", "x"]), 0x14],
    ["an rp.id that is bytes", 2, map(["id", new Uint8Array(3)]), 0x11],
    ["an rp.name that is null", 2, map(["id", "a"], ["name", null]), 0x11],
    ["an rp.icon that is a number", 2, map(["id", "a"], ["icon", 1]), 0x11],
    ["no user", 3, undefined, 0x14],
    ["a user without id", 3, map(["name", "x"]), 0x14],
    ["a user.id that is text", 3, map(["id", "x"]), 0x11],
    ["a user.id of no bytes", 3, map(["id", new Uint8Array()]), 0x03],
    ["a user.id of 65 bytes", 3, map(["id", new Uint8Array(65)]), 0x03],
    ["a user.name that is bytes", 3, user(["name", new Uint8Array(1)]), 0x11],
    ["a user.displayName that is a number", 3, user(["displayName", 1]), 0x11],
    ["a user.icon that is true", 3, user(["icon", true]), 0x11],
    ["no pubKeyCredParams", 4, undefined, 0x14],
    ["pubKeyCredParams that are a map", 4, ES256_ENTRY, 0x11],
    ["an entry that is a number", 4, [-7], 0x11],
    ["an entry without alg", 4, [map(["type", "public-key"])], 0x14],
    ["an entry without type", 4, [map(["alg", -7])], 0x14],
    ["an alg that is text", 4, [map(["alg", "-7"], ["type", "public-key"])], 0x11],
    ["a malformed entry behind a good one", 4, [ES256_ENTRY, map(["alg", -7])], 0x14],
    ["a malformed entry of unknown type", 4, [ES256_ENTRY, map(["type", "x"])], 0x14],
    ["formats that are text", 0x0b, "packed", 0x11],
    ["a format that is a number", 0x0b, [1], 0x11],
    ["hmac-secret that is a map", 6, map(["hmac-secret", new Map()]), 0x11],
    ["hmac-secret-mc without hmac-secret", 6, map(["hmac-secret-mc", anySalts]), 0x14],
    ["credProtect that is text", 6, map(["credProtect", "1"]), 0x11],
    ["credProtect 0", 6, map(["credProtect", 0]), 0x02],
    ["credProtect 4", 6, map(["credProtect", 4]), 0x02],
    ["credBlob that is true", 6, map(["credBlob", true]), 0x11],
    ["prf that is true", 6, map(["prf", true]), 0x11],
    ["prf.eval without first", 6, map(["prf", map(["eval", map(["second", salt])])]), 0x14],
    ["a prf salt of 31 bytes", 6, map(["prf", map(["eval", map(["first", new Uint8Array(31)])])]), 0x03],
    ["largeBlob that is true", 6, map(["largeBlob", true]), 0x11],
    ["largeBlob without support", 6, map(["largeBlob", new Map()]), 0x14],
    ["largeBlob.support that is unknown", 6, map(["largeBlob", map(["support", "maybe"])]), 0x02],
    ...descriptorLists(5),
    ["extensions that are an array", 6, [], 0x11],
    ...options(7),
    ["up false", 7, map(["up", false]), 0x2c],
    ...pinUvAuth(8, 9),
    ["enterprise attestation", 0x0a, 1, 0x02],
    ["enterprise attestation that is true", 0x0a, true, 0x11],
  ];

  test.for(table)("with %s", async ([, key, value, status]) => {
    const authenticator = createTestAuthenticator();
    const answer = await authenticator.send(0x01, makeCredentialMap({ [key]: value }));
    expect(answer.bytes).toEqual(Uint8Array.of(status));
    expect(authenticator.prompts).toEqual([]);
    expect(await stored(authenticator)).toEqual([]);
  });

  test.for<Spoiled>([
    ["a name that is not given", 3, map(["id", Uint8Array.of(1)]), 0],
    ["a user.id of 64 bytes that is not UTF-8", 3, map(["id", new Uint8Array(64).fill(0xff)]), 0],
    ["legacy icons", 2, map(["id", "latchkey.example"], ["icon", "https://latchkey.example/i.png"]), 0],
    ["an unknown member", 0x55, [1], 0],
    ["unknown extensions of any form", 6, map(["future", [1]], ["hmac-secret", true]), 0],
    ["unknown options", 7, map(["future", true]), 0],
    ["up true", 7, map(["up", true]), 0],
    ["32 descriptors", 5, many(32), 0],
    [
      "transports of any form",
      5,
      [map(["id", Uint8Array.of(1)], ["type", "public-key"], ["transports", 1])],
      0,
    ],
    ["a protocol without param", 9, 1, 0],
  ])("and is answered when it is fine: %s", async ([, key, value, status]) => {
    const authenticator = createTestAuthenticator();
    const answer = await authenticator.send(0x01, makeCredentialMap({ [key]: value }));
    expect(answer.status).toBe(status);
    expect(await stored(authenticator)).toHaveLength(1);
  });
});

describe("a spoiled getAssertion", () => {
  let authenticator: TestAuthenticator;
  beforeAll(async () => {
    authenticator = createTestAuthenticator();
    await register(authenticator);
    authenticator.prompts.length = 0;
  });

  const table: readonly Spoiled[] = [
    ["no rpId", 1, undefined, 0x14],
    ["an rpId that is bytes", 1, new Uint8Array(4), 0x11],
    ...clientDataHash(2),
    ...descriptorLists(3),
    ["extensions that are text", 4, "prf", 0x11],
    ["hmac-secret that is true", 4, map(["hmac-secret", true]), 0x11],
    ["hmac-secret without keyAgreement", 4, spoiledSalts(1, undefined), 0x14],
    ["hmac-secret without saltEnc", 4, spoiledSalts(2, undefined), 0x14],
    ["hmac-secret without saltAuth", 4, spoiledSalts(3, undefined), 0x14],
    ["saltEnc that is text", 4, spoiledSalts(2, "salt"), 0x11],
    ["a protocol that is text", 4, spoiledSalts(4, "2"), 0x11],
    ["protocol 3", 4, spoiledSalts(4, 3), 0x02],
    ["a keyAgreement without x", 4, spoiledSalts(-2, undefined, true), 0x14],
    ["a keyAgreement with an x of 31 bytes", 4, spoiledSalts(-2, new Uint8Array(31), true), 0x02],
    ["a keyAgreement with a y that is text", 4, spoiledSalts(-3, "y", true), 0x11],
    ["a keyAgreement of another algorithm", 4, spoiledSalts(3, -7, true), 0x02],
    ["a keyAgreement on another curve", 4, spoiledSalts(-1, 2, true), 0x02],
    ["a keyAgreement off the curve", 4, map(["hmac-secret", anySalts]), 0x02],
    ["prf that is bytes", 4, map(["prf", salt]), 0x11],
    ["a prf by credential that is a list", 4, map(["prf", map(["evalByCredential", []])]), 0x11],
    [
      "a prf for a numbered credential",
      4,
      map(["prf", map(["evalByCredential", map([1, new Map()])])]),
      0x11,
    ],
    [
      "a second prf salt of 33 bytes",
      4,
      map(["prf", map(["eval", map(["first", salt], ["second", new Uint8Array(33)])])]),
      0x03,
    ],
    ["credBlob that is bytes", 4, map(["credBlob", salt]), 0x11],
    ["largeBlob that wants nothing", 4, largeBlob({}), 0x02],
    [
      "largeBlob that wants to read and write",
      4,
      largeBlob({ read: true, write: salt, originalSize: 1 }),
      0x02,
    ],
    ["largeBlob.write without originalSize", 4, largeBlob({ write: salt }), 0x14],
    ["a negative originalSize", 4, largeBlob({ write: salt, originalSize: -1 }), 0x02],
    ["a large blob over 16 KiB", 4, largeBlob({ write: new Uint8Array(16_385), originalSize: 1 }), 0x15],
    [
      "a large blob over 64 KiB before compression",
      4,
      largeBlob({ write: salt, originalSize: 65_537 }),
      0x15,
    ],
    [
      "a large blob for nobody in particular",
      4,
      largeBlob({ write: Uint8Array.of(3, 0), originalSize: 0 }),
      0x02,
    ],
    ["a large blob that is no DEFLATE stream", 4, largeBlob({ write: salt, originalSize: 32 }), 0x02],
    ...options(5),
    ["rk true", 5, map(["rk", true]), 0x2b],
    ["rk false", 5, map(["rk", false]), 0x2b],
    ...pinUvAuth(6, 7),
  ];

  test.for(table)("with %s", async ([, key, value, status]) => {
    const answer = await authenticator.send(0x02, getAssertionMap({ [key]: value }));
    expect(answer.bytes).toEqual(Uint8Array.of(status));
    expect(authenticator.prompts).toEqual([]);
  });
});

describe("a PIN/UV parameter", () => {
  test.for([
    { command: 0x01, request: makeCredentialMap({ 8: new Uint8Array() }) },
    { command: 0x02, request: getAssertionMap({ 6: new Uint8Array() }) },
  ])(
    "that is empty waits for the person and then says that there is no PIN: $command",
    async ({ command, request }) => {
      const authenticator = createTestAuthenticator();
      expect((await authenticator.send(command, request)).bytes).toEqual(Uint8Array.of(0x35));
      expect(authenticator.prompts).toEqual([{ operation: "select", rpId: null, verification: false }]);
    },
  );

  test.for([
    { protocol: 0, status: 0x02 },
    { protocol: 1, status: 0x33 },
    { protocol: 2, status: 0x33 },
    { protocol: 3, status: 0x02 },
  ])("with protocol $protocol is refused: there is no token", async ({ protocol, status }) => {
    const authenticator = createTestAuthenticator();
    const create = makeCredentialMap({ 8: new Uint8Array(16), 9: protocol });
    expect((await authenticator.send(0x01, create)).bytes).toEqual(Uint8Array.of(status));
    const get = getAssertionMap({ 6: new Uint8Array(16), 7: protocol });
    expect((await authenticator.send(0x02, get)).bytes).toEqual(Uint8Array.of(status));
  });
});

describe("a request that is not one", () => {
  test.for([
    { name: "nothing", hex: "", status: 0x03 },
    { name: "an unknown command", hex: "55", status: 0x01 },
    { name: "a sub-command of clientPIN that is not there", hex: "06a201010205", status: 0x3e },
    { name: "clientPIN without sub-command", hex: "06a10101", status: 0x14 },
    { name: "getKeyAgreement without protocol", hex: "06a10202", status: 0x14 },
    { name: "getKeyAgreement with protocol 3", hex: "06a201030202", status: 0x02 },
    { name: "a sub-command that is text", hex: "06a20101026131", status: 0x11 },
    { name: "clientPIN without a body", hex: "06", status: 0x14 },
    { name: "getKeyAgreement with a key that is a number", hex: "06a3010202020301", status: 0x11 },
    { name: "getKeyAgreement with a pinUvAuthParam that is a number", hex: "06a3010202020401", status: 0x11 },
    { name: "getKeyAgreement with a newPinEnc that is a number", hex: "06a3010202020501", status: 0x11 },
    { name: "getKeyAgreement with a pinHashEnc that is a number", hex: "06a3010202020601", status: 0x11 },
    { name: "makeCredential without a body", hex: "01", status: 0x14 },
    { name: "getAssertion without a body", hex: "02", status: 0x14 },
    { name: "makeCredential with an array", hex: "0180", status: 0x11 },
    { name: "getAssertion with a number", hex: "0201", status: 0x11 },
    { name: "an empty map", hex: "02a0", status: 0x14 },
    { name: "a cut map", hex: "01a5", status: 0x12 },
    { name: "trailing bytes", hex: "02a000", status: 0x12 },
    { name: "unsorted keys", hex: "02a202000100", status: 0x12 },
    { name: "an indefinite map", hex: "02bfff", status: 0x12 },
    { name: "a tag", hex: "02c0a0", status: 0x12 },
    { name: "nesting of nine levels", hex: `02a101${"81".repeat(8)}00`, status: 0x12 },
  ])("is refused: $name", async ({ hex, status }) => {
    const authenticator = createTestAuthenticator();
    const answer = await authenticator.sendBytes(Uint8Array.from(Buffer.from(hex, "hex")));
    expect(encodeHex(answer.bytes)).toBe(encodeHex(Uint8Array.of(status)));
    expect(authenticator.faults).toEqual([]);
  });
});
