/** Files that came in parts, read and judged against the vault: one report for all of them. */
import type { Device } from "@latchkey/core/device/device";
import { knownPasskeys } from "@latchkey/core/device/import-passkeys";
import { isVaultError, VaultError } from "@latchkey/core/errors";
import { createExaminer, type ExamineDeps } from "@latchkey/core/exchange/examine";
import { mergeCounts } from "@latchkey/core/exchange/cxf";
import type { ImportItem } from "@latchkey/core/exchange/import-item";
import { type FileReading, readExchangeFile } from "@latchkey/core/exchange/read-file";
import type { Format, Row } from "@latchkey/core/exchange/report";
import { passkeyId } from "@latchkey/core/vault/schema";
import type { Channel } from "@latchkey/device-host/channel";
import { pause } from "@latchkey/device-host/timers";
import { createFileCrypto, verifySignature } from "../file-crypto.ts";
import { receiveFiles, type ReceivedFile } from "./file-parts.ts";

export interface Findings {
  readonly formats: readonly Format[];
  readonly exporter: string | null;
  readonly rows: readonly Row[];
  /** The caller wipes them. */
  readonly items: readonly ImportItem[];
  readonly others: Readonly<Record<string, number>>;
}

/** Passkeys examined before anybody else of the host has a turn: some 20 ms. */
const BATCH = 32;

type Choices = Pick<ExamineDeps, "withTrash" | "assumeUnbacked" | "sites"> & {
  /** The family that the files must be of, such as `bitwarden`; `null` for any. */
  readonly format: string | null;
};

/** Throws what `receiveFiles` and `readExchangeFile` throw; of several files one that cannot be read is a row of the report. */
export async function examineFiles(device: Device, choices: Choices, channel: Channel): Promise<Findings> {
  const files = await receiveFiles(channel);
  const rows: Row[] = [];
  const items: ImportItem[] = [];
  const taken = new Map<string, string>();
  const readings: FileReading[] = [];
  for (const file of files) {
    const reading = await readOne(file, files.length > 1, channel);
    if (reading === null) {
      rows.push(unreadable(file.name));
      continue;
    }
    if (choices.format !== null && !reading.format.startsWith(choices.format))
      throw new VaultError("LK-IMPORT-FORMAT", `file is ${reading.format}, not ${choices.format}`);
    readings.push(reading);
    const examine = createExaminer({ ...choices, ...vaultDeps(device), ...reading });
    for (const [i, draft] of reading.drafts.entries()) {
      const at = files.length > 1 ? [file.name, draft.at].filter((part) => part !== "").join(": ") : draft.at;
      const { row, item } = examine({ ...draft, at });
      const before = item === null ? undefined : taken.get(passkeyId(item.credentialId));
      if (item !== null && before === undefined) {
        items.push(item);
        taken.set(passkeyId(item.credentialId), item.rpId);
      }
      rows.push(before === undefined ? row : { ...row, outcome: "skipped", reasons: ["duplicate-in-file"] });
      if ((i + 1) % BATCH !== 0) continue;
      channel.tell({ event: "progress", what: "examined", done: i + 1, total: reading.drafts.length });
      await pause(0);
      channel.signal.throwIfAborted();
    }
  }
  return {
    formats: [...new Set(readings.map(({ format }) => format))],
    exporter: readings.find(({ exporter }) => exporter !== null)?.exporter ?? null,
    rows,
    items,
    others: mergeCounts(readings.map(({ others }) => others)),
  };
}

async function readOne(
  file: ReceivedFile,
  isOneOfMany: boolean,
  channel: Channel,
): Promise<FileReading | null> {
  try {
    return await readExchangeFile(file.bytes, {
      crypto: createFileCrypto(),
      askPassword: () => channel.ask({ kind: "password", purpose: `of ${file.name}` }),
    });
  } catch (error) {
    if (isOneOfMany && isVaultError(error) && error.code.startsWith("LK-IMPORT-")) return null;
    throw error;
  }
}

const unreadable = (name: string): Row => ({
  at: name,
  rpId: null,
  userName: null,
  algorithm: null,
  outcome: "cannot",
  reasons: ["layout-unknown"],
  assumed: [],
});

const vaultDeps = (device: Device) => ({
  crypto: device.deps.crypto,
  random: device.deps.random,
  now: device.deps.clock.now(),
  verify: verifySignature,
  ...knownPasskeys(device),
});
