/** The practice site refuses what a site has to refuse: each a good answer of a real authenticator, spoiled in one thing. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { NEVER_CANCELLED } from "@latchkey/core/authenticator/cancellation";
import { decodeBase64url, encodeBase64url } from "@latchkey/core/bytes/text";
import {
  type AuthenticationJson,
  createWebAuthnClient,
  type RegistrationJson,
} from "@latchkey/core/client/webauthn-client";
import { createNativeCredentialCrypto } from "../../src/credential-crypto.ts";
import { createCtapSession } from "../../src/host/ctap-session.ts";
import { systemRandom, type VaultHost } from "../../src/host/vault-host.ts";
import { createPracticeSite } from "../../src/practice/practice-site.ts";
import { createNativeSecretTransport } from "../../src/secret-transport.ts";
import { foundHost, makeFolder, withPassphrase } from "../host/hosts.ts";

const ORIGIN = "http://localhost";

describe("the practice site", () => {
  const folder = makeFolder();
  const site = createPracticeSite(ORIGIN);
  let host: VaultHost;

  beforeAll(async () => {
    host = await foundHost(`${folder.path}/vault.latchkey`, "Desk", []);
  });
  afterAll(async () => {
    await host.close();
    folder.remove();
  });

  /** An answer of the vault's own authenticator, from a page of this origin. */
  async function ask<K extends "create" | "get">(
    kind: K,
    options: object,
    origin = ORIGIN,
  ): Promise<K extends "create" ? RegistrationJson : AuthenticationJson> {
    const session = createCtapSession(host, withPassphrase(), (fault) => {
      throw fault;
    });
    const client = createWebAuthnClient({
      crypto: createNativeCredentialCrypto(),
      transport: createNativeSecretTransport(),
      random: systemRandom,
      transact: (request) => session.handle(request, NEVER_CANCELLED),
      fetchWellKnown: null,
      largeBlobs: null,
    });
    const answer = await client[kind]({ origin, topOrigin: null }, options);
    session.end();
    return answer as never;
  }
  const register = async () => site.register(await ask("create", await site.creationOptions("ana")));

  /** Client data with other contents: the signature is over the former. */
  const changed = (clientDataJSON: string, change: object): string => {
    const data = JSON.parse(Buffer.from(decodeBase64url(clientDataJSON) ?? []).toString()) as object;
    return encodeBase64url(new TextEncoder().encode(JSON.stringify({ ...data, ...change })));
  };

  test("learns a name and a public key, and counts sign-ins", async () => {
    const learnt = await register();
    expect(learnt).toMatchObject({ userName: "ana", signIns: 0 });
    expect(learnt.keyFingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(await site.signIn(await ask("get", await site.requestOptions()))).toEqual({
      ...learnt,
      signIns: 1,
    });
  });

  test("has one account, whose passkey is replaced by the next", async () => {
    await register();
    await register();
    const passkeys = (await host.device()).state.document.list();
    expect(passkeys.filter(({ state }) => state === "live")).toHaveLength(1);
  });

  test("takes an answer once", async () => {
    await register();
    const answer = await ask("get", await site.requestOptions());
    await site.signIn(answer);
    await expect(site.signIn(answer)).rejects.toThrow("challenge");
  });

  test("takes no answer to a challenge that is not its own", async () => {
    const options = { ...(await site.requestOptions()), challenge: encodeBase64url(new Uint8Array(32)) };
    const answer = await ask("get", options);
    await expect(site.signIn(answer)).rejects.toThrow("challenge");
  });

  test("takes no answer that a page of another origin was given", async () => {
    const answer = await ask("get", await site.requestOptions(), "http://localhost:8080");
    await expect(site.signIn(answer)).rejects.toThrow("origin");
  });

  test.each([
    [
      "another signature",
      (r: AuthenticationJson["response"]) => ({ ...r, signature: encodeBase64url(new Uint8Array(70)) }),
    ],
    [
      "client data that was not signed",
      (r: AuthenticationJson["response"]) => ({
        ...r,
        clientDataJSON: changed(r.clientDataJSON, { crossOrigin: true }),
      }),
    ],
    [
      "authenticator data of another site",
      (r: AuthenticationJson["response"]) => {
        const data = decodeBase64url(r.authenticatorData) ?? new Uint8Array();
        data.set(createHash("sha256").update("example.com").digest());
        return { ...r, authenticatorData: encodeBase64url(data) };
      },
    ],
    [
      "nobody verified",
      (r: AuthenticationJson["response"]) => {
        const data = decodeBase64url(r.authenticatorData) ?? new Uint8Array();
        data[32] = (data[32] ?? 0) & ~0x04;
        return { ...r, authenticatorData: encodeBase64url(data) };
      },
    ],
  ])("refuses a sign-in with %s", async (_, spoil) => {
    await register();
    const answer = await ask("get", await site.requestOptions());
    await expect(site.signIn({ ...answer, response: spoil(answer.response) })).rejects.toThrow(
      expect.objectContaining({ code: "LK-AUTH-DENIED" }),
    );
  });

  test("knows no passkey that it did not register", async () => {
    await register();
    const answer = await ask("get", await site.requestOptions());
    await expect(site.signIn({ ...answer, id: encodeBase64url(new Uint8Array(32)) })).rejects.toThrow(
      expect.objectContaining({ code: "LK-AUTH-NO-CREDENTIALS" }),
    );
  });
});
