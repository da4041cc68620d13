/** Sign-ins: which passkeys are asked for, who picks, and what is refused. */
import { describe, expect, test } from "vitest";
import { decodeBase64url, decodeUtf8 } from "../../src/bytes/text.ts";
import type { CborMap } from "../../src/cbor/codec.ts";
import type { OfferedAccount } from "../../src/client/get-credential.ts";
import { VaultError } from "../../src/errors.ts";
import { cancelled } from "../authenticator/support.ts";
import {
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

const bytes = (value: string): Uint8Array => decodeBase64url(value) as Uint8Array;
const userOf = (name: string) => ({ id: text(name), name, displayName: name.toUpperCase() });
const register = async ({ client }: ClientUnderTest, name = "ada", residentKey = "required") =>
  (
    await client.create(
      PAGE,
      creationOptions({
        user: userOf(name),
        authenticatorSelection: { residentKey, userVerification: "required" },
      }),
    )
  ).id;
const asked = ({ passed }: ClientUnderTest): CborMap =>
  passed.findLast(({ command }) => command === 0x02)?.request ?? new Map();

describe("a sign-in", () => {
  test("gives the page client data, authenticator data, signature and user handle", async () => {
    const under = createTestClient();
    const id = await register(under);
    const answer = await under.client.get(PAGE, requestOptions());
    expect(answer).toMatchObject({
      id,
      rawId: id,
      type: "public-key",
      authenticatorAttachment: "platform",
      clientExtensionResults: {},
      response: { userHandle: text("ada") },
    });
    expect(decodeUtf8(bytes(answer.response.clientDataJSON))).toBe(
      `{"type":"webauthn.get","challenge":"${requestOptions().challenge}","origin":"${PAGE.origin}","crossOrigin":false}`,
    );
    expect(bytes(answer.response.authenticatorData)).toHaveLength(37);
    expect([...asked(under).keys()]).toEqual([1, 2, 5]);
  });

  test("with a passkey that is not discoverable has no user handle", async () => {
    const under = createTestClient();
    const id = await register(under, "ada", "discouraged");
    const { response } = await under.client.get(PAGE, requestOptions({ allowCredentials: listed(id) }));
    expect(response).not.toHaveProperty("userHandle");
    const discovered = under.client.get(PAGE, requestOptions());
    expect(await rejection(discovered)).toMatchObject({ name: "NotAllowedError" });
  });

  test("without verification asks for none", async () => {
    const under = createTestClient();
    await register(under);
    await under.client.get(PAGE, requestOptions({ userVerification: "discouraged" }));
    expect(asked(under).has(5)).toBe(false);
  });

  test("is with the account that the person picks, by the names that there are", async () => {
    const under = createTestClient();
    for (const name of ["ada", "bo", "cy"]) await register(under, name);
    const offered: (readonly OfferedAccount[])[] = [];
    const { response } = await under.client.get(PAGE, requestOptions(), async (accounts) => {
      offered.push(accounts);
      return 1;
    });
    expect(offered).toEqual([["cy", "bo", "ada"].map((name) => ({ name, displayName: name.toUpperCase() }))]);
    expect(response.userHandle).toBe(text("bo"));
    expect((await under.client.get(PAGE, requestOptions())).response.userHandle).toBe(text("cy"));
  });

  test.for([null, 7])("is refused when the person picks %s of two", async (pick) => {
    const under = createTestClient();
    for (const name of ["ada", "bo"]) await register(under, name);
    const signIn = under.client.get(PAGE, requestOptions(), async () => pick);
    expect(await rejection(signIn)).toMatchObject({ name: "NotAllowedError" });
  });

  test("is aborted when the page has given up", async () => {
    const under = createTestClient();
    const signIn = under.client.get(PAGE, requestOptions(), undefined, cancelled());
    expect(await rejection(signIn)).toMatchObject({ name: "AbortError" });
  });
});

describe("a list of allowed passkeys", () => {
  const strange = Array.from({ length: 63 }, (_, i) => strangeId(i));

  test("that fits is sent as it is", async () => {
    const under = createTestClient();
    const id = await register(under);
    under.passed.length = 0;
    await under.client.get(PAGE, requestOptions({ allowCredentials: listed(strangeId(1), id) }));
    expect(under.passed.map(({ command }) => command)).toEqual([0x04, 0x02]);
    expect(asked(under).get(3)).toHaveLength(2);
  });

  test.for([{ real: false }, { real: true }])(
    "that is long is searched in pieces, and asks the person once, on a real vault: $real",
    async (options) => {
      const under = createTestClient({ options });
      const id = await register(under);
      under.authenticator.prompts.length = 0;
      const allowCredentials = listed(...strange, id);
      expect((await under.client.get(PAGE, requestOptions({ allowCredentials }))).id).toBe(id);
      expect(under.authenticator.prompts).toHaveLength(1);
    },
  );

  test.for([
    ["is long and has none that is here", listed(...strange)],
    ["is short and has none that is here", listed(strangeId(1))],
    ["is of unknown types", [{ type: "key", id: "AAAA" }]],
  ] as const)("that %s is refused, and nobody asked", async ([, allowCredentials]) => {
    const under = createTestClient();
    await register(under);
    under.authenticator.prompts.length = 0;
    const signIn = under.client.get(PAGE, requestOptions({ allowCredentials }));
    expect(await rejection(signIn)).toMatchObject({ name: "NotAllowedError" });
    expect(under.authenticator.prompts).toEqual([]);
  });

  test("that is long is tried in pieces where the authenticator cannot tell beforehand", async () => {
    const under = createTestClient({ cannotTell: true });
    const id = await register(under);
    const allowCredentials = listed(...strange, id);
    expect((await under.client.get(PAGE, requestOptions({ allowCredentials }))).id).toBe(id);
    const none = under.client.get(PAGE, requestOptions({ allowCredentials: listed(...strange) }));
    expect(await rejection(none)).toMatchObject({ name: "NotAllowedError" });
  });

  test("leaves out ids that the authenticator says are too long", async () => {
    const shortIds: Spoil = (command, answer) => void (command === 0x04 && answer.set(8, 32));
    const under = createTestClient({ spoil: shortIds });
    const id = await register(under);
    await under.client.get(PAGE, requestOptions({ allowCredentials: listed(text("x".repeat(33)), id) }));
    expect(asked(under).get(3)).toHaveLength(1);
  });
});

describe("a sign-in is refused", () => {
  const changed =
    (change: (answer: Map<number | string, unknown>) => void): Spoil =>
    (command, answer) =>
      void (command === 0x02 && change(answer));
  const flags = (value: number) =>
    changed((answer) => answer.set(2, (answer.get(2) as Uint8Array).slice().fill(value, 32, 33)));

  test.for([
    {
      why: "it answers for another site",
      spoil: changed((answer) => answer.set(2, (answer.get(2) as Uint8Array).slice().fill(0, 0, 1))),
      name: "UnknownError",
    },
    { why: "nobody was verified", spoil: flags(0x19), name: "NotAllowedError" },
    { why: "nobody was there", spoil: flags(0x1c), name: "NotAllowedError" },
    {
      why: "it uses a passkey that was not listed",
      spoil: changed((answer) => answer.set(1, new Map([["id", new Uint8Array(3)]]))),
      name: "UnknownError",
    },
    { why: "the signature is missing", spoil: changed((answer) => answer.delete(3)), name: "UnknownError" },
    {
      why: "the user has no handle",
      spoil: changed((answer) => answer.set(4, new Map())),
      name: "UnknownError",
    },
    {
      why: "there are accounts without end",
      spoil: changed((answer) => answer.set(5, 129)),
      name: "UnknownError",
    },
  ])("with $name by an authenticator of which $why", async ({ spoil, name }) => {
    const under = createTestClient({ spoil });
    const id = await register(under);
    const signIn = under.client.get(PAGE, requestOptions({ allowCredentials: listed(id) }));
    expect(await rejection(signIn)).toMatchObject({ name });
  });

  test("with NotAllowedError when the person refuses", async () => {
    const under = createTestClient();
    await register(under);
    under.authenticator.person = async () => {
      throw new VaultError("LK-AUTH-DENIED", "no");
    };
    expect(await rejection(under.client.get(PAGE, requestOptions()))).toMatchObject({
      name: "NotAllowedError",
    });
  });

  test("with SecurityError for another's rpId, before the authenticator hears of it", async () => {
    const under = createTestClient();
    const signIn = under.client.get(PAGE, requestOptions({ rpId: "example" }));
    expect(await rejection(signIn)).toMatchObject({ name: "SecurityError" });
    expect(under.passed).toEqual([]);
  });
});

test("an authenticator of CTAP 2.0 may leave out the one passkey that was listed", async () => {
  const under = createTestClient({ spoil: (command, answer) => void (command === 0x02 && answer.delete(1)) });
  const id = await register(under);
  expect((await under.client.get(PAGE, requestOptions({ allowCredentials: listed(id) }))).id).toBe(id);
  expect(await rejection(under.client.get(PAGE, requestOptions()))).toMatchObject({ name: "UnknownError" });
});
