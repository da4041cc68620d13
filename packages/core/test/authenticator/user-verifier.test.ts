/** User verification gates every key: what the compiler refuses, and what a store refuses at run time. */
import { describe, expect, test } from "vitest";
import { createAuthenticator } from "../../src/authenticator/authenticator.ts";
import { NEVER_CANCELLED } from "../../src/authenticator/cancellation.ts";
import type { CredentialStore } from "../../src/authenticator/credential-store.ts";
import {
  createThrowAwayVerifier,
  createUserVerifier,
  type UserPrompt,
  type UserVerified,
} from "../../src/authenticator/user-verifier.ts";
import { approve, createTestAuthenticator, register, RP_ID } from "./support.ts";

const prompt: UserPrompt = { operation: "get-assertion", rpId: RP_ID, accounts: [], verification: false };

describe("proofs", () => {
  test("of a real verifier say verified, whatever was asked, and never without a person", async () => {
    const verifier = createUserVerifier(approve);
    const { proof } = await verifier.verify(prompt, NEVER_CANCELLED);
    expect(proof.gesture).toBe("verified");
    expect(verifier.preflight(RP_ID)).toBeNull();
  });

  test("of a throw-away verifier say what was asked", async () => {
    const verifier = createThrowAwayVerifier(approve);
    const gesture = async (verification: boolean) =>
      (await verifier.verify({ ...prompt, verification }, NEVER_CANCELLED)).proof.gesture;
    expect(await gesture(true)).toBe("verified");
    expect(await gesture(false)).toBe("present");
    expect(verifier.preflight(RP_ID)?.gesture).toBe("none");
  });

  test("of a throw-away verifier do not fit to a vault's store", () => {
    const { host } = createTestAuthenticator();
    const store: CredentialStore<UserVerified> = host.store;
    createAuthenticator({ ...host, store, verifier: createUserVerifier(approve) });
    // @ts-expect-error a vault's store accepts verified people only
    createAuthenticator({ ...host, store, verifier: createThrowAwayVerifier(approve) });
  });

  test("cannot be written by hand or copied", async () => {
    const authenticator = createTestAuthenticator();
    await register(authenticator);
    const { store, verifier } = authenticator.host;
    const [source] = await store.findByRpId(RP_ID);
    const { proof } = await verifier.verify(prompt, NEVER_CANCELLED);
    // @ts-expect-error the class has a private field: no look-alike is one
    await expect(store.openKey(source!, { gesture: "verified" as const })).rejects.toThrow("no proof");
    await expect(store.openKey(source!, structuredClone(proof))).rejects.toThrow("no proof");
    await expect(store.openKey(source!, proof)).resolves.toBeDefined();
  });

  test("for one site open and make no key of another", async () => {
    const authenticator = createTestAuthenticator();
    await register(authenticator);
    const { store, verifier } = authenticator.host;
    const [source] = await store.findByRpId(RP_ID);
    const other = await verifier.verify({ ...prompt, rpId: "other.example" }, NEVER_CANCELLED);
    await expect(store.openKey(source!, other.proof)).rejects.toThrow("no proof");
    const credential = {
      source: source!,
      privateKey: new Uint8Array(),
      prfSeeds: new Uint8Array(),
      credBlob: null,
      replaces: [],
    };
    await expect(store.create(credential, other.proof)).rejects.toThrow("no proof");
  });
});
