/** A real relay on a free port of the loopback, and clients that speak the protocol frame by frame. */
import { generateKeyPairSync, type KeyObject, randomBytes, createHash, sign } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeCbor } from "@latchkey/core/cbor/codec";
import {
  type AnyFrame,
  type Challenge,
  decodeMailboxRelayFrame,
  decodeRelayFrame,
  deriveRoomId,
  encodeFrame,
  encodeOperands,
  formatId,
  type HelloFrame,
  type JoinFrame,
  joinOperands,
  type MailboxId,
  type MailboxRelayFrame,
  mailboxSocketUrl,
  type Nameplate,
  nameplateSocketUrl,
  type Operands,
  type RelayFrame,
  type RoomId,
  roomSocketUrl,
  type WelcomeFrame,
} from "@latchkey/core/relay-protocol";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { type NodeRelay, type NodeRelayOptions, startRelay } from "../src/hosts/node.ts";
import type { RelayLimits } from "../src/limits.ts";

/** Tests open many sockets and rooms from one address; what a test is about it sets itself. */
export const GENEROUS: Partial<RelayLimits> = {
  upgradeBurst: 10_000,
  roomsCreatedPerIpGroupPerDay: 10_000,
  socketsPerIpGroup: 1000,
  mailboxesPerIpGroupPerHour: 1000,
  nameplateClaimsPerIpGroupPerHour: 1000,
  roomPutBurstFrames: 100_000,
  diskFloorBytes: 0,
};

export const bytesOf = (length: number, value = 1): Uint8Array => new Uint8Array(length).fill(value);
export const randomOf = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
export const sha256 = (data: Uint8Array): Uint8Array =>
  new Uint8Array(createHash("sha256").update(data).digest());

/** A folder that goes with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-relay-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface TestRelay extends NodeRelay {
  readonly file: string;
  readonly lines: string[];
  /** Moves the relay's clock. */
  readonly advance: (ms: number) => void;
}

/** Starts a relay that stops with the test. */
export async function startTestRelay(
  limits: Partial<RelayLimits> = {},
  options: Partial<NodeRelayOptions> = {},
): Promise<TestRelay> {
  const lines: string[] = [];
  let shift = 0;
  const file = options.file ?? join(temporaryFolder(), "relay.db");
  const relay = await startRelay({
    admission: { mode: "open" },
    log: (line) => lines.push(line),
    now: () => Date.now() + shift,
    ...options,
    file,
    limits: { ...GENEROUS, ...limits },
  });
  onTestFinished(() => relay.close());
  return { ...relay, file, lines, advance: (ms) => (shift += ms) };
}

export interface KeyPair {
  readonly publicKey: Uint8Array;
  readonly privateKey: KeyObject;
}

export function makeKeyPair(): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  return {
    publicKey: new Uint8Array(publicKey.export({ format: "der", type: "spki" }).subarray(-32)),
    privateKey,
  };
}

export const signAs = ({ privateKey }: KeyPair, operands: Operands): Uint8Array =>
  new Uint8Array(sign(null, encodeOperands(operands), privateKey));

/** A room with the keys of its members. */
export interface TestRoom {
  readonly id: RoomId;
  readonly auth: KeyPair;
  readonly authority: KeyPair;
}

export function makeRoom(): TestRoom {
  const auth = makeKeyPair();
  const authority = makeKeyPair();
  return { id: deriveRoomId(auth.publicKey, authority.publicKey, sha256), auth, authority };
}

/** An entry as a relay sees one: header and noise. */
export function makeEntry(
  room: TestRoom,
  seq: number,
  options: { tag?: number; size?: number; salt?: number } = {},
): Uint8Array {
  const { tag = 1, size = 100, salt = 0 } = options;
  const header = [1, 1, room.id, bytesOf(8, tag), seq, bytesOf(32)];
  const noise = new Uint8Array(size).fill(salt);
  return encodeCbor([header, bytesOf(24), noise, bytesOf(64)]);
}

/** One socket, read frame by frame. */
export class Client<Received extends { readonly op: string }> {
  readonly socket: WebSocket;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly texts: string[] = [];
  readonly #inbox: Received[] = [];
  #wake: (() => void) | null = null;
  #over = false;

  constructor(url: string, decode: (bytes: Uint8Array) => Received, host?: string) {
    this.socket = new WebSocket(url, { headers: host === undefined ? {} : { host } });
    this.socket.on("message", (data: Buffer, isBinary) => {
      if (isBinary) this.#inbox.push(decode(new Uint8Array(data)));
      else this.texts.push(data.toString());
      this.#wake?.();
    });
    this.closed = new Promise((resolve) => {
      this.socket.on("close", (code, reason) => {
        this.#over = true;
        this.#wake?.();
        resolve({ code, reason: reason.toString() });
      });
    });
    this.socket.on("error", () => undefined);
    onTestFinished(() => this.socket.terminate());
  }

  send(frame: AnyFrame): void {
    this.socket.send(encodeFrame(frame));
  }

