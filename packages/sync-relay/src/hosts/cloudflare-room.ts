/**
 * One room, in an object of its own that sleeps while nobody says anything; its sockets stay open meanwhile. What a joined socket needs to
 * go on is kept with the socket. One that had not joined when the object went to sleep has had its time.
 */
import { CLOSE, parseRoomId, PING, PONG, type RoomId } from "@latchkey/core/relay-protocol";
import type { Session } from "../connection.ts";
import type { RelayConfig } from "../config.ts";
import type { Caller, Relay } from "../relay.ts";
import type { Joined } from "../room-session.ts";
import { type ObjectStore, openObjectStore } from "../store/durable-object.ts";
import { callerOf, createObjectRelay, idOf, random, readSettings, toConn } from "./cloudflare-relay.ts";
import {
  type Env,
  type ObjectSocket,
  type ObjectState,
  switchProtocols,
  WebSocketPair,
  WebSocketRequestResponsePair,
} from "./cloudflare-types.ts";

/** Kept with a socket; at most some hundred bytes. */
interface Attachment {
  readonly id: string;
  readonly caller: Caller;
  readonly joined: Joined | null;
}

const MS_PER_DAY = 86_400_000;
/** How often a sleeping room looks whether its time is over. */
const LOOK_EVERY_DAYS = 20;
/** The clock of an object stands still while it computes. */
const CLOCK_STEP_MS = 100;
const ALARM_LATER_MS = 5000;

export class RelayRoom {
  readonly #state: ObjectState;
  readonly #config: RelayConfig;
  readonly #store: ObjectStore;
  readonly #relay: Relay;
  readonly #sessions = new Map<ObjectSocket, Session>();

  constructor(state: ObjectState, env: Env) {
    this.#state = state;
    const config = readSettings(env);
    // Keep-alives are answered without waking anybody, hence heard by nobody: the platform ends dead sockets.
    this.#config = { ...config, limits: { ...config.limits, pingEverySeconds: Number.MAX_SAFE_INTEGER } };
    this.#store = openObjectStore(state.storage, config.limits, random);
    this.#relay = createObjectRelay(this.#config, this.#store);
    state.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
    void state.blockConcurrencyWhile(async () => {
      for (const socket of state.getWebSockets()) await this.#resume(socket);
    });
  }

  async fetch(request: Request): Promise<Response> {
    const id = idOf(request);
    const { 0: client, 1: socket } = new WebSocketPair();
    const caller = callerOf(request);
    const keep = (joined: Joined | null): void => {
      const attachment: Attachment = { id, caller, joined };
      socket.serializeAttachment(attachment);
    };
    this.#state.acceptWebSocket(socket);
    keep(null);
    this.#hold(socket, this.#relay.openRoom(toConn(socket), parseRoomId(id) as RoomId, caller, keep));
    // While it waits for a stranger the object does not sleep; the alarm is for one that is ended meanwhile.
    const deadline = this.#config.limits.handshakeDeadlineSeconds * 1000;
    setTimeout(() => void this.#relay.tick(), deadline + CLOCK_STEP_MS);
    await this.#state.storage.setAlarm(Date.now() + deadline + ALARM_LATER_MS);
    return switchProtocols(client);
  }

  webSocketMessage(socket: ObjectSocket, data: string | ArrayBuffer): void {
    this.#sessions.get(socket)?.message(typeof data === "string" ? data : new Uint8Array(data));
  }

  webSocketClose(socket: ObjectSocket, code: number): void {
    this.#forget(socket);
    // 1005 and 1006 say that there was no code, and cannot be sent.
    socket.close(code === 1005 || code === 1006 ? CLOSE.normal : code, "");
  }

  webSocketError(socket: ObjectSocket): void {
    this.#forget(socket);
  }

  /** The end of handshakes, and, when nobody is there, of the room. */
  async alarm(): Promise<void> {
    await this.#relay.tick();
    if (this.#state.getWebSockets().length === 0 && this.#store.isEmpty()) {
      return this.#state.storage.deleteAll();
    }
    await this.#state.storage.setAlarm(Date.now() + LOOK_EVERY_DAYS * MS_PER_DAY);
  }

  async #resume(socket: ObjectSocket): Promise<void> {
    const { caller, id, joined } = socket.deserializeAttachment() as Attachment;
    if (joined === null) return socket.close(CLOSE.handshakeTimeout, "LK-RELAY-HANDSHAKE-TIMEOUT");
    this.#hold(
      socket,
      await this.#relay.resumeRoom(toConn(socket), parseRoomId(id) as RoomId, caller, joined),
    );
  }

  #hold(socket: ObjectSocket, session: Session | null): void {
    if (session !== null) this.#sessions.set(socket, session);
  }

  #forget(socket: ObjectSocket): void {
    this.#sessions.get(socket)?.closed();
    this.#sessions.delete(socket);
  }
}
