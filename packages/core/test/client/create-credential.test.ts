/** Registrations: what the authenticator is asked, what the page gets, and the name of every refusal. */
import { describe, expect, test } from "vitest";
import { createCancellation } from "../../src/authenticator/cancellation.ts";
import { decodeBase64url, decodeUtf8 } from "../../src/bytes/text.ts";
import { type CborMap, type CborValue, decodeCbor } from "../../src/cbor/codec.ts";
import { VaultError } from "../../src/errors.ts";
import { cancelled } from "../authenticator/support.ts";
import {
  type ClientUnderTest,
  createTestClient,
  creationOptions,
  listed,
  PAGE,
  rejection,
  type Spoil,
  strangeId,
} from "./support.ts";

const bytes = (text: string): Uint8Array => decodeBase64url(text) as Uint8Array;
const made = ({ passed }: ClientUnderTest): CborMap =>
  passed.findLast(({ command }) => command === 0x01)?.request ?? new Map();
const optionsOf = (request: CborMap) => Object.fromEntries(request.get(7) as ReadonlyMap<string, boolean>);

describe("a registration", () => {
  test("gives the page its client data, attestation object, public key and transports", async () => {
    const { client } = createTestClient();
    const { id, rawId, type, authenticatorAttachment, response, clientExtensionResults } =
      await client.create(PAGE, creationOptions());
    expect({ id, type, authenticatorAttachment, clientExtensionResults }).toEqual({
      id: rawId,
      type: "public-key",
      authenticatorAttachment: "platform",
      clientExtensionResults: {},
    });
    expect(JSON.parse(decodeUtf8(bytes(response.clientDataJSON)))).toEqual({
      type: "webauthn.create",
      challenge: creationOptions().challenge,
      origin: PAGE.origin,
      crossOrigin: false,
    });
    expect(response).toMatchObject({ publicKeyAlgorithm: -7, transports: ["hybrid", "internal"] });
    expect(bytes(response.publicKey as string)).toHaveLength(91);
    const attestation = decodeCbor(bytes(response.attestationObject)) as CborMap;
    expect([...attestation.keys()]).toEqual(["fmt", "attStmt", "authData"]);
    expect(attestation.get("authData")).toEqual(bytes(response.authenticatorData));
  });

  test("from a frame says so, and where the frame is", async () => {
    const { client } = createTestClient();
    const page = { ...PAGE, topOrigin: "https://portal.example" };
    const { response } = await client.create(page, creationOptions());
    expect(JSON.parse(decodeUtf8(bytes(response.clientDataJSON)))).toMatchObject({
      crossOrigin: true,
      topOrigin: "https://portal.example",
    });
  });

  test("is for the host of the page when no rpId is named", async () => {
    const under = createTestClient();
    await under.client.create(PAGE, creationOptions({ rp: { name: "Latchkey" } }));
    expect((made(under).get(2) as CborMap).get("id")).toBe("login.latchkey.example");
  });

  test("of a page that names no algorithm is for ES256 and RS256", async () => {
    const under = createTestClient();
    await under.client.create(PAGE, creationOptions({ pubKeyCredParams: [] }));
    const algorithms = (made(under).get(4) as readonly CborMap[]).map((entry) => entry.get("alg"));
    expect(algorithms).toEqual([-7, -257]);
  });

  test.for([
    { selection: {}, expected: { uv: true } },
    { selection: { residentKey: "preferred", userVerification: "discouraged" }, expected: { rk: true } },
    { selection: { residentKey: "discouraged", userVerification: "discouraged" }, expected: {} },
    { selection: { requireResidentKey: true }, expected: { rk: true, uv: true } },
    { selection: { residentKey: "discouraged", requireResidentKey: true }, expected: { uv: true } },
  ])("with the selection $selection asks for $expected", async ({ selection, expected }) => {
    const under = createTestClient();
    await under.client.create(PAGE, creationOptions({ authenticatorSelection: selection }));
    const request = made(under);
    expect(optionsOf(request)).toEqual(expected);
    expect([...request.keys()].sort()).toEqual([1, 2, 3, 4, 7]);
  });

  test("is aborted when the page gives up, before and meanwhile", async () => {
    const { client, authenticator, passed } = createTestClient();
    const before = client.create(PAGE, creationOptions(), cancelled());
    expect(await rejection(before)).toMatchObject({ name: "AbortError" });
    expect(passed).toEqual([]);

    const cancellation = createCancellation();
    authenticator.person = async () => {
      cancellation.cancel();
      throw new VaultError("LK-AUTH-CANCELLED", "gone");
    };
    const meanwhile = client.create(PAGE, creationOptions(), cancellation);
    expect(await rejection(meanwhile)).toMatchObject({ name: "AbortError" });
  });
});

