/**
 * The page's way to the device host: one socket, opened again when it breaks, over which the vault comes in and calls go out
 * (`app-message.ts`). A call ends with its socket; none is repeated by itself.
 */
import { CommandError } from "../model/vault-model.ts";
import type {
  AskKind,
  HostMessage,
  JsonObject,
  PageMessage,
  PlaceMessage,
  SiteRequestMessage,
  VaultMessage,
} from "./app-message.ts";
import { obtainPageToken, obtainTicket, type PageToken } from "./page-token.ts";

/** What a call does with the host's events and questions. */
export interface Talk {
  readonly onTell?: (event: JsonObject) => void;
  readonly onAsk?: (kind: AskKind, purpose: string) => Promise<string>;
  readonly signal?: AbortSignal;
  /** `more-time`: the person asks for it while the call runs. */
  readonly wishes?: EventTarget;
}

export interface HostLink {
  /** Rejects with a `CommandError`. */
  call(method: string, params: JsonObject, talk?: Talk): Promise<JsonObject>;
}

export interface HostLinkEvents {
  readonly message: (message: PlaceMessage | VaultMessage | SiteRequestMessage) => void;
  /** `no-key`: the host does not let this page in. `ended`: there is no host; it is looked for again. */
  readonly lost: (why: "no-key" | "ended") => void;
}

/** Between two attempts to find the host again. */
const RETRY_MS = 1_500;

interface OpenCall {
  readonly talk: Talk;
  readonly resolve: (value: JsonObject) => void;
  readonly reject: (error: CommandError) => void;
}

export function openHostLink(events: HostLinkEvents): HostLink {
  const calls = new Map<number, OpenCall>();
  let socket: WebSocket | null = null;
  let count = 0;

  const send = (message: PageMessage): void => socket?.send(JSON.stringify(message));

  async function connect(token: PageToken): Promise<void> {
    if (token.value === null) return events.lost("no-key");
    try {
      const ticket = await obtainTicket(token.value);
      if (ticket === null) return events.lost("no-key");
      listen(token, new WebSocket(`ws://${location.host}/api/socket?ticket=${ticket}`));
    } catch {
      retry(token);
    }
    return undefined;
  }

  function retry(token: PageToken): void {
    events.lost("ended");
    setTimeout(() => void connect(token), RETRY_MS);
  }

  function listen(token: PageToken, opened: WebSocket): void {
    socket = opened;
    opened.addEventListener("message", ({ data }) => {
      const message = JSON.parse(data as string) as HostMessage;
      if (message.type === "token") token.value = message.token;
      else if ("id" in message) void receive(message);
      else events.message(message);
    });
    opened.addEventListener("close", () => {
      socket = null;
      for (const { reject } of calls.values()) reject(new CommandError("LK-CLI-HOST", "host is gone"));
      calls.clear();
      retry(token);
    });
  }

  async function receive(message: Extract<HostMessage, { readonly id: number }>): Promise<void> {
    const { id } = message;
    const call = calls.get(id);
    if (call === undefined) return;
    switch (message.type) {
      case "tell":
        return call.talk.onTell?.(message.event);
      case "ask":
        try {
          if (call.talk.onAsk === undefined) throw new TypeError("nobody to ask");
          send({ type: "answer", id, answer: await call.talk.onAsk(message.kind, message.purpose) });
        } catch {
          send({ type: "cancel", id });
        }
        return undefined;
      case "result":
        calls.delete(id);
        return call.resolve(message.value);
      case "error":
        calls.delete(id);
        return call.reject(new CommandError(message.code, message.message));
    }
  }

  void obtainPageToken().then(connect);
  return {
    call(method, params, talk = {}) {
      return new Promise((resolve, reject) => {
        if (socket === null) return reject(new CommandError("LK-CLI-HOST", "host is gone"));
        const id = ++count;
        calls.set(id, { talk, resolve, reject });
        talk.signal?.addEventListener("abort", () => send({ type: "cancel", id }), { once: true });
        talk.wishes?.addEventListener("more-time", () => send({ type: "more-time", id }));
        send({ type: "call", id, method, params });
      });
    },
  };
}
