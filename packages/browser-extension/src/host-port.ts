/**
 * The way to the native messaging host: a process that the browser starts, and ends with the port. While it is open the browser keeps this
 * worker alive. When the host goes away the port is opened again by whoever needs it next.
 */
import { api, type Port } from "./chrome-api.ts";
import {
  type ExtensionMessage,
  type HostMessage,
  type HostState,
  PROTOCOL_VERSION,
  readHostMessage,
  type Standing,
} from "./host-message.ts";
import { HOST_NAME } from "./identity.ts";

export type Reached = HostState | Extract<Standing, "missing" | "other-version">;

export interface HostPort {
  /** What the host says of itself, now. Never rejects. */
  ask(): Promise<Reached>;
  /** Nothing where there is no port. */
  send(message: ExtensionMessage): void;
}

/** It may have to start the vault's own host, on a busy machine. */
const ANSWER_MS = 30_000;

/** What Chromium says when no manifest names the host, or names a program that is not there. */
const NOT_THERE = /not found|forbidden/i;

/** `onGone`: the host ended, and with it whatever it was asked. */
export function createHostPort(on: {
  readonly message: (message: Exclude<HostMessage, { readonly type: "hello" }>) => void;
  readonly gone: () => void;
}): HostPort {
  let port: Port | null = null;
  let waiting: ((reached: Reached) => void)[] = [];

  function settle(reached: Reached): void {
    const told = waiting;
    waiting = [];
    for (const tell of told) tell(reached);
  }

  /** Over, by whoever's doing: what was asked is not answered any more. */
  function end(ended: Port, reached: Reached): void {
    if (port !== ended) return;
    port = null;
    settle(reached);
    on.gone();
  }

  function open(): Port {
    const opened = api.runtime.connectNative(HOST_NAME);
    opened.onMessage.addListener((value) => {
      const message = readHostMessage(value);
      if (message === null) {
        opened.disconnect();
        return end(opened, "failed");
      }
      if (message.type !== "hello") return on.message(message);
      return settle(message.version === PROTOCOL_VERSION ? message.state : "other-version");
    });
    opened.onDisconnect.addListener(() => {
      const why = api.runtime.lastError?.message ?? "";
      end(opened, NOT_THERE.test(why) ? "missing" : "failed");
    });
    return opened;
  }

  const send = (message: ExtensionMessage): void => port?.postMessage(message);

  return {
    ask: () =>
      new Promise((resolve) => {
        port ??= open();
        const asked = port;
        const timer = setTimeout(() => {
          asked.disconnect();
          end(asked, "failed");
        }, ANSWER_MS);
        waiting.push((reached) => {
          clearTimeout(timer);
          resolve(reached);
        });
        send({ type: "hello", version: PROTOCOL_VERSION });
      }),
    send,
  };
}
