/** Devices that may not sign yet (experience.md § 7, U4): who, since when, and the two answers; each wants a user verification. */
import { useState } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import type { DeviceView, ProbationView } from "../model/vault-view.ts";
import { Notice } from "../parts/notice.tsx";
import { formatMoment } from "../words/format.ts";
import type { Words } from "../words/words.ts";
import { VerifiedActDialog } from "./verified-act-dialog.tsx";

export const describeEnd = ({ until }: ProbationView, { approve }: Words, locale: string): string =>
  until === null ? approve.untilAgreed : approve.until(formatMoment(until, locale));

export function ProbationNotices() {
  const { model, commands, locale } = useApp();
  const words = useWords();
  const { approve, app } = words;
  const [asked, setAsked] = useState<{ readonly device: DeviceView; readonly isYes: boolean } | null>(null);
  const own = model.facts.value?.probation ?? null;
  return (
    <>
      {own !== null && (
        <Notice tone="calm" icon="lock" title={approve.ownTitle}>
          <p>{describeEnd(own, words, locale.value)}</p>
        </Notice>
      )}
      {own === null &&
        model.devices.value.map(
          (device) =>
            device.probation !== null &&
            !device.thisDevice && (
              <Notice key={device.id} tone="warning" icon="device" title={approve.title(device.name)}>
                <p>{describeEnd(device.probation, words, locale.value)}</p>
                <div class="actions">
                  <button type="button" class="plain" onClick={() => setAsked({ device, isYes: true })}>
                    {approve.yes}
                  </button>
                  <button type="button" class="quiet" onClick={() => setAsked({ device, isYes: false })}>
                    {approve.no}
                  </button>
                </div>
              </Notice>
            ),
        )}
      {asked !== null && (
        <VerifiedActDialog
          title={asked.isYes ? approve.yesTitle(asked.device.name) : approve.noTitle(asked.device.name)}
          text={asked.isYes ? approve.yesText : approve.noText}
          submit={asked.isYes ? approve.yes : approve.no}
          busy={app.working}
          danger={!asked.isYes}
          onClose={() => setAsked(null)}
          act={(passphrase) =>
            asked.isYes
              ? commands.approveDevice(asked.device.id, passphrase)
              : commands.denyDevice(asked.device.id, passphrase)
          }
        />
      )}
    </>
  );
}
