/** The page's end of the service worker: registers it, and says when a newer version waits. */
import { type ReadonlySignal, signal } from "@preact/signals";
import { TAKE_OVER } from "./service-worker-message.ts";

/** How often a page that stays open asks for a newer version. */
const LOOK_EVERY_MS = 60 * 60 * 1000;

/** Trusted Types: the one address that this app ever turns into a script. */
function trust(address: string): string {
  const { trustedTypes } = globalThis as {
    readonly trustedTypes?: {
      createPolicy(
        name: string,
        rules: { createScriptURL(url: string): string },
      ): { createScriptURL(url: string): string };
    };
  };
  const rules = {
    createScriptURL(url: string): string {
      if (url !== address) throw new TypeError("no other script");
      return url;
    },
  };
  return trustedTypes?.createPolicy("latchkey", rules).createScriptURL(address) ?? address;
}

export function registerServiceWorker(): ReadonlySignal<(() => void) | null> {
  const update = signal<(() => void) | null>(null);
  void register(update).catch(() => {});
  return update;
}

async function register(update: { value: (() => void) | null }): Promise<void> {
  // A browser may switch service workers off: then there is no app without a network, and everything else works.
  if (!("serviceWorker" in navigator)) return;
  const { serviceWorker } = navigator;
  const registration = await serviceWorker.register(trust("./service-worker.js"), { updateViaCache: "none" });

  function offer(): void {
    const { waiting } = registration;
    // The first version waits for nothing.
    if (waiting === null || serviceWorker.controller === null) return;
    update.value = () => {
      serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
      // A worker has no target: it is this origin's alone.
      // oxlint-disable-next-line unicorn/require-post-message-target-origin
      waiting.postMessage(TAKE_OVER);
    };
  }
  offer();
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", offer);
  });
  const look = (): void => void registration.update().catch(() => {});
  setInterval(look, LOOK_EVERY_MS);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") look();
  });
}
