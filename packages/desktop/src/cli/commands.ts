/** The table of commands: what the parser, help and completion know. The order is the order of help. */
import { bindCommand, type Command } from "./command.ts";
import { auditExportSpec, auditListSpec, auditVerifySpec } from "./specs/audit.ts";
import { browserInstallSpec, browserRemoveSpec, browserStatusSpec } from "./specs/browser.ts";
import {
  backupListSpec,
  backupRestoreSpec,
  backupRunSpec,
  backupSetSpec,
  backupVerifySpec,
} from "./specs/backup.ts";
import { completionSpec } from "./specs/completion.ts";
import { conflictListSpec, conflictResolveSpec } from "./specs/conflict.ts";
import { ctapSpec } from "./specs/ctap.ts";
import {
  deviceAddSpec,
  deviceApproveSpec,
  deviceDenySpec,
  deviceJoinSpec,
  deviceListSpec,
  deviceRemoveSpec,
  deviceRenameSpec,
  deviceTrustSpec,
} from "./specs/device.ts";
import { doctorSpec } from "./specs/doctor.ts";
import { exportSpec, importSpec } from "./specs/exchange.ts";
import { intentListSpec, intentWithdrawSpec } from "./specs/intent.ts";
import { logExportSpec } from "./specs/log.ts";
import {
  passkeyHistorySpec,
  passkeyListSpec,
  passkeyNoteSpec,
  passkeyPurgeSpec,
  passkeyRenameSpec,
  passkeyRestoreSpec,
  passkeyRmSpec,
  passkeyShowSpec,
  passkeyTagSpec,
} from "./specs/passkey.ts";
import { practiceSpec } from "./specs/practice.ts";
import { providerDisableSpec, providerEnableSpec, providerStatusSpec } from "./specs/provider.ts";
import { recoveryCreateSpec, recoveryRestoreSpec, recoveryTestSpec } from "./specs/recovery.ts";
import {
  relayAddSpec,
  relayBackupSpec,
  relayInspectSpec,
  relayInviteSpec,
  relayPurgeSpec,
  relayRemoveSpec,
  relayRestoreSpec,
  relayServeSpec,
  relayStatusSpec,
} from "./specs/relay.ts";
import { relayEvidenceExportSpec, relayEvidenceVerifySpec } from "./specs/relay-evidence.ts";
import { rotateDoneSpec, rotatePlanSpec } from "./specs/rotate.ts";
import { settingsApprovalSpec, settingsShowSpec } from "./specs/settings.ts";
import { syncNowSpec, syncPauseSpec, syncStatusSpec } from "./specs/sync.ts";
import { upSpec } from "./specs/up.ts";
import { initSpec, lockSpec, statusSpec, unlockSpec, vaultRotateSpec } from "./specs/vault.ts";

/** What is said of a word that several commands begin with. */
export const GROUPS: Readonly<Record<string, string>> = {
  passkey: "see and edit passkeys",
  conflict: "decide between edits that devices made apart",
  device: "the devices of the vault",
  rotate: "what to do about the passkeys of a lost device",
  vault: "the vault as a whole",
  intent: "what waits for contact with a mailbox",
  settings: "what all devices of the vault keep to",
  sync: "keep the copies in step",
  audit: "what was done with the vault, signed line by line",
  "relay evidence": "what this device noted of relays that broke their word",
  log: "the vault's log, sealed as it is",
  recovery: "the page that brings the vault back when every device is gone",
  backup: "sealed copies of the vault as files",
  provider: "Latchkey among the passkey providers of Windows",
  browser: "websites in a browser, by way of the extension",
  relay: "use a relay, run one, look into it, keep it safe",
};

