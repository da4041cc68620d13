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

  test.for([1, 2, 3])("with protocol %i is refused: none is supported", async (protocol) => {
    const authenticator = createTestAuthenticator();
    const create = makeCredentialMap({ 8: new Uint8Array(16), 9: protocol });
    expect((await authenticator.send(0x01, create)).bytes).toEqual(Uint8Array.of(0x02));
    const get = getAssertionMap({ 6: new Uint8Array(16), 7: protocol });
    expect((await authenticator.send(0x02, get)).bytes).toEqual(Uint8Array.of(0x02));
  });
});

describe("a request that is not one", () => {
  test.for([
    { name: "nothing", hex: "", status: 0x03 },
    { name: "an unknown command", hex: "55", status: 0x01 },
    { name: "clientPIN, which is not built", hex: "06a20101020f", status: 0x01 },
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
