/**
 * One page's socket: the live view of the vault going out, calls coming in (`app-message.ts` has the messages). Calls run side by side; all
 * of them end with the socket. A page that does not keep to the messages loses its socket.
 */
import type { HostMessage, PageMessage } from "@latchkey/web-ui/link/app-message";
import type { ManagedView } from "@latchkey/web-ui/model/managed-view";
import { VaultError } from "@latchkey/core/errors";
import { describeForPeer } from "../control/message.ts";
import type { Channel } from "@latchkey/device-host/channel";
import { encodeInvitationQr } from "../qr/render-qr.ts";
import type { JsonObject } from "../terminal/json.ts";
import { type AppDeps, callAppMethod, listAppMethods, suggestDeviceName } from "./app-methods.ts";
import { readPageMessage } from "./read-page-message.ts";
import type { Machine } from "./served-vault.ts";
import { createVaultFeed, type VaultFeed } from "@latchkey/device-host/vault-feed";

/** Calls of one page under way at a time; a limit on what a runaway page can start. */
const MAX_CALLS = 16;

export interface PageSocket {
  send(text: string): void;
  close(): void;
}

export interface PageConnection {
  receive(text: string): void;
  /** The page's token is worth nothing any more; this is its next. */
  renew(token: string): void;
  end(): void;
}

interface OpenCall {
  readonly stop: AbortController;
  readonly wishes: EventTarget;
  answer: ((answer: string) => void) | null;
}

export function openPageConnection(deps: AppDeps, socket: PageSocket): PageConnection {
  const { served } = deps;
  const calls = new Map<number, OpenCall>();
  let feed: VaultFeed | null = null;
  let phase: string | null = null;
  let isStale = false;
  let isShowing = false;
  let ended = false;

  const send = (message: HostMessage): void => {
    if (!ended) socket.send(JSON.stringify(message));
  };

  /** Brings the page up to date. What happens meanwhile comes in the next round: one view for a burst of changes. */
  async function show(): Promise<void> {
    isStale = true;
    if (isShowing) return;
    isShowing = true;
    try {
      while (isStale) {
        isStale = false;
        if (ended) return;
        if (phase !== served.phase) showPlace();
        if (phase !== "open") continue;
        feed ??= createVaultFeed();
        const message = await feed(served.services);
        // Locked in between: nothing of it may be shown any more.
        if (served.phase === "open") send(message);
      }
    } catch (error) {
      if (served.phase === "open") served.reportFault(error);
    } finally {
      isShowing = false;
      if (isStale && !ended && served.phase !== phase) void show();
    }
  }

  function showPlace(): void {
    phase = served.phase;
    if (phase !== "open") feed = null;
    send({
      type: "place",
      phase: served.phase,
      machine: suggestDeviceName(),
      methods: listAppMethods(served),
      managed: describeManaged(served.machine),
    });
  }

  function begin({ id, method, params }: PageMessage & { type: "call" }): void {
    if (calls.has(id) || calls.size >= MAX_CALLS)
      throw new VaultError("LK-CLI-HOST", `call ${id} is one too many`);
    const call: OpenCall = { stop: new AbortController(), wishes: new EventTarget(), answer: null };
    calls.set(id, call);
    void callAppMethod(deps, method, params, channelOf(id, call))
      .then((value) => send({ type: "result", id, value }))
      .catch((error: unknown) => {
        if (!(error instanceof VaultError)) served.reportFault(error);
        send({ type: "error", id, ...describeForPeer(error) });
      })
      .finally(() => calls.delete(id));
  }

  function channelOf(id: number, call: OpenCall): Channel {
    return {
      signal: call.stop.signal,
      wishes: call.wishes,
      tell: (event) => send({ type: "tell", id, event: drawn(event) }),
      ask: ({ kind, purpose }) =>
        new Promise((resolve, reject) => {
          if (call.answer !== null) throw new TypeError("page cannot be asked that now");
          const onStop = (): void => reject(call.stop.signal.reason as Error);
          if (call.stop.signal.aborted) return onStop();
          call.stop.signal.addEventListener("abort", onStop, { once: true });
          call.answer = (answer) => {
            call.answer = null;
            call.stop.signal.removeEventListener("abort", onStop);
            resolve(answer);
          };
          send({ type: "ask", id, kind, purpose });
        }),
    };
  }

  function receive(message: PageMessage): void {
    if (message.type === "call") return begin(message);
    const call = calls.get(message.id);
    // A call that ended while the message was on its way.
    if (call === undefined) return undefined;
    if (message.type === "answer") return call.answer?.(message.answer);
    if (message.type === "more-time") {
      call.wishes.dispatchEvent(new Event("more-time"));
      return undefined;
    }
    return call.stop.abort(new VaultError("LK-CLI-CANCELLED", "given up in the app"));
  }

  const showRequest = (): void => send({ type: "request", request: served.requests.view });
  const unsubscribe = [served.subscribe(() => void show()), served.requests.subscribe(showRequest)];
  void show();
  if (served.requests.view !== null) showRequest();
  return {
    receive(text) {
      try {
        receive(readPageMessage(text));
      } catch (error) {
        if (!(error instanceof VaultError)) served.reportFault(error);
        socket.close();
      }
    },
    renew: (token) => send({ type: "token", token }),
    end() {
      ended = true;
      for (const stop of unsubscribe) stop();
      for (const { stop } of calls.values()) stop.abort(new VaultError("LK-CLI-CANCELLED", "page went away"));
    },
  };
}

/** As `latchkey status` has it. */
function describeManaged({ policy: { policy, problems } }: Machine): ManagedView {
  return { ...policy, forceRelay: policy.forceRelay?.origin ?? null, problems };
}

/** An invitation, or this device's own code, is shown as a picture, too: rows of modules, dark is 1. */
function drawn(event: JsonObject): JsonObject {
  return (event["event"] === "invitation" || event["event"] === "request") &&
    typeof event["text"] === "string"
    ? { ...event, modules: encodeInvitationQr(event["text"]) }
    : event;
}
