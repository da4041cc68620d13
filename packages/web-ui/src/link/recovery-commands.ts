/** Recovery pages, and restoring with one, over a link. */
import type { DeviceCommands } from "../model/vault-model.ts";
import type { BackupView, DrillView, NewPageView, RestoreFoundView } from "../model/recovery-view.ts";
import { createPartReader } from "./file-parts.ts";
import type { HostLink } from "./host-link.ts";

type RecoveryCommands = Pick<
  DeviceCommands,
  "makePage" | "testPage" | "restoreVault" | "readBackups" | "setBackupFolder" | "runBackup" | "verifyBackup"
>;

export const createRecoveryCommands = (link: HostLink): RecoveryCommands => ({
  async makePage(isSplit, passphrase) {
    const made = await link.call(
      "recovery.create",
      { split: isSplit },
      { onAsk: () => Promise.resolve(passphrase) },
    );
    return made as unknown as NewPageView;
  },
  async testPage(pages) {
    return (await link.call("recovery.test", { pages: pages.join("\n") })) as unknown as DrillView;
  },
  async readBackups() {
    const { backup } = await link.call("backup.status", {});
    if (backup === null) return null;
    const { backups } = await link.call("backup.list", {});
    const files = (backups as unknown as BackupView["files"]).toReversed();
    return { ...(backup as unknown as Omit<BackupView, "files">), files };
  },
  async setBackupFolder(folder, passphrase) {
    await link.call("backup.set", { folder }, { onAsk: () => Promise.resolve(passphrase) });
  },
  async runBackup() {
    await link.call("backup.run", {});
  },
  async verifyBackup(folder, file) {
    const divider = folder.includes("\\") ? "\\" : "/";
    await link.call("backup.verify", { file: `${folder}${divider}${file}` });
  },
  async restoreVault({ name, passphrase, pages, mailbox, backup }, talk, signal) {
    const readPart = createPartReader(backup);
    let found: RestoreFoundView | null = null;
    const made = await link.call(
      "vault.restore",
      { name, relay: mailbox, backup: backup !== null },
      {
        signal,
        onTell(event) {
          if (event["event"] === "found") found = event["found"] as unknown as RestoreFoundView;
          if (event["event"] === "restored") talk.onRestored();
        },
        async onAsk(kind, purpose) {
          if (kind === "passphrase") return passphrase;
          if (purpose === "part") return readPart();
          if (purpose === "page") return pages.join("\n");
          return found === null ? "" : (await talk.chooseLost(found)).join(" ");
        },
      },
    );
    return made as unknown as NewPageView;
  },
});
