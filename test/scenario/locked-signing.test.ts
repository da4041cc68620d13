/**
 * Promise 8: whoever has the metadata tier alone (a process while the vault is open and nobody is verified, a disk whose first tier was
 * opened) signs nothing, admits nobody, makes no epoch and has no authority at the relay. Every way that core offers is tried.
 */
import { join } from "node:path";
import { NEVER_CANCELLED } from "@latchkey/core/authenticator/cancellation";
import { createUserVerifier, type UserVerified } from "@latchkey/core/authenticator/user-verifier";
import { encodeHex } from "@latchkey/core/bytes/text";
import { type CborValue, encodeCbor } from "@latchkey/core/cbor/codec";
import { deriveSigningKeyPair } from "@latchkey/core/crypto/signature";
import { admitDevice } from "@latchkey/core/device/admit-device";
import { makeNewcomer } from "@latchkey/core/device/join-vault";
import { deletePasskey, editPasskey } from "@latchkey/core/device/passkey-acts";
import { openMetadataTier, openSigningTier, rootOf, type SigningTier } from "@latchkey/core/device/tiers";
import { createVaultAuthenticator } from "@latchkey/core/device/vault-authenticator";
import { VaultError } from "@latchkey/core/errors";
import { type EntryKind, makeEntry, RECORD_KINDS } from "@latchkey/core/log/entry";
import { makeEpochRecord } from "@latchkey/core/membership/epoch-record";
import { deriveMetadataEpochKeys, deriveSigningEpochKeys } from "@latchkey/core/membership/epoch";
import { encodeMemberEntry, makeMemberRecord } from "@latchkey/core/membership/member-record";
import { ROOT_SEAL_BYTES } from "@latchkey/core/membership/seal";
import type { KeyProtector } from "@latchkey/core/ports";
import {
  type AnyFrame,
  decodeRelayFrame,
  encodeFrame,
  forwardOperands,
  type HelloFrame,
  type Operands,
  parseRelayAddress,
  pinOperands,
  purgeOperands,
  type RelayFrame,
  type RoomId,
  roomSocketUrl,
} from "@latchkey/core/relay-protocol";
import { answerHello } from "@latchkey/core/sync/join-room";
import { openSigningKey } from "@latchkey/core/vault/credential-secret";
import { signOperands, type SigningKeyPair } from "@latchkey/core/crypto/signature";
import { systemRandom } from "@latchkey/desktop/host/vault-host";
import { inspectRelayFile } from "@latchkey/sync-relay/store/inspect";
import { startRelay } from "@latchkey/sync-relay/hosts/node";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { makeFolder, makeProtector, withPassphrase } from "@latchkey/desktop/test/hosts";
import { WebAuthnError } from "@latchkey/core/client/webauthn-error";
import { createCtapSession } from "@latchkey/desktop/host/ctap-session";
import { LiveDevice } from "./live-device.ts";
import { type Account, register, signIn } from "./site.ts";

let folder: ReturnType<typeof makeFolder>;
let relay: Awaited<ReturnType<typeof startRelay>>;
let desk: LiveDevice;
let laptop: LiveDevice;
let account: Account;
let membersBefore: string[];

const membersOf = ({ device }: LiveDevice): string[] => [...device.state.members.keys()].sort();
const code = (...codes: string[]) => expect.objectContaining({ code: expect.toBeOneOf(codes) });

beforeAll(async () => {
  folder = makeFolder();
  relay = await startRelay({
    admission: { mode: "open" },
    file: join(folder.path, "relay.db"),
    log: () => {},
  });
  desk = await LiveDevice.found(join(folder.path, "desk.latchkey"), "Desk", [relay.origin]);
  account = await register(desk.transact, "one.example", "ana");
  laptop = await desk.pair(join(folder.path, "laptop.latchkey"), "Laptop");
  desk.connect();
  await desk.settled();
  membersBefore = membersOf(laptop);
});
afterAll(async () => {
  await desk.close();
  await laptop.close();
  await relay.close();
  folder.remove();
});

/** A tier as a thief would make it up: keys of his own, and the one root that he has in the place of the one that he lacks. */
function inventSigningTier(root = desk.device.metadataRoot()): SigningTier {
  const { logId } = desk.device.context.epoch;
  return { authority: systemRandom(32), secretKem: systemRandom(32), roots: [{ logId, root }], rooms: [] };
}

const candidate = () => ({
  identity: makeNewcomer(systemRandom).identity,
  name: "Mallory",
  platform: "test",
});

