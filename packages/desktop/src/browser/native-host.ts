/**
 * The native messaging host: what a browser starts for the extension, and ends with it. It hands messages on between the browser's pipe and
 * the vault's host (`latchkey up`) and knows nothing of keys: one request at a time, each on a control connection of its own, whose end is
 * the request's cancellation. What is malformed ends it.
 */
import type { Readable, Writable } from "node:stream";
import {
  type ExtensionMessage,
  type HostMessage,
  type HostState,
  PROTOCOL_VERSION,
  type Standing,
} from "@latchkey/browser-extension/host-message";
import { isVaultError } from "@latchkey/core/errors";
import type { ControlClient } from "../control/connect-control.ts";
import { createFrameParser, encodeFrame, NATIVE_MESSAGING } from "../control/frame.ts";
import type { JsonObject } from "../terminal/json.ts";
import { readExtensionMessage } from "./read-extension-message.ts";

export interface NativeHostDeps {
  readonly input: Readable;
  readonly output: Writable;
  /** The vault's host, started if need be. Throws `LK-VAULT-MISSING` where there is no vault. */
  readonly connect: () => Promise<ControlClient>;
  /** Told what the extension does. */
  readonly onStanding: (standing: Standing) => void;
  /** Told what went wrong, for the browser's log. */
  readonly reportFault: (fault: unknown) => void;
}

type Request = Extract<ExtensionMessage, { readonly type: "request" }>;

/** As browsers word it: the page learns no more. */
const NOT_ALLOWED = {
  name: "NotAllowedError",
  message: "The operation either timed out or was not allowed.",
};

/** Resolves when the browser has closed the pipe: everything under way is over then. Throws `LK-BROWSER-MESSAGE`. */
export async function serveNativeHost({
  input,
  output,
  connect,
  onStanding,
  reportFault,
}: NativeHostDeps): Promise<void> {
  let open = null as { readonly id: number; readonly stop: AbortController } | null;
  /** Whoever stopped reading hears nothing more. */
  output.on("error", () => {});

  function send(message: HostMessage): void {
    output.write(encodeFrame(message, NATIVE_MESSAGING));
  }

  async function readState(): Promise<HostState> {
    try {
      const control = await connect();
      try {
        const { state } = (await control.call("browser.state", {})) as JsonObject;
        return state as HostState;
      } finally {
        control.close();
      }
    } catch (error) {
      if (isVaultError(error, "LK-VAULT-MISSING")) return "no-vault";
      reportFault(error);
      return "failed";
    }
  }

  async function answer({ id, kind, details }: Request, signal: AbortSignal): Promise<HostMessage> {
    const control = await connect();
    try {
      const outcome = (await control.call(
        "browser.request",
        { kind, details },
        {
          signal,
          onTell(event) {
            const { event: what, address } = event as JsonObject;
            if (what === "show") send({ type: "show", id, address: address as string });
          },
        },
      )) as JsonObject;
      if (typeof outcome["response"] === "string")
        return { type: "response", id, response: outcome["response"] };
      const { name, message } = outcome["error"] as JsonObject;
      return {
        type: "error",
        id,
        name: name as string,
        message: message as string,
        aside: outcome["aside"] === true,
      };
    } finally {
      control.close();
    }
  }

  async function begin(request: Request): Promise<void> {
    const { id } = request;
    const failure: HostMessage = { type: "error", id, ...NOT_ALLOWED, aside: false };
    if (open !== null) return send(failure);
    const stop = new AbortController();
    open = { id, stop };
    try {
      const message = await answer(request, stop.signal).catch((error: unknown) => {
        if (!stop.signal.aborted) reportFault(error);
        return failure;
      });
      if (!stop.signal.aborted) send(message);
    } finally {
      open = null;
    }
    return undefined;
  }

  function receive(message: ExtensionMessage): void {
    switch (message.type) {
      case "hello":
        void readState().then((state) => send({ type: "hello", version: PROTOCOL_VERSION, state }));
        break;
      case "request":
        void begin(message);
        break;
      case "standing":
        onStanding(message.standing);
        break;
      case "cancel":
        if (open?.id === message.id) open.stop.abort(new Error("request was given up"));
    }
  }

  const parser = createFrameParser((value) => receive(readExtensionMessage(value)), NATIVE_MESSAGING);
  try {
    for await (const bytes of input as AsyncIterable<Uint8Array>) parser.push(bytes);
  } finally {
    open?.stop.abort(new Error("browser closed the pipe"));
  }
}
