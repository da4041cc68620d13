/**
 * Malformed, oversized, unauthenticated, replayed and flood input: each is answered with its documented close code (relay.md § 13), and
 * the relay's file is afterwards, table by table, what it was before.
 */
import { DatabaseSync } from "node:sqlite";
import { encodeCbor } from "@latchkey/core/cbor/codec";
import { CLOSE, encodeFrame, type MailboxId, SIDE_TOKEN_BYTES } from "@latchkey/core/relay-protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import {
  bytesOf,
  dialMailbox,
  dialRoom,
  joinRoom,
  makeEntry,
  makeJoin,
  makeRoom,
  randomOf,
  type RoomClient,
  signAs,
  startTestRelay,
  type TestRelay,
  type TestRoom,
} from "./rig.ts";

/** Every row of every table, but the count of commits. */
function contentOf(file: string): unknown {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
    return tables.map(({ name }) =>
      db
        .prepare(`SELECT * FROM "${String(name)}"`)
        .all()
        .filter((row) => row["key"] !== "commits"),
    );
  } finally {
    db.close();
  }
}

interface Attack {
  readonly what: string;
  readonly code: number;
  readonly reason: string;
  /** Does it, with a room that others use, and gives the socket that is closed for it. */
  readonly run: (
    relay: TestRelay,
    used: TestRoom,
  ) => Promise<{ readonly closed: Promise<{ code: number; reason: string }> }>;
}

const greeted = async (relay: TestRelay, room: TestRoom) => {
  const client = dialRoom(relay, room.id);
  return { client, hello: await client.take("hello") };
};

/** Sends bytes as a stranger, or as a member. */
const asStranger = (bytes: () => Uint8Array | string) => async (relay: TestRelay, used: TestRoom) => {
  const { client } = await greeted(relay, used);
  client.socket.send(bytes());
  return client;
};
const asMember = (send: (client: RoomClient) => void) => async (relay: TestRelay, used: TestRoom) => {
  const { client } = await joinRoom(relay, used);
  send(client);
  return client;
};
const put = (room: TestRoom, seq = 9): Uint8Array =>
  encodeFrame({ op: "put", request: 1, entries: [{ entry: makeEntry(room, seq), pin: null }] });

const ATTACKS: readonly Attack[] = [
  {
    what: "malformed: no CBOR",
    code: CLOSE.protocol,
    reason: "LK-RELAY-FRAME",
    run: asStranger(() => bytesOf(40, 255)),
  },
  {
    what: "malformed: an unknown op",
    code: CLOSE.protocol,
    reason: "LK-RELAY-FRAME",
    run: asMember((c) => c.socket.send(encodeCbor([63]))),
  },
  {
    what: "malformed: text",
    code: CLOSE.text,
    reason: "LK-RELAY-FRAME",
    run: asMember((c) => c.socket.send("put")),
  },
  {
    what: "malformed: an empty frame",
    code: CLOSE.protocol,
    reason: "LK-RELAY-FRAME",
    run: asMember((c) => c.socket.send(new Uint8Array(0))),
  },
  {
    what: "malformed: a put without entries",
    code: CLOSE.protocol,
    reason: "LK-RELAY-FRAME",
    run: asMember((c) => c.socket.send(encodeCbor([2, 1, []]))),
  },
  {
    what: "oversized: a frame",
    code: CLOSE.tooBig,
    reason: "",
    run: asMember((c) => c.socket.send(new Uint8Array(262_145))),
  },
  {
    what: "oversized: a frame that grows in fragments",
    code: CLOSE.tooBig,
    reason: "",
    run: asMember((c) => {
      for (let i = 0; i < 5; i++) c.socket.send(new Uint8Array(65_536), { fin: false });
    }),
  },
  {
    what: "oversized: an entry",
    code: CLOSE.protocol,
    reason: "LK-RELAY-FRAME",
    run: asMember((c) => c.socket.send(encodeCbor([2, 1, [[new Uint8Array(65_537), null]]]))),
  },
  {
    what: "oversized: a stranger's frame",
    code: CLOSE.protocol,
    reason: "LK-RELAY-FRAME",
    run: asStranger(() => new Uint8Array(1025)),
  },
  {
    what: "unauthenticated: a put before the join",
    code: CLOSE.protocol,
    reason: "LK-RELAY-PROTOCOL",
    run: (relay, used) => asStranger(() => put(used))(relay, used),
  },
  {
    what: "unauthenticated: a join with another's key",
    code: CLOSE.policy,
    reason: "LK-RELAY-AUTH",
    async run(relay, used) {
      const { client, hello } = await greeted(relay, used);
      const join = makeJoin(used, hello);
      client.send({ ...join, signature: signAs(makeRoom().auth, ["latchkey/relay-auth/1"]) });
      return client;
    },
  },
  {
    what: "unauthenticated: a join with keys of another room",
    code: CLOSE.policy,
    reason: "LK-RELAY-AUTH",
    async run(relay, used) {
      const { client, hello } = await greeted(relay, used);
      client.send(makeJoin({ ...makeRoom(), id: used.id }, hello));
      return client;
    },
  },
  {
    what: "unauthenticated: silence",
    code: CLOSE.handshakeTimeout,
    reason: "LK-RELAY-HANDSHAKE-TIMEOUT",
    async run(relay, used) {
      const { client } = await greeted(relay, used);
      relay.advance(5_001);
      return client;
    },
  },
  {
    what: "replayed: a join of another socket",
    code: CLOSE.policy,
    reason: "LK-RELAY-AUTH",
    async run(relay, used) {
      const first = await greeted(relay, used);
      const join = makeJoin(used, first.hello);
      const second = await greeted(relay, used);
      second.client.send(join);
      return second.client;
    },
  },
  {
    what: "replayed: a join on its own socket",
    code: CLOSE.protocol,
    reason: "LK-RELAY-PROTOCOL",
    async run(relay, used) {
      const { client, hello } = await greeted(relay, used);
      const join = makeJoin(used, hello);
      client.send(join);
      await client.take("welcome");
      client.send(join);
      return client;
    },
  },
  {
    what: "flood: frames behind a join that is being checked",
    code: CLOSE.protocol,
    reason: "LK-RELAY-PROTOCOL",
    async run(relay, used) {
      const { client, hello } = await greeted(relay, used);
      client.send(makeJoin(used, hello));
      client.socket.send(put(used));
      return client;
    },
  },
  {
    what: "flood: new rooms of one address",
    code: CLOSE.rate,
    reason: "LK-RELAY-RATE",
    async run(relay) {
      const room = makeRoom();
      const { client, hello } = await greeted(relay, room);
      client.send(makeJoin(room, hello));
      return client;
    },
  },
  {
    what: "flood: sockets of one room",
    code: CLOSE.rate,
    reason: "LK-RELAY-RATE",
    async run(relay, used) {
      for (let i = 0; i < 3; i++) await joinRoom(relay, used);
      const { client, hello } = await greeted(relay, used);
      client.send(makeJoin(used, hello));
      return client;
    },
  },
  {
    what: "flood: claims of mailboxes that are not there",
    code: CLOSE.rate,
    reason: "LK-RELAY-RATE",
    async run(relay) {
      const claim = async () => {
        const client = dialMailbox(relay, randomOf(16) as MailboxId);
        await client.opened();
        client.send({ op: "claim", version: 1, sideToken: bytesOf(SIDE_TOKEN_BYTES), received: 0 });
        return client;
      };
      await (
        await claim()
      ).closed;
      return claim();
    },
  },
];

