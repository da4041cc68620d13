/** Recovery pages over a link. */
import type { DeviceCommands } from "../model/vault-model.ts";
import type { DrillView, NewPageView } from "../model/recovery-view.ts";
import type { HostLink } from "./host-link.ts";

type RecoveryCommands = Pick<DeviceCommands, "makePage" | "testPage">;

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
});
