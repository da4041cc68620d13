/** The activity logs of all devices as this one has them: verified, and with their subjects found again in the vault. */
import { deriveSubject, type SignedLine } from "../audit/audit-line.ts";
import { readAuditKeys, readLines, readOwnLog, readTip } from "../audit/audit-rows.ts";
import { type AuditProblem, type FoundLog, verifyLog } from "../audit/verify-log.ts";
import { equalBytes } from "../bytes/equal.ts";
import { encodeHex } from "../bytes/text.ts";
import { credentialIdOf } from "../vault/schema.ts";
import type { Device } from "./device.ts";
import { readDeviceName } from "./device-names.ts";

/** What a subject is, as the vault knows it now. */
export type AuditSubject =
  | { readonly is: "passkey"; readonly site: string | null; readonly user: string | null }
  | { readonly is: "device"; readonly name: string };

export interface ReadLog extends FoundLog {
  /** `null` for a device that the vault does not know any more. */
  readonly name: string | null;
  readonly isOwn: boolean;
  readonly problems: readonly AuditProblem[];
}

/** Every log that is here, this device's own first. */
export async function readLogs(device: Device): Promise<readonly ReadLog[]> {
  const { store } = device.deps;
  const { rows, self } = device.context;
  const own = self.signer.publicKey;
  const byDevice = Map.groupBy(await readLines(store, rows), (line) => encodeHex(line.device));
  const names = nameDevices(device);
  const logs: ReadLog[] = [];
  for (const [key, lines] of byDevice) {
    const of = lines[0]?.device ?? own;
    const isOwn = equalBytes(of, own);
    const ownLog = isOwn ? await readOwnLog(store, rows, own) : null;
    const tip =
      ownLog === null ? await readTip(store, rows, of) : { number: ownLog.next - 1, hash: ownLog.prev };
    const found: FoundLog = { device: of, lines, first: ownLog?.first ?? null, tip };
    logs.push({ ...found, name: names.get(key) ?? null, isOwn, problems: verifyLog(found) });
  }
  return logs.sort((a, b) => Number(b.isOwn) - Number(a.isOwn));
}

/** Finds what a line is about. `null`: about nothing, or about what the vault does not hold any more. */
export async function createSubjectFinder(
  device: Device,
): Promise<(signed: SignedLine) => AuditSubject | null> {
  const keys = await readAuditKeys(device.deps.store, device.context.rows);
  const known = new Map<string, AuditSubject>();
  for (const { key } of keys) {
    const add = (id: Uint8Array, subject: AuditSubject): void =>
      void known.set(encodeHex(deriveSubject(key, id)), subject);
    for (const { id, record, userName } of device.state.document.list()) {
      const bytes = credentialIdOf(id);
      if (bytes !== null) add(bytes, { is: "passkey", site: record?.rpId ?? null, user: userName });
    }
    for (const [entryPublicKey, name] of listDevices(device)) add(entryPublicKey, { is: "device", name });
  }
  return ({ line }) => (line.subject === null ? null : (known.get(encodeHex(line.subject)) ?? null));
}

/** Present members, and those of earlier epochs: whoever was removed is still named. */
function listDevices({ state, context }: Device): [Uint8Array, string][] {
  return [...context.former, ...state.members.values()].map(({ member }) => [
    member.identity.entryPublicKey,
    readDeviceName(state.document, member),
  ]);
}

const nameDevices = (device: Device): Map<string, string> =>
  new Map(listDevices(device).map(([key, name]) => [encodeHex(key), name]));