  /** The next frame, which must be one of these. */
  async take<Op extends Received["op"]>(...ops: Op[]): Promise<Extract<Received, { op: Op }>> {
    await this.#until(() => this.#inbox.length > 0, ops);
    const frame = this.#inbox.shift() as Received;
    if (!(ops as string[]).includes(frame.op))
      throw new Error(`got ${frame.op} instead of ${ops.join(", ")}`);
    return frame as Extract<Received, { op: Op }>;
  }

  /** The next of these; what else came before it stays. */
  async find<Op extends Received["op"]>(...ops: Op[]): Promise<Extract<Received, { op: Op }>> {
    const find = (): number => this.#inbox.findIndex(({ op }) => (ops as string[]).includes(op));
    await this.#until(() => find() >= 0, ops);
    const [frame] = this.#inbox.splice(find(), 1);
    return frame as Extract<Received, { op: Op }>;
  }

  async #until(condition: () => boolean, ops: readonly string[]): Promise<void> {
    while (!condition()) {
      if (this.#over) throw new Error(`closed while waiting for ${ops.join(", ")}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** What came and was not taken. */
  pending(): readonly Received[] {
    return this.#inbox;
  }

  /** A keep-alive there and back: whatever the relay sent before has arrived. */
  async settle(): Promise<void> {
    const seen = this.texts.length;
    this.socket.send("ping");
    while (this.texts.length === seen) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  async opened(): Promise<void> {
    if (this.socket.readyState === WebSocket.OPEN) return;
    await new Promise<void>((resolve, reject) => {
      this.socket.once("open", resolve);
      this.socket.once("error", reject);
    });
  }

  close(): void {
    this.socket.close();
  }
}

export type RoomClient = Client<RelayFrame>;
export type MailboxClient = Client<MailboxRelayFrame>;

/** Where a relay listens. */
type Listening = Pick<NodeRelay, "address">;

export const dialRoom = (relay: Listening, id: RoomId, host?: string): RoomClient =>
  new Client(roomSocketUrl(relay.address, id), decodeRelayFrame, host);
export const dialMailbox = (relay: Listening, id: MailboxId): MailboxClient =>
  new Client(mailboxSocketUrl(relay.address, id), decodeMailboxRelayFrame);
export const dialNameplate = (relay: Listening, number: number): MailboxClient =>
  new Client(nameplateSocketUrl(relay.address, number as Nameplate), decodeMailboxRelayFrame);

export const challengeOf = (room: TestRoom, hello: HelloFrame): Challenge => ({
  origin: hello.origin,
  instanceId: hello.instanceId,
  roomId: room.id,
  nonce: hello.nonce,
});

/** A join as it should be. */
export function makeJoin(room: TestRoom, hello: HelloFrame): JoinFrame {
  const clientNonce = randomOf(32);
  return {
    op: "join",
    version: 1,
    authPublicKey: room.auth.publicKey,
    authorityPublicKey: room.authority.publicKey,
    clientNonce,
    signature: signAs(room.auth, joinOperands(challengeOf(room, hello), clientNonce)),
    creationToken: null,
  };
}

/** A member of a room, with the calls that most tests make. */
export interface Member {
  readonly client: RoomClient;
  readonly hello: HelloFrame;
  readonly welcome: WelcomeFrame;
  readonly challenge: Challenge;
  readonly put: (...entries: Uint8Array[]) => Promise<readonly (number | string)[]>;
  /** Everything after a cursor, page by page. */
  readonly pullAll: (after?: number) => Promise<{ cursor: number; entry: Uint8Array }[]>;
  readonly ask: (frame: AnyFrame) => Promise<RelayFrame>;
}

let requests = 0;
export const nextRequest = (): number => ++requests;

export async function joinRoom(relay: Listening, room: TestRoom): Promise<Member> {
  const client = dialRoom(relay, room.id);
  const hello = await client.take("hello");
  client.send(makeJoin(room, hello));
  const welcome = await client.take("welcome");
  return {
    client,
    hello,
    welcome,
    challenge: challengeOf(room, hello),
    async put(...entries) {
      client.send({
        op: "put",
        request: nextRequest(),
        entries: entries.map((entry) => ({ entry, pin: null })),
      });
      const { outcomes } = await client.find("ack");
      return outcomes.map((outcome) => ("code" in outcome ? outcome.code : outcome.cursor));
    },
    async pullAll(after = 0) {
      const all: { cursor: number; entry: Uint8Array }[] = [];
      for (let cursor = after; ;) {
        client.send({
          op: "pull",
          request: nextRequest(),
          after: cursor,
          maxEntries: 500,
          maxBytes: 1_048_576,
        });
        let head = 0;
        for (let done = false; !done;) {
          const page = await client.find("entries");
          all.push(...page.entries);
          ({ done, head } = page);
        }
        const last = all.at(-1)?.cursor ?? after;
        if (last >= head || last === cursor) return all;
        cursor = last;
      }
    },
    async ask(frame) {
      client.send(frame);
      return client.find("ok", "conflict", "error", "description", "forward", "chunk", "ack", "entries");
    },
  };
}

export const idText = (room: TestRoom): string => formatId(room.id);
