/** Recovery pages, and restoring with one, over a link. */
import type { DeviceCommands } from "../model/vault-model.ts";
import type { DrillView, NewPageView, RestoreFoundView } from "../model/recovery-view.ts";
import { createPartReader } from "./file-parts.ts";
import type { HostLink } from "./host-link.ts";

type RecoveryCommands = Pick<DeviceCommands, "makePage" | "testPage" | "restoreVault">;

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
