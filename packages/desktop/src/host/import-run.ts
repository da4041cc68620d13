/**
 * An import (`import-methods.ts`): reads files, says what would come in, and after consent takes it in as one batch. The
 * dry run and the import are one act: it ends before anything is written.
 */
import { wipe } from "@latchkey/core/crypto/wipe";
import { checkOffProbation } from "@latchkey/core/device/check-probation";
import type { Device } from "@latchkey/core/device/device";
import { judgeDueChange } from "@latchkey/core/device/due-change";
import { beginImport } from "@latchkey/core/device/import-batches";
import { importPasskeys } from "@latchkey/core/device/import-passkeys";
import { rootOf, type SigningTier, wipeTier } from "@latchkey/core/device/tiers";
import { isVaultError, VaultError } from "@latchkey/core/errors";
import { wipeItem } from "@latchkey/core/exchange/import-item";
import { countOutcomes, type Row } from "@latchkey/core/exchange/report";
import { deriveSecretKey } from "@latchkey/core/membership/epoch";
import { carryOut } from "@latchkey/device-host/change-keys";
import type { Channel } from "@latchkey/device-host/channel";
import type { JsonObject } from "@latchkey/device-host/json";
import { askKey, type HostServices, openDevice, type Params } from "@latchkey/device-host/method";
import { pause } from "@latchkey/device-host/timers";
import { examineFiles, type Findings } from "./examine-files.ts";

const PURPOSE = "import passkeys";
/** Rows in one message: some 300 bytes each. */
const ROWS_AT_ONCE = 500;

export async function runImport(
  services: HostServices,
  params: Params,
  channel: Channel,
): Promise<JsonObject> {
  const { host } = services;
  const dryRun = params.value("dryRun") === true;
  const early = host.isOpen || dryRun ? null : await host.openSigning(askKey(services, channel), PURPOSE);
  let findings: Findings | null = null;
  let signing: SigningTier | null = early;
  try {
    const device = await openDevice(services, channel, PURPOSE);
    findings = await examineFiles(device, readChoices(params), channel);
    const report = tellReport(findings, channel);
    if (dryRun || findings.items.length === 0) return { ...report, dryRun, batch: null, epoch: null };
    if ((await channel.ask({ kind: "request", purpose: "agree" })) !== "yes")
      throw new VaultError("LK-CLI-CANCELLED", "import was not agreed to");
    signing ??= await host.openSigning(askKey(services, channel), PURPOSE);
    const batch = await takeIn(device, signing, findings, channel);
    const epoch = await changeDueKeys(services, device, signing, channel);
    return { ...report, dryRun, batch, epoch };
  } finally {
    findings?.items.forEach(wipeItem);
    if (signing !== null) wipeTier(signing);
  }
}

const readChoices = (params: Params) => ({
  withTrash: params.value("withTrash") === true,
  assumeUnbacked: params.value("unbacked") === true,
  format: params.optionalText("format"),
  sites: (params.optionalText("sites") ?? "").split("\n").filter((site) => site !== ""),
});

/** In pieces: 10 000 rows fit no single message. */
function tellReport({ rows, formats, exporter, others }: Findings, channel: Channel): JsonObject {
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE)
    channel.tell({ event: "rows", rows: rows.slice(at, at + ROWS_AT_ONCE).map(describeRow) });
  const report: JsonObject = {
    format: formats.join(", "),
    exporter,
    found: rows.length,
    counts: { ...countOutcomes(rows) },
    nonPasskey: { ...others },
  };
  channel.tell({ event: "report", ...report });
  return report;
}

const describeRow = ({ at, rpId, userName, algorithm, outcome, reasons, assumed }: Row): JsonObject => ({
  at,
  rpId,
  userName,
  alg: algorithm,
  outcome,
  reasons: [...reasons],
  assumed: [...assumed],
});

async function takeIn(
  device: Device,
  signing: SigningTier,
  { items, formats }: Findings,
  channel: Channel,
): Promise<string> {
  checkOffProbation(device);
  const secretKey = deriveSecretKey(rootOf(signing, device.context.epoch.logId));
  try {
    const batch = await beginImport(device, formats.join(", ").slice(0, 64), items.length);
    await importPasskeys(device, secretKey, batch, items, {
      async rest(done) {
        channel.tell({ event: "progress", what: "saved", done, total: items.length });
        // Sign-ins and relays have their turn between.
        await pause(0);
        channel.signal.throwIfAborted();
      },
    });
    return batch;
  } finally {
    wipe(secretKey);
  }
}

/** A log that grew long by it begins anew (sync-protocol.md § 4): now, where a mailbox is in reach, else at a later verification. */
async function changeDueKeys(
  services: HostServices,
  device: Device,
  signing: SigningTier,
  channel: Channel,
): Promise<number | null> {
  if ((await judgeDueChange(device)) === null) return null;
  channel.tell({ event: "progress", what: "keys", done: 0, total: 1 });
  const { relays } = services;
  try {
    const changed = await carryOut({ device, relays, signing, signal: channel.signal }, () =>
      judgeDueChange(device),
    );
    return changed?.epoch ?? null;
  } catch (error) {
    if (isVaultError(error, "LK-EPOCH-CONTACT")) return null;
    throw error;
  }
}
