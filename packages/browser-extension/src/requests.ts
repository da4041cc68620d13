/**
 * The requests of pages on their way to the host and back, and the window in which Latchkey asks the person. The browser says whose request
 * it is; nothing of the page is looked at here. Whatever ends a request ends its window.
 */
import { api, type ProxyAnswer, type ProxyRequest } from "./chrome-api.ts";
import type { HostMessage, RequestKind } from "./host-message.ts";
import type { HostPort } from "./host-port.ts";
import type { StandingKeeper } from "./standing.ts";

/** What browsers say of all that a page is not to tell apart. */
const NOT_ALLOWED = {
  name: "NotAllowedError",
  message: "The operation either timed out or was not allowed.",
};

/** The app on this machine, with a token that lets in once; anything else is not shown. */
const APP_ADDRESS = /^http:\/\/localhost:\d{1,5}\/#launch=[A-Za-z0-9_-]{22}$/;
const WINDOW = { type: "popup", width: 520, height: 720, focused: true } as const;

interface OpenRequest {
  readonly kind: RequestKind;
  window: Promise<number | null> | null;
}

export interface Requests {
  begin(kind: RequestKind, request: ProxyRequest): Promise<void>;
  /** The page gave it up: the browser has told it so. */
  cancel(id: number): void;
  receive(message: Exclude<HostMessage, { readonly type: "hello" }>): void;
  /** A window was closed: if it was the one of a request, the person wants no answer. */
  closeWindow(window: number): void;
  /** The host is gone. */
  failAll(): void;
}

export function createRequests(host: HostPort, keeper: StandingKeeper): Requests {
  const open = new Map<number, OpenRequest>();

  /** Takes the request off the list; `null` when it is over already. */
  function take(id: number): OpenRequest | null {
    const request = open.get(id) ?? null;
    open.delete(id);
    void request?.window?.then((window) => (window === null ? undefined : closeQuietly(window)));
    return request;
  }

  async function complete(kind: RequestKind, answer: ProxyAnswer): Promise<void> {
    const proxy = api.webAuthenticationProxy;
    try {
      await (kind === "create" ? proxy.completeCreateRequest(answer) : proxy.completeGetRequest(answer));
    } catch {
      // The page is gone, or the browser could not read the answer: then the page must not wait for ever.
      if (answer.error === undefined)
        await complete(kind, { requestId: answer.requestId, error: NOT_ALLOWED });
    }
  }

  const fail = (id: number, error = NOT_ALLOWED): void => {
    const request = take(id);
    if (request !== null) void complete(request.kind, { requestId: id, error });
  };

  function show(id: number, address: string): void {
    const request = open.get(id);
    if (request === undefined || request.window !== null) return;
    if (!APP_ADDRESS.test(address)) return giveUp(id);
    request.window = api.windows.create({ ...WINDOW, url: address }).then(
      ({ id: window = null }) => window,
      () => {
        giveUp(id);
        return null;
      },
    );
  }

  function giveUp(id: number): void {
    host.send({ type: "cancel", id });
    fail(id);
  }

  return {
    async begin(kind, { requestId, requestDetailsJson }) {
      open.set(requestId, { kind, window: null });
      // A worker that was started for this request does not know its host yet.
      const standing = keeper.standing === "answering" ? "answering" : await keeper.settle();
      if (!open.has(requestId)) return;
      if (standing !== "answering") fail(requestId);
      else host.send({ type: "request", id: requestId, kind, details: requestDetailsJson });
    },

    cancel(id) {
      if (take(id) !== null) host.send({ type: "cancel", id });
    },

    receive(message) {
      const { id } = message;
      if (message.type === "show") return show(id, message.address);
      if (message.type === "error") {
        fail(id, { name: message.name, message: message.message });
        if (message.aside) void keeper.stepAside();
        return undefined;
      }
      const request = take(id);
      if (request !== null) void complete(request.kind, { requestId: id, responseJson: message.response });
      return undefined;
    },

    closeWindow(window) {
      for (const [id, request] of open)
        void request.window?.then((own) => {
          if (own === window && open.has(id)) giveUp(id);
        });
    },

    failAll() {
      for (const id of open.keys()) fail(id);
    },
  };
}

async function closeQuietly(window: number): Promise<void> {
  try {
    await api.windows.remove(window);
  } catch {
    // The person was quicker.
  }
}
