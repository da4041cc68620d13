/**
 * The steps until the system offers the passkeys of a vault: the one list, which `latchkey provider status` shows in the terminal and the app
 * on its first page.
 */
import type { Check } from "../commands/doctor/check.ts";
import type { SystemProvider } from "./system-provider.ts";

/** Of the doctor's checks, those that the person does something for. */
const CHECKED = ["windows-version", "windows-hello", "windows-registered", "windows-switched-on"] as const;
/** What Latchkey itself changes, and what only the person's switch does: nothing that is broken before them. */
const IN_HAND: ReadonlySet<string> = new Set(["windows-registered", "windows-switched-on"]);

export interface ProviderStep {
  readonly id: (typeof CHECKED)[number] | "enrolled";
  /** What was found, in the language that was asked for; of `enrolled` in English. */
  readonly text: string;
  readonly isDone: boolean;
}

export interface ProviderSteps {
  readonly steps: readonly ProviderStep[];
  /** The broken link that has to be mended before anything here can be done; `null` where there is none. */
  readonly obstacle: Check | null;
}

/** `enrolled`: whether the system opens this vault. Throws `LK-WINDOWS-…`. */
export async function listProviderSteps(
  system: SystemProvider,
  enrolled: boolean,
  language?: "de" | "en",
): Promise<ProviderSteps> {
  const checks = await system.examineSetUp(language);
  const broken = checks.find(({ ok }) => ok === false);
  const steps = CHECKED.flatMap((id): ProviderStep[] => {
    const check = checks.find((each) => each.id === id);
    return check === undefined ? [] : [{ id, text: check.text, isDone: check.ok === true }];
  });
  steps.push({ id: "enrolled", text: "Windows Hello opens the vault", isDone: enrolled });
  return { steps, obstacle: broken === undefined || IN_HAND.has(broken.id) ? null : broken };
}
