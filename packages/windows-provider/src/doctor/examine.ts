/**
 * The doctor's judgement over what was found on Windows: one line a link of the chain, in the order in which a sign-in needs them. A link
 * that is broken names what to do next; what hangs on it is not judged, for its answer would only mislead. What is beside the chain comes
 * last and is always told.
 */
import { formatHresult, HRESULT } from "../native/hresult.ts";
import type { Failure } from "./failure-log.ts";
import type { SetUpFacts, WindowsFacts } from "./facts.ts";
import { FINDING_TEXTS_DE } from "./words-de.ts";
import { type FindingKey, FINDING_TEXTS_EN, type FindingText } from "./words-en.ts";

export type Language = "de" | "en";

/** Ids are stable: scripts name them. */
export type CheckId =
  | "windows-version"
  | "windows-session"
  | "windows-package"
  | "windows-hello"
  | "windows-tpm"
  | "windows-registered"
  | "windows-switched-on"
  | "windows-key"
  | "windows-class"
  | "windows-list"
  | "windows-extensions"
  | "windows-failures";

export interface Finding {
  readonly id: CheckId;
  /** `null`: a link before it is broken. */
  readonly ok: boolean | null;
  readonly text: string;
  /** What the person can do; `null` when it is in order. */
  readonly hint: string | null;
}

type Judgement = readonly [key: FindingKey, ...values: readonly (string | number)[]];
/** `listable`: ids of the vault's passkeys that the list should have; `null` while the vault is locked. */
type Check = (facts: WindowsFacts, listable: readonly string[] | null) => Judgement;

/** Up to the switch in Settings. */
const SET_UP: readonly (readonly [CheckId, (facts: SetUpFacts) => Judgement])[] = [
  [
    "windows-version",
    ({ build, edition, missingExports: [missing] }) => {
      const name = [build ?? "?", ...(edition === null ? [] : [edition])].join(" ");
      return missing === undefined ? ["version-ok", name] : ["version-old", name, missing];
    },
  ],
  ["windows-session", ({ isRemote }) => [isRemote ? "session-remote" : "session-ok"]],
  [
    "windows-package",
    ({ packageName }) => (packageName === null ? ["package-none"] : ["package-ok", packageName]),
  ],
  [
    "windows-hello",
    ({ hello }) => {
      if ("hresult" in hello) return ["hello-refused", formatHresult(hello.hresult)];
      return [hello.value ? "hello-ok" : "hello-none"];
    },
  ],
  [
    "windows-tpm",
    ({ tpm }) => {
      if (tpm === null) return ["tpm-unknown"];
      return tpm === "none" ? ["tpm-none"] : ["tpm-ok", tpm];
    },
  ],
  [
    "windows-registered",
    ({ state }) => {
      if ("value" in state) return [state.value === null ? "registered-no" : "registered-ok"];
      const isUnfit = state.hresult === HRESULT.notSupported;
      return [isUnfit ? "registered-unfit" : "registered-refused", formatHresult(state.hresult)];
    },
  ],
  [
    "windows-switched-on",
    ({ state }) => ["value" in state && state.value === "enabled" ? "switched-on-ok" : "switched-on-no"],
  ],
];

const CHAIN: readonly (readonly [CheckId, Check])[] = [
  ...SET_UP,
  [
    "windows-key",
    ({ operationKey, verifications }) => {
      if ("hresult" in operationKey) return ["key-refused", formatHresult(operationKey.hresult)];
      if (operationKey.value === null) return ["key-unknown"];
      return ["key-ok", operationKey.value, "value" in verifications ? verifications.value : "?"];
    },
  ],
  [
    "windows-class",
    ({ ownClass }) => {
      if ("value" in ownClass) return ["class-ok", ownClass.value];
      const isMissing = ownClass.hresult === HRESULT.classNotRegistered;
      return [isMissing ? "class-missing" : "class-silent", formatHresult(ownClass.hresult)];
    },
  ],
  [
    "windows-list",
    ({ listed }, listable) => {
      if ("hresult" in listed) return ["list-refused", formatHresult(listed.hresult)];
      if (listable === null) return ["list-locked", listed.value.length];
      const missing = listable.filter((id) => !listed.value.includes(id)).length;
      const foreign = listed.value.filter((id) => !listable.includes(id)).length;
      return missing + foreign === 0 ? ["list-ok", listable.length] : ["list-differs", missing, foreign];
    },
  ],
];

const BESIDE: readonly (readonly [CheckId, Check])[] = [
  [
    "windows-extensions",
    ({ extensions }) =>
      extensions.length === 0 ? ["extensions-none"] : ["extensions-some", extensions.join(", ")],
  ],
  [
    "windows-failures",
    ({ failures }) =>
      failures.length === 0
        ? ["failures-none"]
        : ["failures-some", failures.slice(-3).map(describeFailure).join("; ")],
  ],
];

const describeFailure = ({ at, kind, hresult }: Failure): string =>
  `${new Date(at).toISOString().slice(0, 16)}Z ${kind} ${formatHresult(hresult)}`;

export function examineWindows(
  facts: WindowsFacts,
  listable: readonly string[] | null,
  language: Language = "en",
): readonly Finding[] {
  const beside = BESIDE.map(([id, check]) => find(id, check(facts, listable), language));
  return [...follow(CHAIN, (check) => check(facts, listable), language), ...beside];
}

/** The links up to the switch, of facts for which no other process was waited for. */
export const examineSetUp = (facts: SetUpFacts, language: Language): readonly Finding[] =>
  follow(SET_UP, (check) => check(facts), language);

function follow<C>(
  chain: readonly (readonly [CheckId, C])[],
  judge: (check: C) => Judgement,
  language: Language,
): Finding[] {
  const findings: Finding[] = [];
  for (const [id, check] of chain) {
    const isWhole = findings.every(({ ok }) => ok === true);
    const { text } = TEXTS[language]["not-looked-at"];
    findings.push(isWhole ? find(id, judge(check), language) : { id, ok: null, text, hint: null });
  }
  return findings;
}

const TEXTS: Readonly<Record<Language, Readonly<Record<FindingKey, FindingText>>>> = {
  de: FINDING_TEXTS_DE,
  en: FINDING_TEXTS_EN,
};

function find(id: CheckId, [key, ...values]: Judgement, language: Language): Finding {
  const { text, next } = TEXTS[language][key];
  return { id, ok: next === null, text: fill(text, values), hint: next };
}

const fill = (text: string, values: readonly (string | number)[]): string =>
  text.replace(/\{(\d)\}/g, (_, index: string) => String(values[Number(index)] ?? ""));
