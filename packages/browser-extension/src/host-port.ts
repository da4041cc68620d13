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

  function open(): Port {
    const opened = api.runtime.connectNative(HOST_NAME);
    opened.onMessage.addListener((message) => {
      if (message.type !== "hello") return on.message(message);
      return settle(message.version === PROTOCOL_VERSION ? message.state : "other-version");
    });
    opened.onDisconnect.addListener(() => {
      const why = api.runtime.lastError?.message ?? "";
      if (port === opened) port = null;
      settle(NOT_THERE.test(why) ? "missing" : "failed");
      on.gone();
    });
    return opened;
  }

  return {
    ask: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        port ??= open();
        port.postMessage({ type: "hello", version: PROTOCOL_VERSION });
      }),
    send: (message) => port?.postMessage(message),
  };
}