export const COMMANDS: readonly Command[] = [
  bindCommand(initSpec, () => import("../commands/init.ts")),
  bindCommand(upSpec, () => import("../commands/up.ts")),
  bindCommand(unlockSpec, () => import("../commands/unlock.ts")),
  bindCommand(lockSpec, () => import("../commands/lock.ts")),
  bindCommand(statusSpec, () => import("../commands/status.ts")),
  bindCommand(doctorSpec, () => import("../commands/doctor.ts")),
  bindCommand(passkeyListSpec, () => import("../commands/passkey-list.ts")),
  bindCommand(passkeyShowSpec, () => import("../commands/passkey-show.ts")),
  bindCommand(passkeyHistorySpec, () => import("../commands/passkey-history.ts")),
  bindCommand(passkeyRenameSpec, () => import("../commands/passkey-rename.ts")),
  bindCommand(passkeyTagSpec, () => import("../commands/passkey-tag.ts")),
  bindCommand(passkeyNoteSpec, () => import("../commands/passkey-note.ts")),
  bindCommand(passkeyRmSpec, () => import("../commands/passkey-rm.ts")),
  bindCommand(passkeyRestoreSpec, () => import("../commands/passkey-restore.ts")),
  bindCommand(passkeyPurgeSpec, () => import("../commands/passkey-purge.ts")),
  bindCommand(conflictListSpec, () => import("../commands/conflict-list.ts")),
  bindCommand(conflictResolveSpec, () => import("../commands/conflict-resolve.ts")),
  bindCommand(deviceListSpec, () => import("../commands/device-list.ts")),
  bindCommand(deviceAddSpec, () => import("../commands/device-add.ts")),
  bindCommand(deviceJoinSpec, () => import("../commands/device-join.ts")),
  bindCommand(deviceRenameSpec, () => import("../commands/device-rename.ts")),
  bindCommand(deviceRemoveSpec, () => import("../commands/device-remove.ts")),
  bindCommand(deviceApproveSpec, () => import("../commands/device-approve.ts")),
  bindCommand(deviceDenySpec, () => import("../commands/device-deny.ts")),
  bindCommand(deviceTrustSpec, () => import("../commands/device-trust.ts")),
  bindCommand(rotatePlanSpec, () => import("../commands/rotate-plan.ts")),
  bindCommand(rotateDoneSpec, () => import("../commands/rotate-done.ts")),
  bindCommand(vaultRotateSpec, () => import("../commands/vault-rotate.ts")),
  bindCommand(intentListSpec, () => import("../commands/intent-list.ts")),
  bindCommand(intentWithdrawSpec, () => import("../commands/intent-withdraw.ts")),
  bindCommand(settingsShowSpec, () => import("../commands/settings-show.ts")),
  bindCommand(settingsApprovalSpec, () => import("../commands/settings-approval.ts")),
  bindCommand(syncNowSpec, () => import("../commands/sync-now.ts")),
  bindCommand(syncPauseSpec, () => import("../commands/sync-pause.ts")),
  bindCommand(syncStatusSpec, () => import("../commands/sync-status.ts")),
  bindCommand(importSpec, () => import("../commands/import-file.ts")),
  bindCommand(exportSpec, () => import("../commands/export-file.ts")),
  bindCommand(logExportSpec, () => import("../commands/log-export.ts")),
  bindCommand(auditListSpec, () => import("../commands/audit-list.ts")),
  bindCommand(auditVerifySpec, () => import("../commands/audit-verify.ts")),
  bindCommand(auditExportSpec, () => import("../commands/audit-export.ts")),
  bindCommand(recoveryCreateSpec, () => import("../commands/recovery-create.ts")),
  bindCommand(recoveryTestSpec, () => import("../commands/recovery-test.ts")),
  bindCommand(recoveryRestoreSpec, () => import("../commands/recovery-restore.ts")),
  bindCommand(backupRunSpec, () => import("../commands/backup-run.ts")),
  bindCommand(backupSetSpec, () => import("../commands/backup-set.ts")),
  bindCommand(backupListSpec, () => import("../commands/backup-list.ts")),
  bindCommand(backupVerifySpec, () => import("../commands/backup-verify.ts")),
  bindCommand(backupRestoreSpec, () => import("../commands/backup-restore.ts")),
  bindCommand(relayAddSpec, () => import("../commands/relay-add.ts")),
  bindCommand(relayRemoveSpec, () => import("../commands/relay-remove.ts")),
  bindCommand(relayStatusSpec, () => import("../commands/relay-status.ts")),
  bindCommand(relayEvidenceExportSpec, () => import("../commands/relay-evidence-export.ts")),
  bindCommand(relayEvidenceVerifySpec, () => import("../commands/relay-evidence-verify.ts")),
  bindCommand(relayServeSpec, () => import("../commands/relay-serve.ts")),
  bindCommand(relayInspectSpec, () => import("../commands/relay-inspect.ts")),
  bindCommand(relayInviteSpec, () => import("../commands/relay-invite.ts")),
  bindCommand(relayBackupSpec, () => import("../commands/relay-backup.ts")),
  bindCommand(relayRestoreSpec, () => import("../commands/relay-restore.ts")),
  bindCommand(relayPurgeSpec, () => import("../commands/relay-purge.ts")),
  bindCommand(providerEnableSpec, () => import("../commands/provider-enable.ts")),
  bindCommand(providerDisableSpec, () => import("../commands/provider-disable.ts")),
  bindCommand(providerStatusSpec, () => import("../commands/provider-status.ts")),
  bindCommand(browserInstallSpec, () => import("../commands/browser-install.ts")),
  bindCommand(browserRemoveSpec, () => import("../commands/browser-remove.ts")),
  bindCommand(browserStatusSpec, () => import("../commands/browser-status.ts")),
  bindCommand(ctapSpec, () => import("../commands/ctap.ts")),
  bindCommand(practiceSpec, () => import("../commands/practice.ts")),
  bindCommand(completionSpec, () => import("../commands/completion.ts")),
];
