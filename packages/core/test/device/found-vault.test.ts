/** A vault that is founded with passkeys in it, as an import or a restored copy will be. */
import { expect, test } from "vitest";
import { foundVault } from "../../src/device/found-vault.ts";
import { openDevice } from "../../src/device/open-device.ts";
import { readSignInRow } from "../../src/device/sign-in-index.ts";
import { openMetadataTier } from "../../src/device/tiers.ts";
import { createGenesisDocument } from "../../src/vault/document.ts";
import { deriveActor } from "../../src/vault/operation-id.ts";
import { recordOf } from "../vault/samples.ts";
import { makeDeps, openProtector } from "./devices.ts";
import { createMemoryStore } from "./memory-store.ts";

test("a vault founded with a document has its passkeys, and sign-ins find them without it", async () => {
  const edit = createGenesisDocument().edit(deriveActor(new Uint8Array(32), new Uint8Array(8)), [
    { type: "create", record: recordOf(1), registers: new Map([["name", "ana"]]) },
    { type: "create", record: recordOf(2), registers: new Map([["name", "bob"]]) },
  ]);
  const store = createMemoryStore();
  const deps = makeDeps(1, store);
  const document = edit?.document as NonNullable<typeof edit>["document"];
  await foundVault(deps, openProtector, { name: "Desk", platform: "test", relays: [], document });
  const device = await openDevice(deps, await openMetadataTier(store, openProtector));
  expect(device.state.document.list()).toEqual(document.list());
  for (const [seed, name] of [
    [1, "ana"],
    [2, "bob"],
  ] as const) {
    const entries = await readSignInRow(store, device.context.rows, recordOf(seed).rpId);
    expect(entries).toMatchObject([{ name, record: recordOf(seed) }]);
  }
});
