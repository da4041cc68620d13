/** Who may make rooms, in each mode, over the wire (relay.md § 12). Invitations themselves: the store contract and `relay-file.test.ts`. */
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { doWork, encodeBase64url, type HelloFrame, workBitsOf } from "@latchkey/core/relay-protocol";
import { describe, expect, onTestFinished, test } from "vitest";
import type { AdmissionSetting } from "../src/config.ts";
import { startRelay } from "../src/hosts/node.ts";
import type { RelayLimits } from "../src/limits.ts";
import {
  dialRoom,
  makeJoin,
  makeRoom,
  randomOf,
  sha256,
  startTestRelay,
  temporaryFolder,
  type TestRelay,
  type TestRoom,
} from "./rig.ts";

type Token = Uint8Array | null | ((hello: HelloFrame, room: TestRoom) => Uint8Array);

/** `welcome`, or the code and the close code of the refusal. */
async function ask(relay: TestRelay, token: Token, room = makeRoom()): Promise<string> {
  const client = dialRoom(relay, room.id);
  const hello = await client.take("hello");
  const creationToken = typeof token === "function" ? token(hello, room) : token;
  client.send({ ...makeJoin(room, hello), creationToken });
  const answer = await client.take("welcome", "error");
  if (answer.op === "welcome") return "welcome";
  return `${answer.code} ${(await client.closed).code}`;
}

const start = (admission: AdmissionSetting, limits: Partial<RelayLimits> = {}): Promise<TestRelay> =>
  startTestRelay(limits, { admission });

const REFUSED = "LK-RELAY-ADMISSION 1008";

describe("a new room", () => {
  test("needs nothing where admission is open, and joins ask for nothing again", async () => {
    const relay = await start({ mode: "open" });
    const room = makeRoom();
    expect([await ask(relay, null, room), await ask(relay, randomOf(16), room)]).toEqual([
      "welcome",
      "welcome",
    ]);
  });

  test("needs an invitation where the mode is invite, and joining a room needs none", async () => {
    const relay = await start({ mode: "invite" });
    const [token, room] = [randomOf(16), makeRoom()];
    await relay.store.invites?.put({ hash: sha256(token), rooms: 1, untilDay: null });
    expect([await ask(relay, null), await ask(relay, randomOf(16))]).toEqual([REFUSED, REFUSED]);
    expect([await ask(relay, token, room), await ask(relay, null, room)]).toEqual(["welcome", "welcome"]);
    expect(await ask(relay, token)).toBe(REFUSED);
  });

  test("needs work on the socket's own nonce where the mode is pow", async () => {
    const relay = await start({ mode: "pow" }, { powBits: 8 });
    const work: Token = (hello, room) => {
      expect(workBitsOf(hello.admission)).toBe(8);
      return doWork({ nonce: hello.nonce, roomId: room.id }, 8, randomOf(16), sha256);
    };
    expect(await ask(relay, work)).toBe("welcome");
    let kept: Uint8Array | undefined;
    const room = makeRoom();
    const keep: Token = (hello) =>
      (kept = doWork({ nonce: hello.nonce, roomId: makeRoom().id }, 16, randomOf(16), sha256));
    expect([await ask(relay, null), await ask(relay, keep, room)]).toEqual([REFUSED, REFUSED]);
    expect(await ask(relay, kept as Uint8Array, room)).toBe(REFUSED);
  });

  test("needs a token of the list, which is read again when told to, and kept when the new one cannot be read", async () => {
    const file = join(temporaryFolder(), "tokens");
    const [ana, bruno] = [randomOf(16), randomOf(32)];
    writeFileSync(file, `# people\n\n${encodeBase64url(ana)} Ana\n`);
    const relay = await start({ mode: "allowlist", file }, { inviteRooms: 2 });
    expect([await ask(relay, ana), await ask(relay, bruno), await ask(relay, null)]).toEqual([
      "welcome",
      REFUSED,
      REFUSED,
    ]);
    writeFileSync(file, `${encodeBase64url(bruno)}\n`);
    relay.reload();
    expect([await ask(relay, ana), await ask(relay, bruno)]).toEqual([REFUSED, "welcome"]);
    writeFileSync(file, "too short\n");
    expect(() => relay.reload()).toThrow(expect.objectContaining({ code: "LK-RELAY-CONFIG" }));
    expect([await ask(relay, bruno), await ask(relay, bruno)]).toEqual(["welcome", REFUSED]);
    expect(relay.lines.join("")).not.toContain(encodeBase64url(bruno));
  });

  test("is made when the operator's service says yes, which hears of the token alone, and not when it fails", async () => {
    const asked: string[] = [];
    let status = 204;
    const service = createServer((request, response) => {
      let body = "";
      request.on("data", (part: Buffer) => (body += part.toString()));
      request.on("end", () => {
        asked.push(`${request.method} ${body}`);
        response.writeHead(status).end();
      });
    });
    service.listen(0, "127.0.0.1");
    await once(service, "listening");
    onTestFinished(() => void service.close());
    const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}/may-it`;
    const relay = await start({ mode: "hook", url });
    const token = randomOf(16);
    const answers = [await ask(relay, token)];
    for (status of [403, 302, 500]) answers.push(await ask(relay, null));
    service.closeAllConnections();
    service.close();
    answers.push(await ask(relay, token));
    expect(answers).toEqual(["welcome", REFUSED, REFUSED, REFUSED, REFUSED]);
    expect(asked[0]).toBe(`POST {"token":"${encodeBase64url(token)}"}`);
    expect(new Set(asked.slice(1))).toEqual(new Set(['POST {"token":null}']));
  });

  test.each([{ mode: "open" }, { mode: "pow" }] as const)(
    "over the day's number of its IP group waits ($mode)",
    async (admission) => {
      const relay = await start(admission, { roomsCreatedPerIpGroupPerDay: 1, powBits: 0 });
      const token = randomOf(16);
      expect([await ask(relay, token), await ask(relay, token)]).toEqual(["welcome", "LK-RELAY-RATE 4429"]);
    },
  );
});

describe("a list of tokens", () => {
  test.for<[string, string]>([
    ["that is not there", ""],
    ["with a token that is too short", "AAAA"],
    ["with what is no base64url", "!".repeat(22)],
  ])("%s stops the start", async ([, text]) => {
    const folder = temporaryFolder();
    const file = join(folder, "tokens");
    if (text !== "") writeFileSync(file, text);
    const started = startRelay({ file: join(folder, "relay.db"), admission: { mode: "allowlist", file } });
    await expect(started).rejects.toThrow(expect.objectContaining({ code: "LK-RELAY-CONFIG" }));
  });
});
