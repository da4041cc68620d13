/** The store in memory, where the ceremonies do not reach. */
import { describe, expect, test } from "vitest";
import { NEVER_CANCELLED } from "../../src/authenticator/cancellation.ts";
import type { NewCredential } from "../../src/authenticator/credential-store.ts";
import { createEphemeralStore } from "../../src/authenticator/ephemeral-store.ts";
import { createThrowAwayVerifier } from "../../src/authenticator/user-verifier.ts";
import { createPortableCredentialCrypto } from "../../src/crypto/credential-key.ts";
import { createSeededRandom } from "../seeded-random.ts";
import { approve, RP_ID } from "./support.ts";

const crypto = createPortableCredentialCrypto(createSeededRandom(3));
const pair = await crypto.makeKeyPair(-7);
const prompt = { operation: "get-assertion", rpId: RP_ID, accounts: [], verification: true } as const;
const { proof } = await createThrowAwayVerifier(approve).verify(prompt, NEVER_CANCELLED);

function credential(number: number, replaces: NewCredential["replaces"] = []): NewCredential {
  const source = {
    id: Uint8Array.of(number >> 8, number & 0xff),
    rpId: RP_ID,
    rpName: null,
    userHandle: Uint8Array.of(1),
    userName: null,
    userDisplayName: null,
    algorithm: -7,
    publicKey: pair.publicKey,
    discoverable: true,
    protection: 1,
    backupEligible: true,
    backedUp: true,
    createdAt: 0,
  } as const;
  return { source, privateKey: pair.privateKey, prfSeeds: new Uint8Array(64), credBlob: null, replaces };
}

describe("the ephemeral store", () => {
  test("keeps the order of creation when the clock stands still, newest first", async () => {
    const store = createEphemeralStore(crypto);
    for (const number of [1, 2, 3]) await store.create(credential(number), proof);
    expect((await store.findByRpId(RP_ID)).map(({ id }) => id[1])).toEqual([3, 2, 1]);
  });

  test("keeps its own copy of the key, which outlives the wiping of ours", async () => {
    const store = createEphemeralStore(crypto);
    const made = { ...credential(1), privateKey: pair.privateKey.slice() };
    await store.create(made, proof);
    made.privateKey.fill(0);
    const key = await store.openKey(made.source, proof);
    expect(key.publicKey).toEqual(pair.publicKey);
    expect(key.sign(Uint8Array.of(1))).toEqual(crypto.importKey(-7, pair.privateKey).sign(Uint8Array.of(1)));
  });

  test("opens nothing of a passkey that is gone, at a site that has others or has none", async () => {
    const store = createEphemeralStore(crypto);
    const [kept, gone] = [credential(1), credential(2)];
    const notFound = expect.objectContaining({ code: "LK-VAULT-NOT-FOUND" }) as Error;
    await expect(store.openKey(gone.source, proof)).rejects.toThrow(notFound);
    await store.create(kept, proof);
    await expect(store.openKey(gone.source, proof)).rejects.toThrow(notFound);
    await expect(store.openPrfSeeds(gone.source, proof)).rejects.toThrow(notFound);
  });

  test("takes a create back", async () => {
    const store = createEphemeralStore(crypto);
    const first = credential(1);
    await store.create(first, proof);
    const second = credential(2, [first.source]);
    await store.create(second, proof);
    expect(await store.findByRpId(RP_ID)).toEqual([second.source]);
    await store.undoCreate(second);
    expect(await store.findByRpId(RP_ID)).toEqual([first.source]);
    await store.undoCreate(first);
    expect(await store.findByRpId(RP_ID)).toEqual([]);
  });

  test("says that it is full, and has room again when it was cleared", async () => {
    let imports = 0;
    const key = crypto.importKey(-7, pair.privateKey);
    const store = createEphemeralStore({ ...crypto, importKey: () => (imports++, key) });
    for (let site = 0; site < 100; site++) {
      const rpId = `${site}.example`;
      const { proof } = await createThrowAwayVerifier(approve).verify({ ...prompt, rpId }, NEVER_CANCELLED);
      for (let number = 0; number < 100; number++) {
        const made = credential(number);
        await store.create({ ...made, source: { ...made.source, rpId } }, proof);
      }
    }
    await expect(store.create(credential(1), proof)).rejects.toThrow(
      expect.objectContaining({ code: "LK-VAULT-LIMIT" }),
    );
    expect(imports).toBe(10_000);
    await store.clear();
    await store.create(credential(1), proof);
    expect(await store.findByRpId("1.example")).toEqual([]);
  });
});
