/** The authenticator over a real vault on two devices: what one makes, the other uses, with the same secrets. */
import { expect, test } from "vitest";
import { type Authenticator, createAuthenticator } from "../../src/authenticator/authenticator.ts";
import { concatBytes } from "../../src/bytes/concat.ts";
import { type CborMap, decodeCbor, encodeCbor } from "../../src/cbor/codec.ts";
import { createVaultAuthenticator } from "../../src/device/vault-authenticator.ts";
import { restorePasskey } from "../../src/device/passkey-acts.ts";
import { openSigningTier } from "../../src/device/tiers.ts";
import { passkeyId } from "../../src/vault/schema.ts";
import { deriveStateHash } from "../../src/vault/state-hash.ts";
import { createSaltClient, createTestTransport } from "../authenticator/salt-client.ts";
import { descriptor, getAssertionMap, makeCredentialMap, map } from "../authenticator/support.ts";
import { exchange, foundDevice, joinDevice, openProtector, type TestDevice } from "./devices.ts";

function authenticatorOf(on: TestDevice) {
  const vault = createVaultAuthenticator({
    ...on.deps,
    opened: () => ({ rows: on.device.context.rows, logId: on.device.context.epoch.logId }),
    openSigning: () => openSigningTier(on.store, openProtector),
    device: async () => on.device,
  });
  const authenticator = createAuthenticator({
    ...on.deps,
    ...vault,
    transport: createTestTransport(),
    attestation: "none",
    reset: null,
    reportFault: (fault) => {
      throw fault;
    },
  });
  return authenticator;
}

async function send(authenticator: Authenticator, command: number, request: CborMap): Promise<CborMap> {
  const answer = await authenticator.handle(concatBytes(Uint8Array.of(command), encodeCbor(request)));
  expect(answer[0]).toBe(0);
  return decodeCbor(answer.subarray(1)) as CborMap;
}

async function hmacSecretOf(authenticator: Authenticator): Promise<Uint8Array> {
  const agreement = await send(authenticator, 0x06, map([1, 2], [2, 2]));
  const client = createSaltClient(agreement.get(1) as CborMap, 2);
  const request = getAssertionMap({ 4: map(["hmac-secret", client.seal(new Uint8Array(64).fill(1))]) });
  const answer = await send(authenticator, 0x02, request);
  const outputs = decodeCbor((answer.get(2) as Uint8Array).slice(37)) as CborMap;
  return client.open(outputs.get("hmac-secret") as Uint8Array);
}

test("PRF, credBlob and large blob are the same on every device of the vault", async () => {
  const desk = await foundDevice(31, "Desk");
  const atDesk = authenticatorOf(desk);
  const prf = map(["prf", map(["eval", map(["first", new Uint8Array(32)])])]);
  const extensions = map(["credBlob", Uint8Array.of(1, 2, 3)], ...prf, ["credProtect", 2]);
  const made = await send(atDesk, 0x01, makeCredentialMap({ 6: extensions }));
  const id = (made.get(2) as Uint8Array).slice(55, 87);
  // One stored block of DEFLATE, as long as a blob may be.
  const blob = new Uint8Array(16_384).fill(7);
  blob.set([1, 0xfb, 0x3f, 0x04, 0xc0]);
  const write = map(["largeBlob", map(["write", blob], ["originalSize", 16_379])]);
  await send(atDesk, 0x02, getAssertionMap({ 3: [descriptor(id)], 4: write }));

  const phone = await joinDevice(desk, 32, "Phone");
  await exchange(desk, phone);
  const atPhone = authenticatorOf(phone);
  expect(deriveStateHash(phone.device.state.document)).toEqual(deriveStateHash(desk.device.state.document));
  expect(await hmacSecretOf(atPhone)).toEqual(await hmacSecretOf(atDesk));
  const wanted = map(...prf, ["credBlob", true], ["largeBlob", map(["read", true])]);
  const onPhone = await send(atPhone, 0x02, getAssertionMap({ 4: wanted }));
  const unsigned = onPhone.get(8) as CborMap;
  const atCreation = (made.get(6) as CborMap).get("prf") as CborMap;
  expect((unsigned.get("prf") as CborMap).get("results")).toEqual(atCreation.get("results"));
  expect(unsigned.get("largeBlob")).toEqual(map(["blob", blob], ["originalSize", 16_379]));
  const outputs = decodeCbor((onPhone.get(2) as Uint8Array).slice(37));
  expect(outputs).toEqual(map(["credBlob", Uint8Array.of(1, 2, 3)]));
  // Level 2: found without a list too, for on a vault everybody is verified.
  expect(
    await atPhone.handle(
      concatBytes(Uint8Array.of(2), encodeCbor(getAssertionMap({ 5: map(["up", false]) }))),
    ),
  ).toEqual(Uint8Array.of(0x2e));
  const listed = getAssertionMap({ 3: [descriptor(id)], 5: map(["up", false]) });
  expect(await atPhone.handle(concatBytes(Uint8Array.of(2), encodeCbor(listed)))).toEqual(
    Uint8Array.of(0x36),
  );
});

