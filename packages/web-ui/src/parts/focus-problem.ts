/** Takes a person to what has to be mended, once it is drawn (experience.md § 13). */

export function focusFirstProblem(form: HTMLFormElement | null): void {
  requestAnimationFrame(() => form?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
}
