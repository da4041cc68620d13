/**
 * The doctor's judgement over what was found on Windows: one line a link of the chain, in the order in which a sign-in needs them. A link
 * that is broken names what to do next; what hangs on it is not judged, for its answer would only mislead.
 */
import { formatHresult, HRESULT } from "../native/hresult.ts";
import type { WindowsFacts } from "./facts.ts";

export interface Finding {
  readonly check: "windows" | "session" | "package" | "registration" | "switch" | "class" | "list";
  /** `unknown`: a link before it is broken. */
  readonly state: "ok" | "broken" | "unknown";
  readonly text: string;
  /** What the person can do; `null` when it is in order. */
  readonly next: string | null;
}

type Judgement = Pick<Finding, "text" | "next"> & { readonly isOk: boolean };
type Check = (facts: WindowsFacts, passkeys: number | null) => Judgement;

const good = (text: string): Judgement => ({ isOk: true, text, next: null });
const bad = (text: string, next: string): Judgement => ({ isOk: false, text, next });

const CHECKS: readonly (readonly [Finding["check"], Check])[] = [
  [
    "windows",
    ({ missingExports: [missing] }) =>
      missing === undefined
        ? good("this Windows can have passkey providers")
        : bad(
            `this Windows cannot have passkey providers: it has no ${missing}`,
            "install the updates of Windows 11 24H2 or 25H2 (build 26100.6725 or 26200.6725 and later)",
          ),
  ],
  [
    "session",
    ({ isRemote }) =>
      isRemote
        ? bad(
            "this is a remote session, where Windows refuses passkey providers",
            "sign in at the machine itself",
          )
        : good("the session is at this machine"),
  ],
  [
    "package",
    ({ packageName }) =>
      packageName === null
        ? bad(
            "no package identity: Windows will not list Latchkey",
            "install Latchkey's MSIX package and start it from there",
          )
        : good(`package ${packageName}`),
  ],
  [
    "registration",
    ({ state }) => {
      if ("value" in state) {
        return state.value === null
          ? bad("Latchkey is not registered with Windows", "start Latchkey once")
          : good("registered with Windows");
      }
      const text = `Windows refuses: ${formatHresult(state.hresult)}`;
      return state.hresult === HRESULT.notSupported
        ? bad(text, "set up the PIN of Windows Hello anew; look whether the TPM is on")
        : bad(text, "start Windows again; if it stays, report this code");
    },
  ],
  [
    "switch",
    ({ state }) =>
      "value" in state && state.value === "enabled"
        ? good("switched on in Settings")
        : bad(
            "Latchkey is switched off in Settings",
            "Settings, Accounts, Passkeys, Advanced options: turn Latchkey on and confirm with Windows Hello",
          ),
  ],
  [
    "class",
    ({ ownClass }) =>
      "value" in ownClass
        ? good(`Windows reaches Latchkey, which is ${ownClass.value}`)
        : bad(
            `Windows does not reach Latchkey: ${formatHresult(ownClass.hresult)}`,
            ownClass.hresult === HRESULT.classNotRegistered
              ? "install the MSIX package again: the class is missing in it"
              : "end Latchkey in Task Manager and try again",
          ),
  ],
  [
    "list",
    ({ listed }, passkeys) => {
      if ("hresult" in listed) {
        return bad(`Windows' list cannot be read: ${formatHresult(listed.hresult)}`, "start Latchkey again");
      }
      if (passkeys === null) return good(`${listed.value} passkeys in Windows' list; the vault is locked`);
      return listed.value === passkeys
        ? good(`${passkeys} passkeys in the vault and in Windows' list`)
        : bad(
            `${listed.value} passkeys in Windows' list, ${passkeys} in the vault`,
            "open the vault and wait a second; then ask again",
          );
    },
  ],
];

/** `facts` is `null` where this is not Windows; `passkeys` counts those of the vault that can be listed, `null` while it is locked. */
export function examineWindows(facts: WindowsFacts | null, passkeys: number | null): readonly Finding[] {
  if (facts === null) {
    const next = "run this on Windows 11";
    return [
      { check: "windows", state: "broken", text: "not Windows: there is no provider to look at", next },
    ];
  }
  const findings: Finding[] = [];
  let isWhole = true;
  for (const [check, judge] of CHECKS) {
    if (isWhole) {
      const { isOk, text, next } = judge(facts, passkeys);
      isWhole = isOk;
      findings.push({ check, state: isOk ? "ok" : "broken", text, next });
    } else {
      findings.push({
        check,
        state: "unknown",
        text: "not looked at: something before it is broken",
        next: null,
      });
    }
  }
  return findings;
}