describe("with the metadata tier alone", () => {
  test("promise 8: a vault can be read, edited and synced, so that the rest is no accident", async () => {
    const { id } = desk.document.list()[0]!;
    expect(await editPasskey(desk.device, id, "note", "edited")).toBe(true);
    await desk.device.writeBeacon();
    await desk.settled();
    await laptop.device.receive(await desk.readEntries());
    expect(laptop.document.get(id)?.note).toBe("edited");
  });

  describe("promise 8: nothing is signed", () => {
    /** The authenticator as the thief has it: whoever is asked for the signing tier refuses. */
    const createStolen = (refusal: VaultError) => {
      const { deps, opened } = desk.host;
      return createVaultAuthenticator({
        ...deps,
        opened: () => opened,
        openSigning: () => Promise.reject(refusal),
        device: () => Promise.resolve(desk.device),
      });
    };
    const stolen = () => createStolen(new VaultError("LK-AUTH-DENIED", "nobody is there"));

    /** A genuine proof: a verifier that asks nobody is soon made. It opens no key. */
    async function inventProof(rpId: string): Promise<UserVerified> {
      const prompt = { operation: "get-assertion", rpId, accounts: [], verification: true } as const;
      return (await createUserVerifier(() => Promise.resolve(null)).verify(prompt, NEVER_CANCELLED)).proof;
    }

    test("by the authenticator, for whom the person is not there or has the wrong passphrase", async () => {
      const session = createCtapSession(desk.host, withPassphrase("wrong horse"), () => {});
      const transact = (request: Uint8Array) => session.handle(request, NEVER_CANCELLED);
      await expect(signIn(transact, account)).rejects.toBeInstanceOf(WebAuthnError);
      await expect(register(transact, "two.example", "ana")).rejects.toBeInstanceOf(WebAuthnError);
      expect(desk.document.list()).toHaveLength(1);
      // The passphrase is right again, and the count of wrong ones goes.
      await signIn(desk.transact, account);
    });

    test("by the vault's store, even for who makes up a proof that the person was verified", async () => {
      const { store } = stolen();
      const [source] = await store.findByRpId("one.example");
      await expect(store.openKey(source!, await inventProof("one.example"))).rejects.toThrow(
        code("LK-VAULT-LOCKED"),
      );
      await expect(store.openKey(source!, await inventProof("two.example"))).rejects.toThrow();
      await expect(store.openKey(source!, { gesture: "verified" } as never)).rejects.toThrow();
    });

    test("by a new passkey in the name of the vault", async () => {
      const { store } = stolen();
      const [source] = await store.findByRpId("one.example");
      const mine = { ...source!, id: systemRandom(32) };
      const creation = { source: mine, privateKey: new Uint8Array(138), replaces: [] };
      const proof = await inventProof("one.example");
      await expect(store.create(creation as never, proof)).rejects.toThrow(code("LK-VAULT-LOCKED"));
      expect(desk.document.list()).toHaveLength(1);
    });

    test("with any key or seed that the tier holds, or that derives from it", async () => {
      const record = desk.document.list()[0]!.record!;
      const tier = await openMetadataTier(desk.host.deps.store, makeProtector());
      const root = rootOf(tier, desk.device.context.epoch.logId);
      const epoch = deriveMetadataEpochKeys(root);
      const keys = {
        root,
        local: tier.local,
        entry: tier.entry,
        kem: tier.metadataKem,
        entryKey: epoch.entryKey,
        recordKey: epoch.recordKey,
        snapshotKey: epoch.snapshotKey,
        roomAuth: epoch.roomAuth.secretKey.slice(0, 32),
        asIfSigning: deriveSigningEpochKeys(root).secretKey,
      };
      const { crypto } = desk.host.deps;
      for (const [name, key] of Object.entries(keys)) {
        expect(() => openSigningKey(key, record, crypto), name).toThrow(code("LK-KEY-SECRET-REFUSED"));
      }
      // With the right one it does open.
      const signing = await openSigningTier(desk.host.deps.store, makeProtector());
      const { secretKey } = deriveSigningEpochKeys(rootOf(signing, desk.device.context.epoch.logId));
      expect(openSigningKey(secretKey, record, crypto).sign(new Uint8Array(1)).length).toBeGreaterThan(60);
    });
  });

  describe("promise 8: the signing tier stays closed", () => {
    test("to the key of the metadata tier, and to any other", async () => {
      const { store } = desk.host.deps;
      const real = makeProtector();
      let stolen: Uint8Array = new Uint8Array(32);
      const thief: KeyProtector = {
        protect: (tier, key) => real.protect(tier, key),
        async release(tier, record) {
          if (tier === "metadata") stolen = await real.release(tier, record);
          return stolen.slice();
        },
      };
      await openMetadataTier(store, thief);
      expect(stolen.some((byte) => byte !== 0)).toBe(true);
      await expect(openSigningTier(store, thief)).rejects.toThrow(code("LK-KEY-DAMAGED"));
      await expect(openSigningTier(store, makeProtector("wrong horse"))).rejects.toThrow(
        code("LK-KEY-PASSPHRASE-WRONG"),
      );
    });

    test("when the rows of the two tiers are exchanged", async () => {
      const { store } = desk.host.deps;
      const key = (tier: string) => new TextEncoder().encode(`tier-${tier}`);
      const metadataRow = await store.get("meta", key("metadata"));
      const exchanged = { ...store, get: () => Promise.resolve(metadataRow) };
      await expect(openSigningTier(exchanged, makeProtector())).rejects.toThrow(
        code("LK-KEY-DAMAGED", "LK-KEY-PASSPHRASE-WRONG"),
      );
    });
  });

  describe("promise 8: nobody becomes a member and no epoch is made", () => {
    let sizeBefore: number;
    beforeEach(() => {
      sizeBefore = desk.device.state.accepted.size;
    });

    test("by admitting with a signing tier that is made up", async () => {
      await expect(admitDevice(desk.device, inventSigningTier(), candidate())).rejects.toThrow(
        code("LK-EPOCH-SIGNATURE"),
      );
      await expect(
        admitDevice(desk.device, inventSigningTier(systemRandom(32)), candidate()),
      ).rejects.toThrow(code("LK-EPOCH-SIGNATURE"));
      expect(desk.device.state.accepted.size).toBe(sizeBefore);
      expect(membersOf(desk)).toEqual(membersBefore);
    });

    /** A member record by the entry key, and by whatever else the thief has for the authority key. */
    function inventMember(authority: SigningKeyPair) {
      const { epoch, self } = desk.device.context;
      const sponsor = self.signer.publicKey;
      const member = { ...candidate(), day: 1, sponsor, probation: null, page: false };
      return makeMemberRecord(member, epoch.logId, { entry: self.signer, authority });
    }
    const authorities: Record<string, () => SigningKeyPair> = {
      "the entry key": () => desk.device.context.self.signer,
      "the room's auth key": () => desk.device.context.epoch.keys.roomAuth,
      "a key of his own": () => deriveSigningKeyPair(systemRandom(32)),
    };
    const sealed = () => ({ metadataSeal: systemRandom(ROOT_SEAL_BYTES), signingSeal: null });

    test.for(Object.keys(authorities))("by writing a member record that %s signed", async (name) => {
      const record = inventMember(authorities[name]!());
      const written = desk.device.writeMember({ record: record.bytes, ...sealed() });
      await expect(written).rejects.toThrow(code("LK-EPOCH-SIGNATURE"));
      expect(desk.device.state.accepted.size).toBe(sizeBefore);
      expect(membersOf(desk)).toEqual(membersBefore);
    });

    /** An entry of the thief's making, past every API of the device: the keys that seal and sign entries he has. */
    function inventEntry(kind: EntryKind, payload: CborValue): Uint8Array {
      const { epoch, self } = desk.device.context;
      const tip = desk.device.state.tips.get(encodeHex(self.deviceTag))!;
      const sealKey = RECORD_KINDS.has(kind) ? epoch.keys.recordKey : epoch.keys.entryKey;
      return makeEntry(
        { logId: epoch.logId, deviceTag: self.deviceTag, seq: tip.seq + 1, prev: tip.hash },
        { epochHash: epoch.hash, seen: [], kind, payload },
        { sealKey, signer: self.signer },
        systemRandom,
      ).bytes;
    }

    async function expectRefused(entry: Uint8Array): Promise<void> {
      await laptop.device.receive(await desk.readEntries());
      for (const device of [laptop, desk]) {
        const before = membersOf(device);
        expect(await device.device.receive([entry])).toEqual([null]);
        const held = [...device.device.state.held.values()].find(
          ({ bytes }) => encodeHex(bytes) === encodeHex(entry),
        );
        expect(held?.reason).toEqual({ refused: "LK-EPOCH-SIGNATURE" });
        expect(membersOf(device)).toEqual(before);
      }
    }

    test.for(Object.keys(authorities))(
      "by an entry of his own with a member record that %s signed",
      async (name) => {
        const record = inventMember(authorities[name]!());
        const size = (await desk.device.readSnapshot())!.length;
        expect(size).toBeGreaterThan(0);
        await expectRefused(inventEntry("member", encodeMemberEntry({ record: record.bytes, ...sealed() })));
      },
    );

    test.for(Object.keys(authorities))("by an epoch record that %s signed", async (name) => {
      const { record } = desk.device.epoch;
      const next = {
        ...record,
        number: 2,
        parent: desk.device.epoch.hash,
        reason: "removal",
        members: [],
      } as const;
      const { payload } = makeEpochRecord(next, {
        entry: desk.device.context.self.signer,
        authority: authorities[name]!(),
      });
      await expectRefused(inventEntry("epoch-record", payload));
    });

    test("nor is a passkey's key exchanged: what is written once is never written over", async () => {
      const { id, record } = desk.document.list()[0]!;
      await expect(
        desk.device.act(() => [{ type: "create", record: { ...record!, publicKey: systemRandom(77) } }]),
      ).rejects.toThrow(code("LK-ENTRY-FORBIDDEN"));
      await expect(
        desk.device.act(() => [{ type: "put", id, register: "core", value: systemRandom(99) }]),
      ).rejects.toThrow(code("LK-ENTRY-FORBIDDEN"));
    });

    test("while the one thing that is known to be possible, the trash, is undone by anyone", async () => {
      const { id } = desk.document.list()[0]!;
      await deletePasskey(desk.device, id);
      expect(desk.document.get(id)?.state).toBe("deleted");
      await desk.device.act(() => [{ type: "restore", id }]);
      await signIn(desk.transact, account);
    });
  });

  describe("promise 8: the relay obeys in nothing that needs the room's authority", () => {
    /** Joins the room with the keys of the metadata tier, says something with the relay's challenge, and gives the answer. */
    async function askAsMember(say: (hello: HelloFrame, id: RoomId) => AnyFrame): Promise<RelayFrame> {
      const { context, epoch } = desk.device;
      const id = context.epoch.logId as RoomId;
      const room = {
        id,
        auth: context.epoch.keys.roomAuth,
        authorityPublicKey: epoch.record.roomAuthorityPublicKey,
      };
      const socket = new WebSocket(roomSocketUrl(relay.origin, id));
      try {
        return await new Promise<RelayFrame>((resolve, reject) => {
          let hello: HelloFrame | null = null;
          socket.on("error", reject);
          socket.on("message", (data: Buffer) => {
            const frame = decodeRelayFrame(new Uint8Array(data));
            if (frame.op === "hello") {
              hello = frame;
              const join = answerHello(frame, parseRelayAddress(relay.origin), room, systemRandom);
              if (typeof join === "string") reject(new Error(join));
              else socket.send(encodeFrame(join));
            } else if (frame.op === "welcome") socket.send(encodeFrame(say(hello!, id)));
            else resolve(frame);
          });
        });
      } finally {
        socket.close();
      }
    }
    const challengeOf = ({ origin, instanceId, nonce }: HelloFrame, roomId: RoomId) => ({
      origin,
      instanceId,
      nonce,
      roomId,
    });
    const forge = (operands: Operands): Uint8Array =>
      signOperands(desk.device.context.epoch.keys.roomAuth, ...operands);

    test("neither when it is told to purge it", async () => {
      const answer = await askAsMember((hello, id) => ({
        op: "purge",
        request: 1,
        signature: forge(purgeOperands(challengeOf(hello, id))),
      }));
      expect(answer).toMatchObject({ op: "error", code: "LK-RELAY-AUTH" });
      const [room] = inspectRelayFile(join(folder.path, "relay.db")).rooms;
      expect(room?.description.entries).toBeGreaterThan(0);
      expect(room?.description.snapshot).not.toBeNull();
    });

    test("nor to pin an entry", async () => {
      const [entry] = await desk.readEntries();
      const answer = await askAsMember((_, id) => ({
        op: "put",
        request: 1,
        entries: [{ entry: entry!, pin: forge(pinOperands(id, entry!)) }],
      }));
      expect(answer).toMatchObject({ op: "ack", outcomes: [{ code: "LK-RELAY-AUTH" }] });
    });

    test("nor to send late devices elsewhere", async () => {
      const [hash, body] = [systemRandom(32), encodeCbor("elsewhere")];
      const answer = await askAsMember((hello, id) => ({
        op: "forwardPut",
        request: 1,
        expected: null,
        hash,
        body,
        signature: forge(forwardOperands(challengeOf(hello, id), null, hash, body)),
      }));
      expect(answer).toMatchObject({ op: "error", code: "LK-RELAY-AUTH" });
    });
  });
});
