/** What an open vault writes its activity log with: by its document where that is loaded, else by the tier alone, so that a sign-in loads no document. */
import { deriveSigningKeyPair } from "@latchkey/core/crypto/signature";
import type { Device } from "@latchkey/core/device/device";
import { findRoot } from "@latchkey/core/device/epoch-root";
import type { AuditWriter } from "@latchkey/core/device/write-audit";
import type { DeviceStore } from "@latchkey/core/storage/device-store";
import type { OpenVault } from "./device-host.ts";

/** `null` where the tier has not heard of the present epoch, and the document is not there to say. */
export function makeAuditWriter(
  store: DeviceStore,
  { tier, rows, logId }: OpenVault,
  device: Device | null,
): AuditWriter | null {
  if (device !== null) {
    const { context } = device;
    const { signer } = context.self;
    const epoch = context.epoch.logId;
    return { store, rows: context.rows, logId: epoch, metadataRoot: device.metadataRoot(), signer };
  }
  const root = findRoot(tier.roots, logId);
  if (root === null) return null;
  return { store, rows, logId, metadataRoot: root.root, signer: deriveSigningKeyPair(tier.entry) };
}
