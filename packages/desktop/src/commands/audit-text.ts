/** The activity log in sentences. */
import { countOf, textOf } from "./facts.ts";

/** As the host describes it (`device-host/audit-methods.ts`). */
export interface AuditLineData {
  readonly deviceName: string | null;
  readonly number: number;
  readonly at: string;
  readonly kind: string;
  readonly count: number | null;
  readonly word: string | null;
  readonly hasSubject: boolean;
  readonly site: string | null;
  readonly user: string | null;
  /** The name of a device that the line is about. */
  readonly about: string | null;
}

export interface AuditProblemData {
  readonly is: string;
  readonly number: number;
  readonly last: number;
}

export interface AuditLogData {
  readonly device: string;
  readonly name: string | null;
  readonly thisDevice: boolean;
  readonly lines: number;
  readonly first: number | null;
  readonly last: number | null;
  readonly problems: readonly AuditProblemData[];
}

/** Of a public key: for comparing by eye. */
const SHOWN_LETTERS = 12;

export const nameDevice = (device: string, name: string | null): string =>
  name === null ? `device ${device.slice(0, SHOWN_LETTERS)}…` : textOf(name);

const SENTENCES: Readonly<Record<string, (line: AuditLineData, passkey: string, device: string) => string>> =
  {
    unlock: () => "opened the vault",
    "unlock-failed": ({ count }) => `${countOf(count ?? 1, "wrong passphrase")} before the right one`,
    create: (_, passkey) => `made a passkey for ${passkey}`,
    "sign-in": (_, passkey) => `signed in to ${passkey}`,
    denied: () => "a sign-in was denied",
    edit: ({ word }, passkey) => `changed the ${textOf(word ?? "entry")} of ${passkey}`,
    delete: (_, passkey) => `moved ${passkey} to the trash`,
    restore: (_, passkey) => `took ${passkey} out of the trash`,
    purge: (_, passkey) => `erased ${passkey} for good`,
    import: ({ count, word }) =>
      word === "undone" ? "took an import back" : `imported ${countOf(count ?? 0, "passkey")}`,
    export: ({ count, word }) =>
      `exported ${count === null ? "passkeys" : countOf(count, "passkey")}${word === null ? "" : ` (${textOf(word)})`}`,
    backup: () => "made a sealed backup",
    "device-added": (_, __, device) => `added ${device}`,
    "device-removed": ({ word }, _, device) =>
      word === "later" ? `wanted ${device} removed, at the next contact` : `removed ${device}`,
    "device-approved": (_, __, device) => `let ${device} sign in`,
    "page-made": () => "made a recovery page",
    "page-tested": () => "tested the recovery page",
    "page-used": () => "opened the vault with the recovery page",
    "keys-changed": () => "changed the vault's keys",
    "settings-changed": ({ word }) => `changed a setting: ${textOf(word ?? "unknown")}`,
    "policy-changed": () => "the organization's rules changed",
    "provider-on": () => "turned Windows' passkey provider on",
    "provider-off": () => "turned Windows' passkey provider off",
  };

/** What was done, as a sentence without its end. */
export function describeAuditLine(line: AuditLineData): string {
  const passkey =
    line.site === null
      ? "a passkey that is not in the vault any more"
      : `${textOf(line.site)}${line.user === null ? "" : ` as ${textOf(line.user)}`}`;
  const device = line.about === null ? "a device that is gone" : textOf(line.about);
  return (SENTENCES[line.kind] ?? (() => `did what this version has no words for: ${line.kind}`))(
    line,
    passkey,
    device,
  );
}

const PROBLEMS: Readonly<Record<string, string>> = {
  damaged: "is damaged",
  edited: "is not as its device signed it",
  missing: "is missing",
  "does-not-follow": "does not follow the line before it: the device wrote two histories",
  twice: "is there twice: a copy of the device lived, or its disk was restored",
};

export function describeAuditProblem({ is, number, last }: AuditProblemData): string {
  if (is === "missing" && last > number) return `lines ${number} to ${last} are missing`;
  return `line ${number} ${PROBLEMS[is] ?? is}`;
}
