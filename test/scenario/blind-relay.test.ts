/** Promise 4: what a relay, and whoever sits on the wire before it, learns. Looked for in its files, its log and every byte that passed. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { encodeCbor } from "@latchkey/core/cbor/codec";
import { deriveSigningKeyPair } from "@latchkey/core/crypto/signature";
import { deletePasskey, editPasskey } from "@latchkey/core/device/passkey-acts";
import { ENTRY_SIZES, padmeLength } from "@latchkey/core/log/padding";
import {
  type AnyFrame,
  decodeClientFrame,
  decodeRelayFrame,
  deriveRoomId,
  encodeFrame,
  parseRelayAddress,
  roomSocketUrl,
} from "@latchkey/core/relay-protocol";
import { answerHello } from "@latchkey/core/sync/join-room";
import { systemRandom } from "@latchkey/desktop/host/vault-host";
import { createNativeCredentialCrypto } from "@latchkey/desktop/credential-crypto";
import { type NodeRelay, startRelay } from "@latchkey/sync-relay/hosts/node";
import { inspectRelayFile } from "@latchkey/sync-relay/store/inspect";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { makeFolder, until } from "@latchkey/desktop/test/hosts";
import { pairByInvitation } from "./ceremony.ts";
import { LiveDevice } from "./live-device.ts";
import { register } from "./site.ts";
import { findTraces, formsOf, type Secret } from "./traces.ts";
import { readVaultSecrets } from "./vault-secrets.ts";
import { startWireTap, type WireTap } from "./wire-tap.ts";

const PLANTED = "Planted title of a careless device";
/** The passphrase of every device here (`hosts.ts`). */
const PASSPHRASE = "correct horse";
/** libsodium's secretstream: a header, and a tag for each chunk; the snapshot here is one chunk. */
const STREAM_HEADER_BYTES = 24;
const STREAM_TAG_BYTES = 17;
const today = Math.floor(Date.now() / 86_400_000);

let folder: ReturnType<typeof makeFolder>;
let tap: WireTap;
let relay: NodeRelay;
let file: string;
const log: string[] = [];
/** What it counted, and what it says of itself to whoever asks. */
let measured: string;
let published: string;
let secrets: Secret[];
let seen: { readonly deviceTag: Uint8Array; readonly entries: number }[];
let snapshotBytes: number;

beforeAll(async () => {
  folder = makeFolder();
  tap = await startWireTap();
  file = join(folder.path, "relay", "relay.db");
  const metrics = { host: "127.0.0.1", port: 0 };
  relay = await startRelay({
    admission: { mode: "open" },
    file,
    origins: [tap.origin],
    log: (line) => log.push(line),
    metrics,
  });
  tap.target = relay.address;

  const desk = await LiveDevice.found(join(folder.path, "desk.latchkey"), "Ana's desk in Trieste", [
    tap.origin,
  ]);
  desk.connect();
  for (const site of ["bank.example", "clinic.example", "union.example"]) {
    await register(desk.transact, site, `ana.kovac+${site}@mail.example`);
  }
  await desk.settled();
  const laptop = await pairByInvitation(desk, join(folder.path, "laptop.latchkey"), "Laptop with stickers");
  laptop.connect();
  await until(() => laptop.document.list().length === 3 && laptop.device.self !== null);
  for (const { id, record } of laptop.document.list()) {
    await editPasskey(laptop.device, id, "title", `My ${record?.rpId} title, Žluťoučký`);
    await editPasskey(laptop.device, id, "note", `PIN hint for ${record?.rpId}: the cat`);
    await editPasskey(desk.device, id, `tag/tag of ${record?.rpId}`, true);
  }
  await deletePasskey(desk.device, laptop.document.list()[0]!.id);
  await desk.device.writeBeacon();
  await until(() => String(desk.document.heads()) === String(laptop.document.heads()));
  await until(() => desk.device.state.accepted.size === laptop.device.state.accepted.size);
  await Promise.all([desk.settled(), laptop.settled()]);
  const read = async (url: string): Promise<string> => (await fetch(url)).text();
  measured = await read(relay.metricsAddress as string);
  published = (await read(relay.address)) + (await read(`${relay.address}/v1/info`));
  secrets = [
    { what: "passphrase", value: PASSPHRASE },
    ...(await readVaultSecrets(desk)),
    ...(await readVaultSecrets(laptop)),
  ];
  seen = [...desk.device.state.tips.values()].map(({ deviceTag, seq }) => ({ deviceTag, entries: seq }));
  snapshotBytes = (await desk.device.readSnapshot())!.length;
  await desk.close();
  await laptop.close();
});

