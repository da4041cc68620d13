/** What an operator does with a relay's file: invitations, dropping a room, backup and restore (relay.md § 11 and § 12). */
import { existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeBase64url, purgeOperands } from "@latchkey/core/relay-protocol";
import { describe, expect, test } from "vitest";
import {
  addInvite,
  backUpRelayFile,
  dropInvite,
  dropRoom,
  listInvites,
  restoreRelayFile,
} from "../src/hosts/relay-file.ts";
import { inspectRelayFile } from "../src/store/inspect.ts";
import {
  dialRoom,
  joinRoom,
  makeEntry,
  makeJoin,
  makeRoom,
  signAs,
  startTestRelay,
  type TestRelay,
} from "./rig.ts";

const REFUSED = expect.objectContaining({ code: "LK-RELAY-CONFIG" });

/** How a relay answers the join of a new room with this token. */
async function tryToken(relay: TestRelay, token: Uint8Array | null): Promise<string> {
  const room = makeRoom();
  const client = dialRoom(relay, room.id);
  const hello = await client.take("hello");
  client.send({ ...makeJoin(room, hello), creationToken: token });
  const answer = await client.take("welcome", "error");
  return answer.op === "error" ? answer.code : answer.op;
}

describe("an invitation", () => {
  test("made while the relay runs works at once, and no more when it is dropped", async () => {
    const relay = await startTestRelay({}, { admission: { mode: "invite" } });
    expect(await tryToken(relay, null)).toBe("LK-RELAY-ADMISSION");
    const token = addInvite(relay.file, { rooms: 2, untilDay: null });
    expect(await tryToken(relay, token)).toBe("welcome");
    expect(await tryToken(relay, token)).toBe("welcome");
    expect(await tryToken(relay, token)).toBe("LK-RELAY-ADMISSION");
    const [invite] = listInvites(relay.file);
    expect(invite).toMatchObject({ rooms: 2, alive: 2 });
    expect([dropInvite(relay.file, invite!.ref), dropInvite(relay.file, invite!.ref)]).toEqual([true, false]);
    expect(listInvites(relay.file)).toEqual([]);
    expect(inspectRelayFile(relay.file).rooms.map(({ description }) => description.invite)).toEqual([
      invite!.ref,
      invite!.ref,
    ]);
  });

  test("leaves no token in the relay's files", async () => {
    const relay = await startTestRelay({}, { admission: { mode: "invite" } });
    const token = addInvite(relay.file, { rooms: 2, untilDay: null });
    expect(await tryToken(relay, token)).toBe("welcome");
    await relay.close();
    const folder = join(relay.file, "..");
    const stored = readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), "latin1"))
      .join("");
    expect(stored.includes(Buffer.from(token).toString("latin1"))).toBe(false);
    expect(stored + relay.lines.join("")).not.toContain(encodeBase64url(token));
  });
});

describe("a room that the operator drops", () => {
  test("is gone with its pins, its socket is closed with its code, and other rooms go on", async () => {
    const relay = await startTestRelay();
    const [room, other] = [makeRoom(), makeRoom()];
    const member = await joinRoom(relay, room);
    const neighbour = await joinRoom(relay, other);
    await member.put(makeEntry(room, 1));
    expect([dropRoom(relay.file, room.id), dropRoom(relay.file, room.id)]).toEqual([true, false]);
    member.client.send({ op: "put", request: 9, entries: [{ entry: makeEntry(room, 2), pin: null }] });
    expect(await neighbour.put(makeEntry(other, 1))).toEqual([1]);
    expect(await member.client.closed).toEqual({ code: 4410, reason: "LK-RELAY-GONE" });
    expect(inspectRelayFile(relay.file).rooms.map(({ roomId }) => roomId)).toEqual([other.id]);
  });

  test("does not come back as the room that is made next, for those who are still in it", async () => {
    const relay = await startTestRelay();
    const [room, next] = [makeRoom(), makeRoom()];
    const [left, purger] = [await joinRoom(relay, room), await joinRoom(relay, room)];
    dropRoom(relay.file, room.id);
    const stranger = await joinRoom(relay, next);
    await stranger.put(makeEntry(next, 1));
    expect(await left.pullAll()).toEqual([]);
    const signature = signAs(room.authority, purgeOperands(purger.challenge));
    await purger.ask({ op: "purge", request: 1, signature });
    left.client.send({ op: "put", request: 2, entries: [{ entry: makeEntry(room, 1), pin: null }] });
    expect(await left.client.closed).toEqual({ code: 4410, reason: "LK-RELAY-GONE" });
    expect(await stranger.pullAll()).toHaveLength(1);
  });
});