describe("excluded passkeys", () => {
  test("that are here end the registration with InvalidStateError", async () => {
    const { client } = createTestClient();
    const { id } = await client.create(PAGE, creationOptions());
    const again = client.create(PAGE, creationOptions({ excludeCredentials: listed(strangeId(1), id) }));
    expect(await rejection(again)).toMatchObject({ name: "InvalidStateError" });
  });

  test("of an unknown type do not count", async () => {
    const { client } = createTestClient();
    const { id } = await client.create(PAGE, creationOptions());
    await client.create(PAGE, creationOptions({ excludeCredentials: [{ type: "key", id }] }));
  });

  const many = Array.from({ length: 63 }, (_, i) => strangeId(i));

  test.for([{ real: false }, { real: true }])(
    "in a long list are looked for in pieces, on a real vault: $real",
    async (options) => {
      const under = createTestClient({ options });
      const { id } = await under.client.create(PAGE, creationOptions());
      under.passed.length = 0;
      const again = under.client.create(PAGE, creationOptions({ excludeCredentials: listed(...many, id) }));
      expect(await rejection(again)).toMatchObject({ name: "InvalidStateError" });
      expect(under.passed.map(({ command }) => command)).toEqual([0x04, 0x02, 0x02, 0x01]);
      expect(under.authenticator.prompts).toHaveLength(2);
      expect(made(under).get(5)).toHaveLength(32);
    },
  );

  test("in a long list that are not here are not sent", async () => {
    const under = createTestClient();
    await under.client.create(PAGE, creationOptions({ excludeCredentials: listed(...many) }));
    expect(made(under).has(5)).toBe(false);
  });
});

describe("attestation", () => {
  const create = async (attestation: string, spoil?: Spoil, attestationFormats?: string[]) => {
    const under = createTestClient({
      options: { overrides: { attestation: "as-asked" } },
      ...(spoil && { spoil }),
    });
    const { response } = await under.client.create(
      PAGE,
      creationOptions({ attestation, attestationFormats }),
    );
    const object = decodeCbor(bytes(response.attestationObject)) as CborMap;
    return {
      format: object.get("fmt"),
      statement: object.get("attStmt") as CborMap,
      asked: made(under).get(0x0b),
    };
  };
  /** An authenticator that attests unasked. */
  const attesting =
    (x5c: boolean, unknownModel: boolean): Spoil =>
    (command, answer) => {
      if (command !== 0x01) return;
      const statement = new Map<string, CborValue>([
        ["alg", -7],
        ["sig", new Uint8Array(8)],
      ]);
      if (x5c) statement.set("x5c", []);
      answer.set(1, "packed").set(3, statement);
      if (unknownModel) answer.set(2, (answer.get(2) as Uint8Array).slice().fill(0, 37, 53));
    };

  test("is asked for as the page prefers, and passed on", async () => {
    expect(await create("direct", undefined, ["tpm", "none"])).toMatchObject({
      format: "none",
      asked: ["tpm", "none"],
    });
    const own = await create("direct");
    expect(own).toMatchObject({ format: "packed", asked: ["packed", "none"] });
    expect(own.statement.has("sig")).toBe(true);
  });

  test("that the page does not want is neither asked for nor passed on", async () => {
    expect(await create("none", attesting(false, false))).toEqual({
      format: "none",
      statement: new Map(),
      asked: undefined,
    });
    expect((await create("none", attesting(true, true))).format).toBe("none");
  });

  test("of itself by an unknown model is passed on always", async () => {
    expect((await create("none", attesting(false, true))).format).toBe("packed");
  });
});

