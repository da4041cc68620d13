/** Whether the app is installed, and how it can be: a tab is no place to keep a vault (experience.md § 8). */
import { signal, type ReadonlySignal } from "@preact/signals";
import { namePlatform } from "./name-phone.ts";

/** Chromium's; not in TypeScript's library. */
interface InstallPrompt extends Event {
  prompt(): Promise<unknown>;
}

export interface Installation {
  readonly isInstalled: boolean;
  /** iOS gives the installed app a storage of its own: what a tab holds never comes over. */
  readonly mustInstall: boolean;
  /** Opens the browser's own question; `null` where the person finds the way through a menu. */
  readonly prompt: ReadonlySignal<(() => void) | null>;
}

export function readInstallation(): Installation {
  const prompt = signal<(() => void) | null>(null);
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    prompt.value = () => void (event as InstallPrompt).prompt();
  });
  const isInstalled =
    matchMedia("(display-mode: standalone)").matches ||
    (navigator as { readonly standalone?: boolean }).standalone === true;
  return { isInstalled, mustInstall: !isInstalled && namePlatform(navigator) === "iOS", prompt };
}