afterAll(async () => {
  await relay.close();
  await tap.close();
  folder.remove();
});

/** Everything that the relay has or had, and everything that passed it. */
function collectEvidence(): Record<string, Buffer> {
  const path = join(folder.path, "relay");
  const files = readdirSync(path).map((name) => [`file ${name}`, readFileSync(join(path, name))] as const);
  return {
    ...Object.fromEntries(files),
    log: Buffer.from(log.join("")),
    metrics: Buffer.from(measured),
    "published pages": Buffer.from(published),
    "HTTP heads": Buffer.from(tap.heads().join("")),
    messages: Buffer.concat(tap.messages()),
    "raw wire": Buffer.concat(tap.streams()),
  };
}

/** Every frame on a room's socket, whoever sent it. */
function readRoomFrames(): AnyFrame[] {
  return tap.messages().flatMap((message): AnyFrame[] => {
    for (const decode of [decodeClientFrame, decodeRelayFrame]) {
      try {
        return [decode(new Uint8Array(message))];
      } catch {
        // The other direction's, or a mailbox's.
      }
    }
    return [];
  });
}

const entriesOf = (frame: AnyFrame): readonly Uint8Array[] => {
  if (frame.op === "event") return [frame.entry];
  return frame.op === "put" || frame.op === "entries" ? frame.entries.map(({ entry }) => entry) : [];
};

describe("a relay", () => {
  test("promise 4: stores, logs and carries no site, name, note, key, passphrase or device name, in any form", () => {
    const kinds = new Set(secrets.map(({ what }) => what));
    for (const kind of [
      "rpId",
      "text",
      "device name",
      "passphrase",
      "private key",
      "public key",
      "metadata root",
    ]) {
      expect(kinds).toContain(kind);
    }
    expect(findTraces(secrets, collectEvidence())).toEqual([]);
  });

  test("promise 4: writes down and counts no room, no key and no address", () => {
    const found = findTraces(
      [
        ...inspectRelayFile(file).rooms.map(({ roomId }) => ({ what: "room id", value: roomId })),
        ...seen.map(({ deviceTag }) => ({ what: "device tag", value: deviceTag })),
        { what: "address", value: "127.0.0.1" },
      ],
      { log: Buffer.from(log.join("")), metrics: Buffer.from(measured) },
    );
    expect(found).toEqual([]);
    expect(measured).toMatch(/^latchkey_relay_stored_entries_total [1-9]/m);
  });

  test("promise 4: sees entries of padded sizes alone, on the wire as at rest", () => {
    const sizes = new Set(
      readRoomFrames()
        .flatMap(entriesOf)
        .map(({ length }) => length),
    );
    expect(sizes.size).toBeGreaterThan(0);
    for (const size of sizes) expect(ENTRY_SIZES).toContain(size);
    for (const { bytes } of inspectRelayFile(file).rooms[0]!.sizes) expect(ENTRY_SIZES).toContain(bytes);
    // Registering, renaming, tagging, noting, deleting and a beacon look alike; admitting a device does not.
    expect([...sizes].sort((a, b) => a - b).slice(0, 1)).toEqual([2_048]);
    // Of the snapshot's length the leading bits show (Padmé), beside what sealing adds.
    const content = snapshotBytes - STREAM_HEADER_BYTES - STREAM_TAG_BYTES;
    expect(padmeLength(content)).toBe(content);
  });

  test("promise 4: describes exactly what it sees: tags, numbers, sizes, days", () => {
    const report = inspectRelayFile(file);
    const entries = seen.reduce((sum, one) => sum + one.entries, 0);
    expect(report).toEqual({
      instanceId: expect.any(Uint8Array),
      rooms: [
        {
          roomId: expect.any(Uint8Array),
          description: {
            createdDay: today,
            seenDay: today,
            head: entries,
            entries,
            bytes: expect.any(Number),
            pins: 0,
            pinBytes: 0,
            tags: expect.arrayContaining(
              seen.map((one) => ({
                ...one,
                highestSeq: one.entries,
                bytes: expect.any(Number),
                firstDay: today,
                lastDay: today,
              })),
            ),
            snapshot: { hash: expect.any(Uint8Array), size: snapshotBytes },
            forward: null,
            invite: null,
          },
          sizes: expect.any(Array),
        },
      ],
    });
    expect(report.rooms[0]!.description.tags).toHaveLength(2);
  });

  test("promise 4: has no column that the description does not cover", () => {
    const database = new DatabaseSync(file, { readOnly: true });
    const columns = database
      .prepare(
        "SELECT s.name || '.' || c.name AS name FROM sqlite_schema s, pragma_table_info(s.name) c WHERE s.type = 'table' ORDER BY 1",
      )
      .all()
      .map(({ name }) => name);
    database.close();
    expect(columns).toEqual(
      [
        ...["key", "value"].map((name) => `meta.${name}`),
        ...["n", "room_id", "head", "entries", "bytes", "pins", "pin_bytes", "tags"].map(
          (name) => `room.${name}`,
        ),
        ...["created_day", "seen_day", "forward_hash", "forward_body", "invite"].map(
          (name) => `room.${name}`,
        ),
        ...["n", "hash", "rooms", "until_day", "window_day", "window_rooms"].map((name) => `invite.${name}`),
        ...["n", "room", "cursor", "device_tag", "seq", "pinned", "stored_day", "body"].map(
          (name) => `entry.${name}`,
        ),
        ...["n", "room", "staged", "hash", "size", "stored_day"].map((name) => `snapshot.${name}`),
        ...["snapshot", "i", "body"].map((name) => `snapshot_chunk.${name}`),
        // SQLite's own, for rooms alone: the highest number given, which is how many rooms there ever were.
        ...["name", "seq"].map((name) => `sqlite_sequence.${name}`),
      ].sort(),
    );
  });
});

