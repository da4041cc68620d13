/**
 * The client's part of a WebAuthn ceremony (WebAuthn Level 3 § 5.1), as small as a relying party lets it be: options as JSON → client
 * data and a CTAP2 request → the authenticator's response → the response as JSON.
 *
 * It does what a browser does for honest pages: it checks that the rpId suits the origin and passes on what was asked. It knows no
 * public suffix list, no extensions, no timeouts, and sends a list of credentials in one piece.
 */
import { createHash } from "node:crypto";
import { type CborMap, type CborValue, decodeCbor, encodeCbor } from "@latchkey/core/cbor/codec";
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from "@simplewebauthn/server";
import type { Transact } from "./ctap-pipe.ts";

const MAKE_CREDENTIAL = 0x01;
const GET_ASSERTION = 0x02;
const GET_NEXT_ASSERTION = 0x08;

/** Authenticator data: rpIdHash 32, flags 1, signCount 4, AAGUID 16, then the credential id behind its length (§ 6.1). */
const ID_LENGTH_AT = 32 + 1 + 4 + 16;

/** The authenticator answered with this status byte instead of a result. */
export class CtapStatusError extends Error {
  override readonly name = "CtapStatusError";
  readonly status: number;

  constructor(status: number) {
    super(`authenticator answered 0x${status.toString(16).padStart(2, "0")}`);
    this.status = status;
  }
}

/** `navigator.credentials.create` for a page at `origin`. Throws `CtapStatusError` where the authenticator refuses. */
export async function createCredential(
  options: PublicKeyCredentialCreationOptionsJSON,
  origin: string,
  transact: Transact,
): Promise<RegistrationResponseJSON> {
  const rpId = rpIdFor(origin, options.rp.id);
  const clientDataJson = clientData("webauthn.create", options.challenge, origin);
  const selection = options.authenticatorSelection;
  const result = await call(
    transact,
    MAKE_CREDENTIAL,
    new Map<number, CborValue>([
      [1, sha256(clientDataJson)],
      [
        2,
        new Map([
          ["id", rpId],
          ["name", options.rp.name],
        ]),
      ],
      [
        3,
        new Map<string, CborValue>([
          ["id", fromBase64url(options.user.id)],
          ["name", options.user.name],
          ["displayName", options.user.displayName],
        ]),
      ],
      [
        4,
        options.pubKeyCredParams.map(
          ({ alg, type }) =>
            new Map<string, CborValue>([
              ["alg", alg],
              ["type", type],
            ]),
        ),
      ],
      ...(options.excludeCredentials?.length
        ? [[5, options.excludeCredentials.map(descriptor)] as const]
        : []),
      [
        7,
        new Map([
          ["rk", selection?.residentKey !== "discouraged"],
          ["uv", selection?.userVerification !== "discouraged"],
        ]),
      ],
    ]),
  );
  const authData = result.get(2) as Uint8Array;
  const attestationObject = encodeCbor(
    new Map<string, CborValue>([
      ["fmt", result.get(1) as string],
      ["attStmt", result.get(3) as CborMap],
      ["authData", authData],
    ]),
  );
  const id = toBase64url(credentialIdOf(authData));
  return {
    id,
    rawId: id,
    type: "public-key",
    authenticatorAttachment: "platform",
    clientExtensionResults: {},
    response: {
      clientDataJSON: toBase64url(clientDataJson),
      attestationObject: toBase64url(attestationObject),
      transports: ["internal", "hybrid"],
    },
  };
}

/**
 * `navigator.credentials.get` for a page at `origin`. Where the authenticator has several accounts, `pick` is asked with their user
 * names and answers with the index of one.
 */
export async function getCredential(
  options: PublicKeyCredentialRequestOptionsJSON,
  origin: string,
  transact: Transact,
  pick: (userNames: readonly string[]) => number = () => 0,
): Promise<AuthenticationResponseJSON> {
  const clientDataJson = clientData("webauthn.get", options.challenge, origin);
  const accounts = [
    await call(
      transact,
      GET_ASSERTION,
      new Map<number, CborValue>([
        [1, rpIdFor(origin, options.rpId)],
        [2, sha256(clientDataJson)],
        ...(options.allowCredentials?.length ? [[3, options.allowCredentials.map(descriptor)] as const] : []),
        [
          5,
          new Map([
            ["up", true],
            ["uv", options.userVerification !== "discouraged"],
          ]),
        ],
      ]),
    ),
  ];
  const count = (accounts[0]?.get(5) as number | undefined) ?? 1;
  while (accounts.length < count) accounts.push(await call(transact, GET_NEXT_ASSERTION));

  const names = accounts.map((account) => (userOf(account)?.get("name") as string | undefined) ?? "");
  const assertion = accounts[count === 1 ? 0 : pick(names)];
  if (assertion === undefined) throw new Error("no account was picked");
  const id = toBase64url((assertion.get(1) as CborMap).get("id") as Uint8Array);
  const userHandle = userOf(assertion)?.get("id") as Uint8Array | undefined;
  return {
    id,
    rawId: id,
    type: "public-key",
    authenticatorAttachment: "platform",
    clientExtensionResults: {},
    response: {
      clientDataJSON: toBase64url(clientDataJson),
      authenticatorData: toBase64url(assertion.get(2) as Uint8Array),
      signature: toBase64url(assertion.get(3) as Uint8Array),
      ...(userHandle && { userHandle: toBase64url(userHandle) }),
    },
  };
}

const userOf = (assertion: CborMap): CborMap | undefined => assertion.get(4) as CborMap | undefined;

async function call(transact: Transact, command: number, parameters?: CborMap): Promise<CborMap> {
  const body = parameters === undefined ? new Uint8Array() : encodeCbor(parameters);
  const response = await transact(Uint8Array.of(command, ...body));
  if (response[0] !== 0) throw new CtapStatusError(response[0] ?? 0x7f);
  return decodeCbor(response.subarray(1)) as CborMap;
}

/** The effective rpId (§ 5.1.3 step 8): the origin's host, or a parent domain of it that the relying party named. */
function rpIdFor(origin: string, rpId: string | undefined): string {
  const host = new URL(origin).hostname;
  if (rpId === undefined || rpId === host) return host;
  if (!host.endsWith(`.${rpId}`) || !rpId.includes("."))
    throw new Error(`rpId ${rpId} does not suit ${origin}`);
  return rpId;
}

const clientData = (type: string, challenge: string, origin: string): Uint8Array =>
  new TextEncoder().encode(JSON.stringify({ type, challenge, origin, crossOrigin: false }));

const descriptor = ({ id, type }: { readonly id: string; readonly type: string }): CborMap =>
  new Map<string, CborValue>([
    ["id", fromBase64url(id)],
    ["type", type],
  ]);

function credentialIdOf(authData: Uint8Array): Uint8Array {
  const start = ID_LENGTH_AT + 2;
  const length = ((authData[ID_LENGTH_AT] ?? 0) << 8) | (authData[ID_LENGTH_AT + 1] ?? 0);
  return authData.subarray(start, start + length);
}

const sha256 = (data: Uint8Array): Uint8Array => new Uint8Array(createHash("sha256").update(data).digest());
const toBase64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");
const fromBase64url = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64url"));
