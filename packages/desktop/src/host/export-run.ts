/**
 * An export in an open format (`export-methods.ts`): says what a file would hold and lose, and after the typed sentence and a verification of
 * the person gives the file out in parts. Never needs a network; an organization may forbid it.
 */
import { encodeUtf8 } from "@latchkey/core/bytes/text";
import { wipe } from "@latchkey/core/crypto/wipe";
import { listExportable, openExportItem } from "@latchkey/core/device/export-passkeys";
import type { Device } from "@latchkey/core/device/device";
import { rootOf, wipeTier } from "@latchkey/core/device/tiers";
import { VaultError } from "@latchkey/core/errors";
import { sealBitwarden } from "@latchkey/core/exchange/bitwarden-seal";
import {
  type Carried,
  EXPORT_FORMATS,
  type ExportFacts,
  type ExportFormat,
  type ExportItem,
  judgeCarried,
  wipeExportItem,
} from "@latchkey/core/exchange/export-item";
import { isConfirmed } from "@latchkey/core/exchange/export-sentence";
import { writeBitwarden } from "@latchkey/core/exchange/write-bitwarden";
import { writeCxf } from "@latchkey/core/exchange/write-cxf";
import { namePasskeyFiles, writePasskeyFile } from "@latchkey/core/exchange/write-passkey-file";
import { deriveSecretKey } from "@latchkey/core/membership/epoch";
import { checkUnmanaged } from "@latchkey/core/policy/policy";
import type { PasskeyId } from "@latchkey/core/vault/schema";
import type { Channel } from "@latchkey/device-host/channel";
import type { JsonObject } from "@latchkey/device-host/json";
import { askKey, openDevice, type Params } from "@latchkey/device-host/method";
import { pause } from "@latchkey/device-host/timers";
import { createFileCrypto } from "../file-crypto.ts";
import { sendFile } from "./file-parts.ts";
import type { MachineServices } from "./provider-methods.ts";

const ROWS_AT_ONCE = 500;
/** Keys opened before anybody else has a turn. */
const BATCH = 64;

interface Planned {
  readonly id: PasskeyId;
  readonly facts: ExportFacts;
  readonly carried: Carried;
}

type Run = (services: MachineServices, params: Params, channel: Channel) => Promise<JsonObject>;

export const reviewExport: Run = async (services, params, channel) => {
  checkUnmanaged(services.policy, "ForbidPlainExport");
  const device = await openDevice(services, channel, "say what an export would hold");
  const planned = planExport(device, params);
  const telling = planned.filter(({ carried }) => carried.leftOut !== null || carried.losses.length > 0);
  for (let at = 0; at < telling.length; at += ROWS_AT_ONCE)
    channel.tell({ event: "rows", rows: telling.slice(at, at + ROWS_AT_ONCE).map(describe) });
  const leftOut = planned.filter(({ carried }) => carried.leftOut !== null).length;
  return { format: readFormat(params), passkeys: planned.length - leftOut, leftOut };
};

export const writeExport: Run = async (services, params, channel) => {
  checkUnmanaged(services.policy, "ForbidPlainExport");
  const format = readFormat(params);
  const isProtected = params.value("protected") === true && format === "bitwarden";
  if (!isProtected && !isConfirmed(params.optionalText("sentence") ?? ""))
    throw new VaultError("LK-EXPORT-UNCONFIRMED", "typed sentence is not the one that is shown");
  const { host } = services;
  const signing = await host.openSigning(askKey(services, channel), "export passkeys");
  const items: ExportItem[] = [];
  let secretKey = new Uint8Array(0);
  try {
    const device = await host.device();
    secretKey = new Uint8Array(deriveSecretKey(rootOf(signing, device.context.epoch.logId)));
    const planned = planExport(device, params).filter(({ carried }) => carried.leftOut === null);
    let unopened = 0;
    for (const [i, each] of planned.entries()) {
      const item = openExportItem(device, secretKey, each, device.deps.crypto);
      if (item === null) unopened++;
      else items.push(item);
      if ((i + 1) % BATCH !== 0) continue;
      channel.tell({ event: "progress", what: "opened", done: i + 1, total: planned.length });
      await pause(0);
      channel.signal.throwIfAborted();
    }
    const password = isProtected ? await channel.ask({ kind: "password", purpose: "for the file" }) : null;
    const files = await sendItems(device, format, items, password, channel);
    const counters = items.filter(({ provenance }) => (provenance?.counter ?? 0) > 0).length;
    return { format, passkeys: items.length, unopened, files, counters };
  } finally {
    wipe(secretKey);
    items.forEach(wipeExportItem);
    wipeTier(signing);
  }
};

function readFormat(params: Params): ExportFormat {
  const format = EXPORT_FORMATS.find((each) => each === params.text("format"));
  if (format === undefined) throw new VaultError("LK-CLI-HOST", "parameter format is none of the known ones");
  return format;
}

function planExport(device: Device, params: Params): Planned[] {
  const format = readFormat(params);
  const acceptLoss = params.value("acceptLoss") === true;
  const sites = (params.optionalText("sites") ?? "").split("\n").filter((site) => site !== "");
  return listExportable(device)
    .filter(({ facts }) => sites.length === 0 || sites.includes(facts.rpId))
    .map(({ id, facts }) => ({ id, facts, carried: judgeCarried(format, facts, acceptLoss) }));
}

const describe = ({ id, facts: { rpId, userName }, carried }: Planned): JsonObject => ({
  id,
  rpId,
  userName,
  leftOut: carried.leftOut,
  losses: [...carried.losses],
});

/** Returns how many files it gave out. */
async function sendItems(
  device: Device,
  format: ExportFormat,
  items: readonly ExportItem[],
  password: string | null,
  channel: Channel,
): Promise<number> {
  if (format === "passkey") {
    const names = namePasskeyFiles(items);
    for (const [i, item] of items.entries())
      await sendText(channel, names[i] as string, writePasskeyFile(item));
    return items.length;
  }
  const plain = format === "cxf" ? writeCxf(items, device.deps.clock.now()) : writeBitwarden(items);
  const text = JSON.stringify(plain);
  if (password === null) await sendText(channel, format, text);
  else {
    const bytes = encodeUtf8(text);
    const sealed = await sealBitwarden(bytes, password, createFileCrypto(), device.deps.random);
    wipe(bytes);
    await sendText(channel, format, JSON.stringify(sealed));
  }
  return 1;
}

async function sendText(channel: Channel, name: string, text: string): Promise<void> {
  const bytes = encodeUtf8(text);
  await sendFile(channel, name, bytes);
  wipe(bytes);
}