describe("the search for secrets", () => {
  test("finds what a careless device leaves, in every form, in the relay's file and on the wire", async () => {
    await leak([...formsOf(PLANTED).values()]);
    const found = findTraces([{ what: "planted", value: PLANTED }], collectEvidence());
    for (const where of ["file relay.db-wal", "messages"]) {
      const forms = found.filter((trace) => trace.where === where).map(({ form }) => form);
      expect(forms.sort()).toEqual([...formsOf(PLANTED).keys()].sort());
    }
    // From the relay to a device nothing is masked: there it stands on the wire as it is.
    expect(
      findTraces([{ what: "origin", value: tap.origin }], collectEvidence()).map(({ where }) => where),
    ).toContain("raw wire");
    expect(
      findTraces([{ what: "event", value: "started" }], collectEvidence()).map(({ where }) => where),
    ).toContain("log");
  });

  test("finds bytes inside of base64 wherever they begin", () => {
    const key = systemRandom(32);
    for (const offset of [0, 1, 2, 3]) {
      const around = Buffer.concat([systemRandom(offset), key, systemRandom(5)]);
      for (const encoding of ["base64", "base64url"] as const) {
        expect(
          findTraces([{ what: "key", value: key }], { text: Buffer.from(around.toString(encoding)) }),
        ).not.toEqual([]);
      }
    }
  });

  /** Puts entries whose ciphertext is no ciphertext: to the relay they are like any other. */
  async function leak(contents: readonly Uint8Array[]): Promise<void> {
    const auth = deriveSigningKeyPair(systemRandom(32));
    const authorityPublicKey = deriveSigningKeyPair(systemRandom(32)).publicKey;
    const crypto = createNativeCredentialCrypto();
    const id = deriveRoomId(auth.publicKey, authorityPublicKey, (data) => crypto.sha256(data));
    const socket = new WebSocket(roomSocketUrl(tap.origin, id));
    await new Promise<void>((resolve, reject) => {
      socket.on("error", reject);
      socket.on("message", (data: Buffer) => {
        const frame = decodeRelayFrame(new Uint8Array(data));
        if (frame.op === "hello") {
          const room = { id, auth, authorityPublicKey };
          const join = answerHello(frame, parseRelayAddress(tap.origin), room, systemRandom);
          if (typeof join === "string") reject(new Error(join));
          else socket.send(encodeFrame(join));
        } else if (frame.op === "welcome") {
          const entries = contents.map((content, i) => {
            const header = [1, 1, id, new Uint8Array(8), i + 1, new Uint8Array(32)];
            return {
              entry: encodeCbor([header, new Uint8Array(24), content, new Uint8Array(64)]),
              pin: null,
            };
          });
          socket.send(encodeFrame({ op: "put", request: 1, entries }));
        } else if (frame.op === "ack") resolve();
      });
    });
    socket.close();
  }
});