describe("a backup", () => {
  test("taken under load holds what was acknowledged before, and makes the relay say that it was restored", async () => {
    const relay = await startTestRelay();
    const room = makeRoom();
    const member = await joinRoom(relay, room);
    await member.put(makeEntry(room, 1), makeEntry(room, 2));
    const putting = member.put(makeEntry(room, 3));
    const backup = `${relay.file}.backup`;
    backUpRelayFile(relay.file, backup);
    await putting;
    if (process.platform !== "win32") expect(statSync(backup).mode & 0o077).toBe(0);
    expect(() => backUpRelayFile(relay.file, backup)).toThrow(REFUSED);
    expect(() => restoreRelayFile(backup, relay.file)).toThrow(REFUSED);
    await member.put(makeEntry(room, 4));
    await relay.close();

    restoreRelayFile(backup, relay.file);
    const again = await startTestRelay({}, { file: relay.file });
    const back = await joinRoom(again, room);
    expect(back.hello.instanceId).not.toEqual(member.hello.instanceId);
    const held = (await back.pullAll()).map(({ cursor }) => cursor);
    expect(held.slice(0, 2)).toEqual([1, 2]);
    expect(held).not.toContain(4);
  });

  test("counts as restored even when nothing was written since", async () => {
    const relay = await startTestRelay();
    const room = makeRoom();
    const member = await joinRoom(relay, room);
    await member.put(makeEntry(room, 1));
    await relay.close();
    const backup = `${relay.file}.backup`;
    backUpRelayFile(relay.file, backup);
    restoreRelayFile(backup, relay.file);
    const again = await startTestRelay({}, { file: relay.file });
    expect((await joinRoom(again, room)).hello.instanceId).not.toEqual(member.hello.instanceId);
  });

  test("is also put where no relay was", async () => {
    const relay = await startTestRelay();
    const room = makeRoom();
    await (await joinRoom(relay, room)).put(makeEntry(room, 1));
    const backup = `${relay.file}.backup`;
    backUpRelayFile(relay.file, backup);
    const file = `${relay.file}.elsewhere`;
    restoreRelayFile(backup, file);
    const other = await startTestRelay({}, { file });
    expect(await (await joinRoom(other, room)).pullAll()).toHaveLength(1);
  });

  test.for<[string, (backup: string) => void]>([
    ["that is no database", (backup) => writeFileSync(backup, "x".repeat(5000))],
    ["that is cut off", (backup) => truncateSync(backup, statSync(backup).size - 4096)],
  ])("%s is refused, and the relay's file stays", async ([, spoil]) => {
    const relay = await startTestRelay();
    const room = makeRoom();
    await (await joinRoom(relay, room)).put(makeEntry(room, 1));
    const backup = `${relay.file}.backup`;
    backUpRelayFile(relay.file, backup);
    await relay.close();
    spoil(backup);
    expect(() => restoreRelayFile(backup, relay.file)).toThrow(REFUSED);
    expect(existsSync(`${relay.file}.mark`)).toBe(true);
    expect(inspectRelayFile(relay.file).rooms).toHaveLength(1);
  });
});
