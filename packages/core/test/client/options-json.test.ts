/** Options from JSON: what is read, what counts as absent, what is refused. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseCreationOptions, parseRequestOptions } from "../../src/client/options-json.ts";
import { WebAuthnError } from "../../src/client/webauthn-error.ts";
import { creationOptions, listed, requestOptions, strangeId, text } from "./support.ts";

const nameOf = (parse: () => unknown): string => {
  try {
    parse();
    return "none";
  } catch (error) {
    return (error as Error).name;
  }
};

describe("creation options", () => {
  test("get the defaults of the specification", () => {
    const { challenge, pubKeyCredParams, rp, user } = creationOptions();
    expect(parseCreationOptions({ challenge, pubKeyCredParams, rp: { name: rp.name }, user })).toMatchObject({
      rp: { id: null },
      excludeCredentials: [],
      attachment: null,
      residentKey: "discouraged",
      userVerification: "preferred",
      attestation: "none",
      attestationFormats: [],
      extensions: { credProps: false, prf: null, largeBlob: null, protection: null, credBlob: null },
    });
  });

  test("of words that are not known count as absent", () => {
    expect(
      parseCreationOptions(
        creationOptions({
          attestation: "sworn",
          authenticatorSelection: {
            authenticatorAttachment: "built-in",
            residentKey: "maybe",
            requireResidentKey: true,
            userVerification: "sometimes",
          },
          hints: ["client-device"],
          timeout: 60_000,
        }),
      ),
    ).toMatchObject({
      attestation: "none",
      attachment: null,
      residentKey: "required",
      userVerification: "preferred",
    });
  });

  test("may have algorithms as text", () => {
    const { parameters } = parseCreationOptions(
      creationOptions({ pubKeyCredParams: [{ type: "public-key", alg: "-257" }] }),
    );
    expect(parameters).toEqual([{ type: "public-key", algorithm: -257 }]);
  });

  test("have extensions in bytes", () => {
    const extensions = {
      credProps: true,
      credentialProtectionPolicy: "userVerificationRequired",
      enforceCredentialProtectionPolicy: true,
      credBlob: text("blob"),
      prf: { eval: { first: text("one"), second: text("two") } },
      largeBlob: { support: "preferred" },
      unknown: { anything: 1 },
    };
    expect(parseCreationOptions(creationOptions({ extensions })).extensions).toEqual({
      credProps: true,
      protection: 3,
      enforceProtection: true,
      credBlob: Uint8Array.from(Buffer.from("blob")),
      prf: {
        eval: { first: Uint8Array.from(Buffer.from("one")), second: Uint8Array.from(Buffer.from("two")) },
        evalByCredential: null,
      },
      largeBlob: { support: "preferred", read: null, write: null },
    });
  });

  const { rp, user } = creationOptions();
  test.for([
    ["that are none", "text", "TypeError"],
    ["that are a list", [], "TypeError"],
    ["without rp", creationOptions({ rp: undefined }), "TypeError"],
    ["without rp.name", creationOptions({ rp: { id: rp.id } }), "TypeError"],
    ["with an rp.id of another type", creationOptions({ rp: { ...rp, id: 7 } }), "TypeError"],
    ["with a long rp.name", creationOptions({ rp: { name: "x".repeat(1025) } }), "TypeError"],
    ["without user.displayName", creationOptions({ user: { ...user, displayName: undefined } }), "TypeError"],
    ["with an empty user.id", creationOptions({ user: { ...user, id: "" } }), "TypeError"],
    [
      "with a long user.id",
      creationOptions({ user: { ...user, id: text("x".repeat(65)) } }),
      "EncodingError",
    ],
    [
      "with a user.id that is not base64url",
      creationOptions({ user: { ...user, id: "YWRh==" } }),
      "EncodingError",
    ],
    ["without challenge", creationOptions({ challenge: undefined }), "TypeError"],
    ["with a challenge of other letters", creationOptions({ challenge: "a+b/" }), "EncodingError"],
    ["with a challenge of bits too many", creationOptions({ challenge: "AB" }), "EncodingError"],
    ["without algorithms", creationOptions({ pubKeyCredParams: undefined }), "TypeError"],
    [
      "with an algorithm that is none",
      creationOptions({ pubKeyCredParams: [{ type: "public-key", alg: 1.5 }] }),
      "TypeError",
    ],
    [
      "with too many algorithms",
      creationOptions({ pubKeyCredParams: Array.from({ length: 65 }, () => ({ type: "a", alg: 1 })) }),
      "TypeError",
    ],
    ["with an excludeList that is null", creationOptions({ excludeCredentials: null }), "TypeError"],
    [
      "with too many excluded",
      creationOptions({ excludeCredentials: listed(...Array<string>(65).fill("AA")) }),
      "TypeError",
    ],
    ["with extensions of another type", creationOptions({ extensions: true }), "TypeError"],
    ["with credProps of another type", creationOptions({ extensions: { credProps: 1 } }), "TypeError"],
    ["with a PRF input that is missing", creationOptions({ extensions: { prf: { eval: {} } } }), "TypeError"],
    [
      "with a PRF input of other letters",
      creationOptions({ extensions: { prf: { eval: { first: "?" } } } }),
      "EncodingError",
    ],
  ] as const)("%s are refused", ([, options, name]) => {
    expect(nameOf(() => parseCreationOptions(options))).toBe(name);
  });
});

describe("request options", () => {
  test("get the defaults of the specification", () => {
    expect(parseRequestOptions({ challenge: "AAAA" })).toEqual({
      challenge: new Uint8Array(3),
      rpId: null,
      allowCredentials: [],
      userVerification: "preferred",
      extensions: { prf: null, largeBlob: null, getCredBlob: false },
    });
  });

  test.for([
    ["with a descriptor without a type", requestOptions({ allowCredentials: [{ id: "AAAA" }] }), "TypeError"],
    [
      "with a descriptor without an id",
      requestOptions({ allowCredentials: [{ type: "public-key" }] }),
      "TypeError",
    ],
    [
      "with an id that is too long",
      requestOptions({ allowCredentials: listed(text("x".repeat(1024))) }),
      "EncodingError",
    ],
    [
      "with PRF inputs for too many",
      requestOptions({
        extensions: {
          prf: {
            evalByCredential: Object.fromEntries(
              Array.from({ length: 65 }, (_, i) => [strangeId(i), { first: "AAAA" }]),
            ),
          },
        },
      }),
      "TypeError",
    ],
  ] as const)("%s are refused", ([, options, name]) => {
    expect(nameOf(() => parseRequestOptions(options))).toBe(name);
  });
});

test("whatever comes, options are read or refused with a name", () => {
  const good = [creationOptions(), requestOptions()];
  fc.assert(
    fc.property(
      fc.oneof(
        fc.jsonValue(),
        fc
          .tuple(
            fc.constantFrom(...good),
            fc.constantFrom("rp", "user", "challenge", "extensions", "rpId"),
            fc.jsonValue(),
          )
          .map(([options, key, value]) => ({ ...options, [key]: value })),
      ),
      (options) => {
        for (const parse of [parseCreationOptions, parseRequestOptions]) {
          try {
            parse(options);
          } catch (error) {
            expect(error instanceof TypeError || error instanceof WebAuthnError).toBe(true);
          }
        }
      },
    ),
    { numRuns: process.env["SLOW"] === undefined ? 300 : 20_000 },
  );
});