test("large blobs written on two devices apart: both end with the same one, and nobody is asked", async () => {
  const desk = await foundDevice(33, "Desk");
  const made = await send(authenticatorOf(desk), 0x01, makeCredentialMap());
  const id = (made.get(2) as Uint8Array).slice(55, 87);
  const phone = await joinDevice(desk, 34, "Phone");
  for (const [device, byte] of [
    [desk, 1],
    [phone, 2],
  ] as const) {
    const stored = Uint8Array.of(1, 1, 0, 0xfe, 0xff, byte);
    const write = map(["largeBlob", map(["write", stored], ["originalSize", 1])]);
    await send(authenticatorOf(device), 0x02, getAssertionMap({ 3: [descriptor(id)], 4: write }));
  }
  await exchange(desk, phone);
  const read = getAssertionMap({ 4: map(["largeBlob", map(["read", true])]) });
  const [atDesk, onPhone] = await Promise.all(
    [desk, phone].map(async (device) => (await send(authenticatorOf(device), 0x02, read)).get(8)),
  );
  expect(atDesk).toEqual(onPhone);
  expect(((atDesk as CborMap).get("largeBlob") as CborMap).get("blob")).toHaveLength(6);
  expect(desk.device.state.document.list().flatMap(({ offered }) => offered)).toEqual([]);
});

test("an account that registers again is replaced: the old passkey is in the trash, says by what, and comes back", async () => {
  const desk = await foundDevice(35, "Desk");
  const authenticator = authenticatorOf(desk);
  const idOf = (answer: CborMap) => (answer.get(2) as Uint8Array).slice(55, 87);
  const old = idOf(await send(authenticator, 0x01, makeCredentialMap()));
  const young = idOf(await send(authenticator, 0x01, makeCredentialMap()));
  const signedWith = async (request: CborMap) =>
    ((await send(authenticator, 0x02, request)).get(1) as CborMap).get("id");

  const shown = desk.device.state.document.get(passkeyId(old));
  expect(shown).toMatchObject({
    state: "deleted",
    deletion: { replacedBy: young, day: desk.device.today() },
  });
  expect(await signedWith(getAssertionMap())).toEqual(young);
  const listed = concatBytes(Uint8Array.of(2), encodeCbor(getAssertionMap({ 3: [descriptor(old)] })));
  expect(await authenticator.handle(listed)).toEqual(Uint8Array.of(0x2e));

  await restorePasskey(desk.device, passkeyId(old));
  expect(await signedWith(getAssertionMap({ 3: [descriptor(old)] }))).toEqual(old);
  expect((await send(authenticator, 0x02, getAssertionMap())).get(5)).toBe(2);
});
