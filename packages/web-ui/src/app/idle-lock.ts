/** Locks the vault when nobody touched the page for some minutes (experience.md § 7, U2). */
import { effect } from "@preact/signals";
import type { App } from "./app-context.ts";

/** Among the tabs of the app: a person who is busy in one is not away from the others. */
const CHANNEL = "latchkey-life";
/** Told no more often. */
const TELL_MS = 1_000;
const SIGNS_OF_LIFE = ["keydown", "pointerdown", "pointermove", "wheel", "touchstart"] as const;
/** A time limit that is looked at this often is late by no more. */
const LOOK_MS = 5_000;

/** `now`: milliseconds. Returns the way to stop. */
export function startIdleLock({ model, commands, preferences }: App, now: () => number): () => void {
  let latest = now();
  let told = 0;
  const tabs = new BroadcastChannel(CHANNEL);
  const onLife = (): void => {
    latest = now();
    if (latest - told < TELL_MS) return;
    told = latest;
    // A channel has no target: it reaches pages of this origin alone.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    tabs.postMessage(null);
  };
  tabs.addEventListener("message", () => (latest = now()));
  for (const sign of SIGNS_OF_LIFE) addEventListener(sign, onLife, { passive: true, capture: true });

  function look(): void {
    const minutes = model.managed.value.autoLockMinutes ?? Number(preferences.idleMinutes.value);
    const limit = minutes * 60_000;
    if (model.place.value === "open" && now() - latest >= limit) void commands.lock().catch(() => {});
  }

  const timer = setInterval(look, LOOK_MS);
  // Opened somewhere else, on a person's wish: the time begins anew.
  const stopEffect = effect(() => {
    if (model.place.value === "open") onLife();
  });
  return () => {
    clearInterval(timer);
    stopEffect();
    tabs.close();
    for (const sign of SIGNS_OF_LIFE) removeEventListener(sign, onLife, { capture: true });
  };
}
