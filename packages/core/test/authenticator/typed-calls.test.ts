/** The calls of hosts that have no CTAP bytes, verifiers that lie, and a client's word that it is gone. */
import { describe, expect, test } from "vitest";
import { createAuthenticator } from "../../src/authenticator/authenticator.ts";
import { createCancellation } from "../../src/authenticator/cancellation.ts";
import { readGetAssertionRequest, readMakeCredentialRequest } from "../../src/authenticator/ctap-request.ts";
import { STATUS, statusOf } from "../../src/authenticator/status.ts";
import { createThrowAwayVerifier } from "../../src/authenticator/user-verifier.ts";
import {
  approve,
  cancelled,
  createTestAuthenticator,
  getAssertionMap,
  makeCredentialMap,
  map,
  register,
  stored,
} from "./support.ts";

const CREATE = readMakeCredentialRequest(makeCredentialMap());
const GET = readGetAssertionRequest(getAssertionMap());

describe("typed calls", () => {
  test("make and use a passkey", async () => {
    const { host } = createTestAuthenticator();
    const authenticator = createAuthenticator(host);
    const made = await authenticator.makeCredential(CREATE);
    expect(made.format).toBe("none");
    const { credentialId, userSelected, numberOfCredentials } = await authenticator.getAssertion(GET);
    expect(credentialId).toEqual(made.authenticatorData.slice(55, 87));
    expect({ userSelected, numberOfCredentials }).toEqual({ userSelected: false, numberOfCredentials: null });
  });

  test("throw what the status of a request would be", async () => {
    const authenticator = createAuthenticator(createTestAuthenticator().host);
    const failure = await authenticator.getAssertion(GET).catch((error: unknown) => error);
    expect(statusOf(failure)).toBe(STATUS.noCredentials);
    const gone = await authenticator.makeCredential(CREATE, cancelled()).catch((error: unknown) => error);
    expect(statusOf(gone)).toBe(STATUS.keepaliveCancel);
  });

  test.for(["makeCredential", "getAssertion"] as const)("forget the next assertions: %s", async (call) => {
    const test = createTestAuthenticator();
    await register(test);
    await register(test, { 3: map(["id", Uint8Array.of(9)]) });
    const authenticator = createAuthenticator(test.host);
    const several = await authenticator.getAssertion(GET);
    expect(several.numberOfCredentials).toBe(2);
    const failing = { ...CREATE, algorithms: [] };
    const missing = { ...GET, rpId: "other.example" };
    const failed =
      call === "makeCredential" ? authenticator.makeCredential(failing) : authenticator.getAssertion(missing);
    await expect(failed).rejects.toThrow();
    expect(await authenticator.handle(Uint8Array.of(0x08))).toEqual(Uint8Array.of(0x30));
  });
});

test("a verifier that did less than it says gives no signature and no passkey", async () => {
  const verifier = { ...createThrowAwayVerifier(approve), alwaysVerifies: true };
  const honest = createTestAuthenticator();
  await register(honest);
  const authenticator = createTestAuthenticator({ overrides: { verifier, store: honest.host.store } });
  const create = makeCredentialMap({ 3: map(["id", Uint8Array.of(9)]), 7: map(["rk", true]) });
  expect((await authenticator.send(0x01, create)).bytes).toEqual(Uint8Array.of(0x7f));
  expect((await authenticator.send(0x02, getAssertionMap({ 5: map() }))).bytes).toEqual(Uint8Array.of(0x7f));
  expect(authenticator.faults).toHaveLength(2);
  expect(await stored(honest)).toHaveLength(1);
});

test("who waits hears that the client is gone", async () => {
  const cancellation = createCancellation();
  expect(cancellation.cancelled).toBe(false);
  const heard = cancellation.whenCancelled.then(() => cancellation.cancelled);
  cancellation.cancel();
  expect(await heard).toBe(true);
});