describe("a registration is refused", () => {
  test.for([
    {
      why: "the rpId is another's",
      options: creationOptions({ rp: { id: "other.example", name: "x" } }),
      name: "SecurityError",
    },
    {
      why: "no type is known",
      options: creationOptions({ pubKeyCredParams: [{ type: "key", alg: -7 }] }),
      name: "NotSupportedError",
    },
    {
      why: "no algorithm is known",
      options: creationOptions({ pubKeyCredParams: [{ type: "public-key", alg: -999 }] }),
      name: "NotAllowedError",
    },
    {
      why: "the authenticator is not of the kind",
      options: creationOptions({ authenticatorSelection: { authenticatorAttachment: "cross-platform" } }),
      name: "NotAllowedError",
    },
  ])("with $name: $why", async ({ options, name }) => {
    const { client, authenticator } = createTestClient();
    expect(await rejection(client.create(PAGE, options))).toMatchObject({ name });
    expect(authenticator.prompts).toEqual([]);
  });

  test.for([
    ["LK-AUTH-DENIED", "NotAllowedError"],
    ["LK-AUTH-TIMEOUT", "NotAllowedError"],
    ["LK-VAULT-LIMIT", "NotAllowedError"],
    ["LK-VAULT-DAMAGED", "UnknownError"],
  ] as const)("after %s with %s", async ([code, name]) => {
    const { client, authenticator } = createTestClient();
    authenticator.person = async () => {
      throw new VaultError(code, "no");
    };
    expect(await rejection(client.create(PAGE, creationOptions()))).toMatchObject({ name });
  });

  const lacks =
    (...options: string[]): Spoil =>
    (command, answer) => {
      if (command !== 0x04) return;
      answer.set(
        4,
        new Map([...(answer.get(4) as CborMap)].filter(([key]) => !options.includes(key as string))),
      );
    };
  const data =
    (change: (authData: Uint8Array) => Uint8Array): Spoil =>
    (command, answer) => {
      if (command === 0x01) answer.set(2, change((answer.get(2) as Uint8Array).slice()));
    };
  const flags = (value: number) => data((authData) => authData.fill(value, 32, 33));

  test.for([
    { why: "it verifies nobody", spoil: lacks("uv"), name: "NotAllowedError" },
    { why: "it keeps no discoverable passkeys", spoil: lacks("rk"), name: "NotAllowedError" },
    { why: "it answers for another site", spoil: data((bytes) => bytes.fill(0, 0, 1)), name: "UnknownError" },
    { why: "nobody was verified", spoil: flags(0x59), name: "NotAllowedError" },
    { why: "nobody was there", spoil: flags(0x5c), name: "NotAllowedError" },
    {
      why: "there is no key",
      spoil: data((bytes) => bytes.fill(0x1d, 32, 33).slice(0, 37)),
      name: "UnknownError",
    },
    { why: "the data is cut", spoil: data((bytes) => bytes.slice(0, -1)), name: "UnknownError" },
    { why: "the data is cut in its id", spoil: data((bytes) => bytes.slice(0, 60)), name: "UnknownError" },
    {
      why: "the data is cut before its id",
      spoil: data((bytes) => bytes.slice(0, 54)),
      name: "UnknownError",
    },
    { why: "the data has more", spoil: data((bytes) => Uint8Array.of(...bytes, 0xa0)), name: "UnknownError" },
    { why: "outputs are said and missing", spoil: flags(0xdd), name: "UnknownError" },
    {
      why: "the data is not bytes",
      spoil: (command: number, answer: Map<unknown, unknown>) => void (command === 1 && answer.set(2, "x")),
      name: "UnknownError",
    },
    {
      why: "the format is missing",
      spoil: (command: number, answer: Map<unknown, unknown>) => void (command === 1 && answer.delete(1)),
      name: "UnknownError",
    },
    {
      why: "getInfo is malformed",
      spoil: (command: number, answer: Map<unknown, unknown>) => void (command === 4 && answer.set(9, "usb")),
      name: "UnknownError",
    },
  ])("with $name by an authenticator of which $why", async ({ spoil, name }) => {
    const { client } = createTestClient({ spoil });
    expect(await rejection(client.create(PAGE, creationOptions()))).toMatchObject({ name });
  });

  test("with UnknownError when the key is of an algorithm that was not asked for", async () => {
    const pubKeyCredParams = [{ type: "public-key", alg: -8 }];
    const other = await createTestClient().client.create(PAGE, creationOptions({ pubKeyCredParams }));
    const spoil = data(() => bytes(other.response.authenticatorData));
    const { client } = createTestClient({ spoil });
    expect(await rejection(client.create(PAGE, creationOptions()))).toMatchObject({ name: "UnknownError" });
    expect((await client.create(PAGE, creationOptions({ pubKeyCredParams }))).id).toBe(other.id);
  });

  test("not by an authenticator that verifies for every passkey: it is asked to", async () => {
    const under = createTestClient({ spoil: lacks("makeCredUvNotRqd") });
    const authenticatorSelection = { userVerification: "discouraged" };
    await under.client.create(PAGE, creationOptions({ authenticatorSelection }));
    expect(optionsOf(made(under))).toEqual({ uv: true });
  });
});
