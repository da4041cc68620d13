/** Locks the vault when nobody touched the page for some minutes (experience.md § 7, U2). */
import { effect } from "@preact/signals";
import type { App } from "./app-context.ts";

const SIGNS_OF_LIFE = ["keydown", "pointerdown", "pointermove", "wheel", "touchstart"] as const;
/** A time limit that is looked at this often is late by no more. */
const LOOK_MS = 5_000;

/** `now`: milliseconds. Returns the way to stop. */
export function startIdleLock({ model, commands, preferences }: App, now: () => number): () => void {
  let latest = now();
  const onLife = (): void => void (latest = now());
  for (const sign of SIGNS_OF_LIFE) addEventListener(sign, onLife, { passive: true, capture: true });

  function look(): void {
    const limit = Number(preferences.idleMinutes.value) * 60_000;
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
    for (const sign of SIGNS_OF_LIFE) removeEventListener(sign, onLife, { capture: true });
  };
}
