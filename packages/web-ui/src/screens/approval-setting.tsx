/** How new devices come to sign: a setting of the vault, which every device keeps. */
import { useState } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import type { ApprovalMode } from "../model/vault-view.ts";
import { FixedChoice } from "./managed-settings.tsx";
import { VerifiedActDialog } from "./verified-act-dialog.tsx";

const MODES: readonly ApprovalMode[] = ["at-once", "probation", "second-device"];

export function ApprovalSetting() {
  const { model, commands } = useApp();
  const { approve, app } = useWords();
  const [wanted, setWanted] = useState<ApprovalMode | null>(null);
  const approval = model.facts.value?.approval;
  if (approval === undefined) return null;
  const { mode, wish } = approval;
  if (model.managed.value.requireSecondDevice)
    return (
      <section class="part">
        <FixedChoice label={approve.setting} text={approve.modes["second-device"]} />
      </section>
    );
  return (
    <fieldset class="part">
      <legend>{approve.setting}</legend>
      {MODES.map((each) => (
        <label class="choice" key={each}>
          <input
            type="radio"
            name="approval"
            checked={(wanted ?? mode) === each}
            onChange={() => setWanted(each)}
          />
          <span>{approve.modes[each]}</span>
        </label>
      ))}
      {wish !== null && <p class="hint">{approve.wish(wish.by ?? "?", approve.modes[wish.mode])}</p>}
      {wanted !== null && wanted !== mode && (
        <VerifiedActDialog
          title={approve.settingTitle}
          text={approve.settingText}
          submit={approve.settingSave}
          busy={app.working}
          danger={false}
          onClose={() => setWanted(null)}
          act={(passphrase) => commands.setApproval(wanted, passphrase)}
        />
      )}
    </fieldset>
  );
}
