/** Which screen is shown, kept in the address behind the `#`: back and forward work, and a reload comes to the same place. */
import { signal, type ReadonlySignal } from "@preact/signals";

export type Route =
  | {
      readonly screen:
        | "passkeys"
        | "devices"
        | "add-device"
        | "sync"
        | "trash"
        | "settings"
        | "moving"
        | "recovery"
        | "about"
        | "activity"
        | "replace"
        | "practice";
    }
  | { readonly screen: "passkey"; readonly id: string };

const PLAIN = [
  "passkeys",
  "devices",
  "add-device",
  "sync",
  "trash",
  "settings",
  "moving",
  "recovery",
  "about",
  "activity",
  "replace",
  "practice",
] as const;

export const addressOf = (route: Route): string =>
  route.screen === "passkey" ? `#/passkey/${route.id}` : `#/${route.screen}`;

/** The list is home, and where an unknown address leads. */
export function readRoute(hash: string): Route {
  const [, name = "", id] = /^#\/([a-z-]+)(?:\/([A-Za-z0-9_-]+))?$/.exec(hash) ?? [];
  if (name === "passkey" && id !== undefined) return { screen: "passkey", id };
  const screen = PLAIN.find((each) => each === name);
  return { screen: screen ?? "passkeys" };
}

export interface Router {
  readonly route: ReadonlySignal<Route>;
  go(route: Route): void;
}

export function createRouter(): Router {
  const route = signal(readRoute(location.hash));
  addEventListener("hashchange", () => (route.value = readRoute(location.hash)));
  return { route, go: (next) => void (location.hash = addressOf(next)) };
}
