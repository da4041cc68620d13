/** What the popup asks of the worker: to look again, to switch on or off, to step aside for a minute. The answer is the standing. */

export type PopupWish = "look" | "on" | "off" | "aside";

const WISHES: readonly PopupWish[] = ["look", "on", "off", "aside"];

/** `null`: not from the popup. */
export function readPopupWish(message: unknown): PopupWish | null {
  const given = typeof message === "object" && message !== null && "wish" in message ? message.wish : null;
  return WISHES.find((wish) => wish === given) ?? null;
}
