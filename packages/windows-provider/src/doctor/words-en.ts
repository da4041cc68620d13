/** English texts of the doctor's findings: what was found and, where it is broken, what to do. `{0}`, `{1}` are filled in. */
export interface FindingText {
  readonly text: string;
  /** `null` when all is well. */
  readonly next: string | null;
}

const good = (text: string): FindingText => ({ text, next: null });
const bad = (text: string, next: string): FindingText => ({ text, next });

export const FINDING_TEXTS_EN = {
  "not-looked-at": good("not looked at: something before it is broken"),
  "version-ok": good("Windows {0} can have passkey providers"),
  "version-old": bad(
    "Windows {0} cannot have passkey providers: it has no {1}",
    "install the updates of Windows 11 24H2 or 25H2 (build 26100.6725 or 26200.6725 and later)",
  ),
  "session-ok": good("the session is at this machine"),
  "session-remote": bad(
    "this is a remote session, where Windows allows no passkey provider",
    "sign in at the machine itself",
  ),
  "package-ok": good("package {0}"),
  "package-none": bad(
    "no package identity: Windows will not list Latchkey",
    "install Latchkey's MSIX package and start it from there",
  ),
  "hello-ok": good("Windows Hello is set up"),
  "hello-none": bad(
    "Windows Hello is not set up",
    "Settings, Accounts, Sign-in options: set up a PIN, a finger or a face",
  ),
  "hello-refused": bad(
    "Windows Hello does not answer: {0}",
    "start Windows again; if it stays, remove the PIN of Windows Hello and set it up anew",
  ),
  "tpm-ok": good("TPM {0}"),
  "tpm-unknown": good("Windows does not say whether there is a TPM"),
  "tpm-none": bad(
    "this machine has no TPM, or it is switched off",
    "switch the TPM on in the firmware's settings",
  ),
  "registered-ok": good("Latchkey is registered with Windows"),
  "registered-no": bad("Latchkey is not registered with Windows", "run latchkey provider enable"),
  "registered-unfit": bad(
    "Windows makes no key for Latchkey: {0}",
    "set up the PIN of Windows Hello anew; look whether the TPM is on",
  ),
  "registered-refused": bad("Windows refuses: {0}", "start Windows again; if it stays, report this code"),
  "switched-on-ok": good("Latchkey is switched on in Settings"),
  "switched-on-no": bad(
    "Latchkey is switched off in Settings",
    "Settings, Accounts, Passkeys, Advanced options: turn Latchkey on and confirm with Windows Hello",
  ),
  "key-ok": good("Windows signs its requests with {0}; {1} verifications so far"),
  "key-unknown": bad(
    "Windows' key for its requests is of a kind that Latchkey does not know",
    "update Latchkey; until then it refuses all requests",
  ),
  "key-refused": bad(
    "Windows does not give its key for requests: {0}",
    "run latchkey provider disable, then latchkey provider enable",
  ),
  "class-ok": good("Windows starts Latchkey and reaches it; it is {0}"),
  "class-missing": bad(
    "Windows does not know Latchkey's class: {0}",
    "install the MSIX package again: the class is missing in it",
  ),
  "class-silent": bad("Windows does not reach Latchkey: {0}", "end Latchkey in Task Manager and try again"),
  "list-ok": good("{0} passkeys in the vault and in Windows' list"),
  "list-locked": good("{0} passkeys in Windows' list; the vault is locked"),
  "list-differs": bad(
    "of the vault's passkeys {0} are not in Windows' list, and {1} in it are not in the vault",
    "open the vault with latchkey unlock and wait a second; then ask again",
  ),
  "list-refused": bad("Windows' list cannot be read: {0}", "start Latchkey again"),
  "extensions-none": good("no browser extension that is known to answer for passkeys first"),
  "extensions-some": good(
    "{0} may answer a page before Windows is asked; if it does, switch off passkeys in the extension",
  ),
  "failures-none": good("no ceremony was refused lately"),
  "failures-some": good("last refused: {0}"),
} as const satisfies Record<string, FindingText>;

export type FindingKey = keyof typeof FINDING_TEXTS_EN;
