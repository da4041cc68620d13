/**
 * One pairing mailbox, in an object of its own, in memory as everywhere. It does not sleep while somebody is there; when both sides are gone
 * the platform may end it, and the person shows a new code.
 */
import { parseMailboxId, parseNameplate } from "@latchkey/core/relay-protocol";
import type { Relay } from "../relay.ts";
import { TICK_MS } from "../relay.ts";
import type { MailboxKey } from "../store/mailbox-store.ts";
import { createMemoryMailboxes } from "../store/memory-mailboxes.ts";
import { createMemoryStore } from "../store/memory.ts";
import { askNumber } from "./cloudflare-nameplates.ts";
import {
  callerOf,
  clock,
  createObjectRelay,
  idOf,
  random,
  readSettings,
  toConn,
} from "./cloudflare-relay.ts";
import { type Env, type ObjectState, switchProtocols, WebSocketPair } from "./cloudflare-types.ts";

const NO_INSTANCE = 16;

export class RelayMailbox {
  readonly #relay: Relay;
  #id = "";
  #open = 0;
  #ticking: ReturnType<typeof setInterval> | undefined;

  constructor(_state: ObjectState, env: Env) {
    const config = readSettings(env);
    const mailboxes = createMemoryMailboxes(config.limits, clock, random, () => askNumber(env, this.#id));
    const store = createMemoryStore(random(NO_INSTANCE), config.limits);
    this.#relay = createObjectRelay(config, store, mailboxes);
  }

  fetch(request: Request): Response {
    const { 0: client, 1: socket } = new WebSocketPair();
    socket.binaryType = "arraybuffer";
    socket.accept();
    const nameplate = parseNameplate(idOf(request));
    // Who opens it comes by its id.
    if (nameplate === null) this.#id = idOf(request);
    const key = (nameplate ?? parseMailboxId(idOf(request))) as MailboxKey;
    const session = this.#relay.openMailbox(toConn(socket), key, callerOf(request));
    if (this.#open++ === 0) this.#ticking = setInterval(() => void this.#relay.tick(), TICK_MS);
    let here = true;
    const leave = (): void => {
      if (!here) return;
      here = false;
      session?.closed();
      if (--this.#open === 0) clearInterval(this.#ticking);
    };
    socket.addEventListener("message", ({ data }) =>
      session?.message(typeof data === "string" ? data : new Uint8Array(data)),
    );
    socket.addEventListener("close", leave);
    socket.addEventListener("error", leave);
    return switchProtocols(client);
  }
}
