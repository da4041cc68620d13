/** An older and a newer version of the app at one vault: a newer schema is read and not written, what is not known is kept (sync-protocol.md § 3). */
import { describe, expect, test } from "vitest";
import { encodeHex } from "../../src/bytes/text.ts";
import { listApplied, makeContent } from "../../src/device/epoch-content.ts";
import { editPasskey } from "../../src/device/passkey-acts.ts";
import { reissueOwn } from "../../src/device/reissue-own.ts";
import { rootOf } from "../../src/device/tiers.ts";
import { deriveSigningKeys } from "../../src/membership/device.ts";
import { readEpochClaim } from "../../src/membership/epoch-record.ts";
import { deriveSecretKey } from "../../src/membership/epoch.ts";
import { makeEpoch } from "../../src/membership/make-epoch.ts";
import { openSigningKey } from "../../src/vault/credential-secret.ts";
import { loadDocument } from "../../src/vault/document.ts";
import type { PasskeyId } from "../../src/vault/schema.ts";
import { deriveStateHash } from "../../src/vault/state-hash.ts";
import { bareBackend } from "../vault/forge.ts";
import { addPasskey, foundDevice, joinDevice, openSigning, reopen, type TestDevice } from "./devices.ts";
import { makeNextEpoch, publish, Rooms, stage, verifyUser } from "./rooms.ts";

const get = ({ device }: TestDevice, id: PasskeyId) => device.state.document.get(id);
const stateHash = ({ device }: TestDevice) => encodeHex(deriveStateHash(device.state.document));
const NEWER = expect.objectContaining({ code: "LK-VAULT-NEWER" }) as Error;

async function canSign(on: TestDevice, id: PasskeyId): Promise<boolean> {
  const record = get(on, id)?.record;
  if (record == null) return false;
  const secretKey = deriveSecretKey(rootOf(await openSigning(on), on.device.context.epoch.logId));
  openSigningKey(secretKey, record, on.deps.crypto);
  return true;
}

async function twoDevices(seed: number) {
  const rooms = new Rooms();
  const newApp = await foundDevice(seed, "Desk");
  const oldApp = await joinDevice(newApp, seed + 1, "Laptop");
  const id = await addPasskey(newApp, "example.org", "ana");
  await editPasskey(newApp.device, id, "title", "Example");
  await rooms.settle(newApp, oldApp);
  return { rooms, newApp, oldApp, id };
}

/** What a version of the app does that knows schema 2: a change of keys whose document says so. */
async function publishNewerSchema(on: TestDevice, rooms: Rooms): Promise<void> {
  const { device } = on;
  const signing = await openSigning(on);
  const { made: _made, epoch, ...staged } = await stage(on, {});
  const signingRoot = rootOf(signing, device.context.epoch.logId);
  const content = makeContent(device, device.state, {
    purged: [],
    applied: await listApplied(device),
    signingRoot,
  });
  const members = [...device.state.members.values()].map((record, seniority) => ({
    record,
    seniority,
    probation: false,
  }));
  const made = makeEpoch(
    {
      ...epoch.record,
      members: () => members,
      content: (keys) => {
        const inside = content(keys);
        const backend = bareBackend(loadDocument(inside.document));
        backend.put("_root", "schema", 2, "uint");
        backend.commit(null, 0);
        const document = backend.save();
        return { ...inside, document, stateHash: deriveStateHash(loadDocument(document)) };
      },
    },
    { entry: device.context.self.signer, authority: deriveSigningKeys(signing).authority },
    on.deps,
  );
  const { hash, record } = readEpochClaim(made.payload);
  const newer = { ...epoch, hash, record, payload: made.payload };
  const signingRoots = [...staged.signingRoots.slice(0, -1), { logId: made.logId, root: made.roots.signing }];
  await publish(on, rooms, { signingRoots, made, epoch: newer });
}

describe("a vault that a newer version of the app has moved to a newer schema", () => {
  test("opens read-only with the older one: shows and signs as before, says why it does not write, and keeps what was written apart", async () => {
    const { rooms, newApp, oldApp, id } = await twoDevices(700);
    await editPasskey(oldApp.device, id, "note", "written apart");
    await publishNewerSchema(newApp, rooms);
    await rooms.sync(newApp);
    await rooms.sync(oldApp);
    expect(oldApp.device.epoch.record.number).toBe(2);
    expect(oldApp.device.state.document.schema()).toBe(2);
    for (const restarted of [false, true]) {
      if (restarted) await reopen(oldApp);
      expect(get(oldApp, id)).toMatchObject({ title: "Example", state: "live" });
      expect(await canSign(oldApp, id)).toBe(true);
      await expect(editPasskey(oldApp.device, id, "title", "no")).rejects.toThrow(NEWER);
      expect(get(oldApp, id)?.title).toBe("Example");
      // Nor does it put its own operations there that wait, or make an epoch of its own schema out of it.
      await verifyUser(oldApp);
      await rooms.sync(oldApp);
      expect(get(oldApp, id)?.note).toBeNull();
      expect(await reissueOwn(oldApp.device, null)).toEqual({ issued: 0, waiting: 1, erased: 0 });
      await expect(stage(oldApp, {})).rejects.toThrow(NEWER);
    }
  });
});

describe("what an older version of the app does not know", () => {
  test("it keeps, through its own edits and its own change of keys", async () => {
    const { rooms, newApp, oldApp, id } = await twoDevices(720);
    await newApp.device.act(() => [{ type: "put", id, register: "shape", value: "round" }]);
    await rooms.settle(newApp, oldApp);
    await editPasskey(oldApp.device, id, "title", "by the older one");
    await makeNextEpoch(oldApp, rooms);
    await rooms.settle(newApp, oldApp);
    for (const device of [newApp, oldApp]) {
      await verifyUser(device);
      expect(device.device.epoch.record.number).toBe(2);
      expect(device.device.state.document.valuesOf(id, "shape")).toEqual(["round"]);
      expect(get(device, id)?.title).toBe("by the older one");
      expect(await canSign(device, id)).toBe(true);
    }
    expect(stateHash(newApp)).toBe(stateHash(oldApp));
  });
});
