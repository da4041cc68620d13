/**
 * Where a request of the browser and the person meet: what a page of the app shows of the one request that is open, and what the person
 * answers there. Never in the website's page. One request at a time: while a person decides about one, no other can take its place.
 */
import type { SiteRequestStep, SiteRequestView } from "@latchkey/web-ui/link/app-message";
import { isVaultError, VaultError } from "@latchkey/core/errors";

export interface DeskAnswer {
  /** `null`: the system verifies the person, or nothing is to be verified. */
  readonly passphrase: string | null;
  /** Index of the account. */
  readonly account: number;
}

export interface OpenRequest {
  /**
   * Shows a step and waits until the person's answer is accepted. What can be mended (a wrong passphrase) is told to the page, and asked
   * again; everything else that `accept` throws is told and thrown. Throws `LK-AUTH-DENIED` when the person refuses, the reason of the
   * signal when the request ends otherwise.
   */
  ask<T>(step: SiteRequestStep, accept: (answer: DeskAnswer) => Promise<T>): Promise<T>;
  /** Whether the person wants something else than Latchkey to answer. */
  readonly isForOthers: boolean;
  /** Takes it off the screen. */
  end(): void;
}

export interface RequestDesk {
  /** `null`: none is open. */
  readonly view: SiteRequestView | null;
  /** Throws `LK-BROWSER-BUSY` while another one is open. `onShow`: called when there is first something to be shown. */
  open(facts: Omit<SiteRequestView, "id" | "step">, signal: AbortSignal, onShow: () => void): OpenRequest;
  /** Resolves when the answer is accepted; throws why not. */
  answer(id: number, answer: DeskAnswer): Promise<void>;
  /** `forOthers`: the person wants to use something else. */
  deny(id: number, forOthers: boolean): void;
  subscribe(listener: () => void): () => void;
}

/** What the person can mend at once: the vault stays as it is. */
const MENDABLE = ["LK-KEY-PASSPHRASE-WRONG", "LK-KEY-WAIT", "LK-CLI-NO-INPUT"] as const;

interface Waiting {
  readonly give: (answer: DeskAnswer, told: PromiseWithResolvers<void>) => void;
  readonly refuse: (error: unknown) => void;
}

interface Pending {
  view: SiteRequestView | null;
  waiting: Waiting | null;
  isForOthers: boolean;
}

export function createRequestDesk(): RequestDesk {
  const listeners = new Set<() => void>();
  let count = 0;
  let pending: Pending | null = null;

  const tell = (): void => {
    for (const listener of listeners) listener();
  };

  /** The request that a page means. Throws `LK-AUTH-CANCELLED` for one that is over, or does not wait. */
  function waitingOf(id: number): { readonly request: Pending; readonly waiting: Waiting } {
    if (pending?.view?.id !== id || pending.waiting === null)
      throw new VaultError("LK-AUTH-CANCELLED", `request ${id} waits for nobody`);
    return { request: pending, waiting: pending.waiting };
  }

  return {
    get view() {
      return pending?.view ?? null;
    },

    open(facts, signal, onShow) {
      if (pending !== null) throw new VaultError("LK-BROWSER-BUSY", "another request is open");
      const own: Pending = { view: null, waiting: null, isForOthers: false };
      const id = ++count;
      pending = own;

      async function nextAnswer(step: SiteRequestStep) {
        signal.throwIfAborted();
        const isFirst = own.view === null;
        own.view = { ...facts, id, step };
        try {
          return await new Promise<{ answer: DeskAnswer; told: PromiseWithResolvers<void> }>(
            (resolve, reject) => {
              own.waiting = { give: (answer, told) => resolve({ answer, told }), refuse: reject };
              signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
              tell();
              if (isFirst) onShow();
            },
          );
        } finally {
          own.waiting = null;
        }
      }

      return {
        get isForOthers() {
          return own.isForOthers;
        },
        async ask(step, accept) {
          for (;;) {
            const { answer, told } = await nextAnswer(step);
            try {
              const accepted = await accept(answer);
              told.resolve();
              return accepted;
            } catch (error) {
              told.reject(error);
              if (!MENDABLE.some((code) => isVaultError(error, code))) throw error;
            }
          }
        },
        end() {
          if (pending !== own) return;
          pending = null;
          tell();
        },
      };
    },

    async answer(id, answer) {
      const told = Promise.withResolvers<void>();
      waitingOf(id).waiting.give(answer, told);
      await told.promise;
    },

    deny(id, forOthers) {
      const { request, waiting } = waitingOf(id);
      request.isForOthers = forOthers;
      waiting.refuse(new VaultError("LK-AUTH-DENIED", "the person refused"));
    },

    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
