/** What a lost device may hold, to be replaced site by site (experience.md § 7, U7): ranked, with the site's own page, and how far the person has come. */
import { useEffect, useState } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import { addressOf } from "../app/route.ts";
import type { LostDeviceView } from "../model/vault-view.ts";
import type { RotationStepView, SitePagesView } from "../model/activity-view.ts";
import { ErrorNote, Notice } from "../parts/notice.tsx";
import { ScreenHead } from "../parts/screen-head.tsx";
import { Tile } from "../parts/tile.tsx";
import { useAct } from "../parts/use-act.ts";
import { Badge } from "./passkey-card.tsx";

/** On the screen of devices, as long as something is left to be done. */
export function LostDeviceNotices() {
  const { model } = useApp();
  const { replace } = useWords();
  const lost = model.facts.value?.lost.filter(({ open }) => open > 0) ?? [];
  return (
    <>
      {lost.map(({ id, name, open }) => (
        <Notice key={id} tone="warning" icon="warning" title={replace.noticeTitle(name)}>
          <p>{replace.notice(open)}</p>
          <p>
            <a href={addressOf({ screen: "replace" })}>
              {replace.go}
              <span class="unseen">: {name}</span>
            </a>
          </p>
        </Notice>
      ))}
    </>
  );
}

export function ReplaceScreen() {
  const { model } = useApp();
  const { devices, replace } = useWords();
  const lost = model.facts.value?.lost ?? [];
  if (lost.length === 0) return <ScreenHead title={devices.title} lead={devices.removedNothing} />;
  return (
    <>
      {lost.map((device) => (
        <LostDevicePlan key={device.id} device={device} />
      ))}
      <p class="hint">{replace.found}</p>
    </>
  );
}

function LostDevicePlan({ device: { id, name, open } }: { readonly device: LostDeviceView }) {
  const { commands } = useApp();
  const { replace } = useWords();
  const act = useAct();
  const [steps, setSteps] = useState<readonly RotationStepView[] | null>(null);
  // What another device has marked changes the number of open ones, too.
  useEffect(() => void act.run(async () => setSteps(await commands.readRotation(id))), [id, open]);
  const left = steps?.filter(({ state }) => state === "open").length ?? open;
  return (
    <>
      <ScreenHead
        title={replace.title(name)}
        lead={
          steps === null ? "" : left === 0 ? replace.allDone(steps.length) : replace.left(left, steps.length)
        }
      />
      <p>{replace.steps}</p>
      <p class="hint">{replace.kept}</p>
      {act.error !== null && (
        <p role="alert">
          <ErrorNote error={act.error} />
        </p>
      )}
      <ul class="cards">
        {steps?.map((step) => (
          <Step
            key={step.id}
            step={step}
            onMark={(isDone) =>
              act.run(async () => {
                await commands.markRotated(step.id, isDone);
                setSteps(await commands.readRotation(id));
              })
            }
          />
        ))}
      </ul>
    </>
  );
}

function Step({
  step: { id, site, user, title, reasons, state },
  onMark,
}: {
  readonly step: RotationStepView;
  readonly onMark: (isDone: boolean) => Promise<unknown>;
}) {
  const { model, commands } = useApp();
  const { replace, list } = useWords();
  const act = useAct();
  const [pages, setPages] = useState<SitePagesView | null>(null);
  const canAsk = model.methods.value.includes("rotate.page");
  const isSilent = pages !== null && pages.enroll === null && pages.manage === null;
  return (
    <li class="card">
      <Tile name={site} />
      <span class="card-text">
        <strong dir="auto">{title ?? site}</strong>
        <span dir="auto">{user ?? list.noAccount}</span>
        {reasons.length > 0 && (
          <span class="hint">{reasons.map((reason) => replace.reasons[reason]).join(" · ")}</span>
        )}
        {isSilent && <span role="status">{replace.asked}</span>}
        {act.error !== null && (
          <span role="alert">
            <ErrorNote error={act.error} />
          </span>
        )}
      </span>
      {state !== "open" && <Badge tone="good" text={state === "done" ? replace.done : replace.gone} />}
      <span class="card-acts">
        {state !== "done" && (
          <>
            <SiteLink address={`https://${site}/`} text={replace.toSite} site={site} />
            <SiteLink address={pages?.enroll} text={replace.toEnroll} site={site} />
            <SiteLink address={pages?.manage} text={replace.toManage} site={site} />
            {canAsk && pages === null && (
              <button
                type="button"
                class="quiet"
                onClick={() => void act.run(async () => setPages(await commands.findSitePages(id)))}
              >
                {replace.find}
                <span class="unseen">: {site}</span>
              </button>
            )}
          </>
        )}
        <button type="button" class="quiet" onClick={() => void onMark(state !== "done")}>
          {state === "done" ? replace.markOpen : replace.markDone}
          <span class="unseen">: {site}</span>
        </button>
      </span>
    </li>
  );
}

/** Away from the app, which the site learns nothing of. */
function SiteLink({
  address,
  text,
  site,
}: {
  readonly address: string | null | undefined;
  readonly text: string;
  readonly site: string;
}) {
  if (address == null) return null;
  return (
    <a href={address} target="_blank" rel="noopener noreferrer">
      {text}
      <span class="unseen">: {site}</span>
    </a>
  );
}