test.for(ATTACKS)(
  "$what is closed with $code $reason, and nothing is stored",
  async ({ code, reason, run }) => {
    const relay = await startTestRelay({
      roomsCreatedPerIpGroupPerDay: 1,
      socketsPerRoom: 4,
      mailboxesPerIpGroupPerHour: 1,
    });
    const used = makeRoom();
    const member = await joinRoom(relay, used);
    await member.put(makeEntry(used, 1));
    const before = contentOf(relay.file);
    const attacker = await run(relay, used);
    expect(await attacker.closed).toEqual({ code, reason });
    expect(contentOf(relay.file)).toEqual(before);
    expect(await member.pullAll()).toHaveLength(1);
  },
);

test("flood: more upgrades than an address may have get 429 and when to come, and nothing is stored", async () => {
  const relay = await startTestRelay({ upgradeBurst: 3, upgradesPerMinute: 12 });
  const used = makeRoom();
  await joinRoom(relay, used);
  const before = contentOf(relay.file);
  const answers = new Set<string>();
  for (let i = 0; i < 30; i++) {
    const socket = new WebSocket(`${relay.address.replace("http", "ws")}/v1/rooms/${"A".repeat(22)}/ws`);
    answers.add(
      await new Promise((resolve) => {
        socket.on("error", () => undefined);
        socket.on("open", () => {
          socket.terminate();
          resolve("open");
        });
        socket.on("unexpected-response", (_request, { statusCode, headers }) => {
          resolve(`${statusCode} ${headers["retry-after"]}`);
        });
      }),
    );
  }
  expect([...answers].sort()).toEqual(["429 5", "open"]);
  expect(contentOf(relay.file)).toEqual(before);
});

test("whatever bytes a stranger sends close its socket with a documented code and store nothing", async () => {
  const relay = await startTestRelay();
  const room = makeRoom();
  const before = contentOf(relay.file);
  const documented = new Set<number>([CLOSE.protocol, CLOSE.policy, CLOSE.version]);
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
      const { client } = await greeted(relay, room);
      client.socket.send(bytes);
      expect(documented).toContain((await client.closed).code);
    }),
    { numRuns: process.env["SLOW"] ? 500 : 25 },
  );
  expect(contentOf(relay.file)).toEqual(before);
});

test("whatever a member sends besides what the protocol knows closes its socket, and another member goes on", async () => {
  const relay = await startTestRelay({ socketsPerRoom: 1000 });
  const room = makeRoom();
  const member = await joinRoom(relay, room);
  await member.put(makeEntry(room, 1));
  const good = put(room, 1);
  await fc.assert(
    fc.asyncProperty(
      fc.nat(good.length - 1),
      fc.integer({ min: 1, max: 255 }),
      fc.boolean(),
      async (at, flip, cut) => {
        const { client } = await joinRoom(relay, room);
        const spoilt = good.slice(0, cut ? at : good.length);
        if (!cut) spoilt[at] = (spoilt[at] as number) ^ flip;
        client.socket.send(spoilt);
        // Inside the sealed part a relay sees no difference; everywhere else the frame is refused, or its one entry.
        const answered = client.find("ack", "error").then(
          ({ op }) => op,
          () => "closed",
        );
        const answer = await answered;
        if (answer === "closed") expect((await client.closed).code).toBe(CLOSE.protocol);
        client.socket.terminate();
      },
    ),
    { numRuns: process.env["SLOW"] ? 1000 : 40 },
  );
  expect(await member.put(makeEntry(room, 2))).toEqual([expect.any(Number)]);
});
