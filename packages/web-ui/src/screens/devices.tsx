/** The devices of the vault: what each is known to have, how one more is added, and what to do about one that is lost. */
import { useState } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import type { DeviceView } from "../model/vault-view.ts";
import { Icon } from "../parts/icon.tsx";
import { Notice } from "../parts/notice.tsx";
import { ScreenHead } from "../parts/screen-head.tsx";
import { formatDay, formatMoment } from "../words/format.ts";
import { EditTextDialog } from "./edit-text-dialog.tsx";
import { LostDeviceDialog, RemovedDevice, type Removal } from "./lost-device.tsx";
import { LostDeviceNotices } from "./replace.tsx";
import { KeptIntents } from "./kept-intents.tsx";
import { NewDeviceNotices } from "./new-device-notice.tsx";
import { describeEnd, ProbationNotices } from "./probation.tsx";
import { Badge } from "./passkey-card.tsx";

/** Of a device's name, in UTF-16 units. */
const MAX_NAME = 64;

export function DevicesScreen() {
  const { model, router } = useApp();
  const { devices } = useWords();
  const [removal, setRemoval] = useState<Removal | null>(null);
  const all = model.devices.value;
  const sorted = [...all].sort((a, b) => Number(b.thisDevice) - Number(a.thisDevice));
  if (removal !== null) return <RemovedDevice removal={removal} onDone={() => setRemoval(null)} />;
  return (
    <>
      <ScreenHead title={devices.title} lead={all.length > 1 ? devices.lead : devices.alone}>
        {!model.managed.value.forbidAddingDevices && (
          <button type="button" class="primary" onClick={() => router.go({ screen: "add-device" })}>
            <Icon name="plus" />
            {devices.add}
          </button>
        )}
      </ScreenHead>
      <KeptIntents />
      <LostDeviceNotices />
      <NewDeviceNotices />
      <ProbationNotices />
      {all
        .filter(({ livesTwice }) => livesTwice)
        .map(({ id, name }) => (
          <Notice key={id} tone="alarm" icon="warning">
            <p role="alert">{devices.twice(name)}</p>
          </Notice>
        ))}
      <ul class="cards">
        {sorted.map((device) => (
          <DeviceCard key={device.id} device={device} onRemoved={setRemoval} />
        ))}
      </ul>
    </>
  );
}

function DeviceCard({
  device,
  onRemoved,
}: {
  readonly device: DeviceView;
  readonly onRemoved: (removal: Removal) => void;
}) {
  const { locale, commands } = useApp();
  const words = useWords();
  const { devices } = words;
  const [dialog, setDialog] = useState<"rename" | "lost" | null>(null);
  const day = formatDay(device.addedOn, locale.value);
  const close = (): void => setDialog(null);
  return (
    <li class="card">
      <span class="tile tile-device">
        <Icon name="device" />
      </span>
      <span class="card-text">
        <strong dir="auto">{device.name}</strong>
        <span>{device.platform}</span>
        <span class="hint">
          {device.addedBy === null || device.addedBy === device.name
            ? devices.madeOn(day)
            : devices.addedBy(day, device.addedBy)}
        </span>
        {!device.thisDevice && <DeviceState device={device} />}
        {device.probation !== null && (
          <span class="hint">{describeEnd(device.probation, words, locale.value)}</span>
        )}
      </span>
      {device.thisDevice && <Badge tone="good" text={devices.thisDevice} />}
      <span class="card-acts">
        <button type="button" class="quiet" onClick={() => setDialog("rename")}>
          <Icon name="pen" />
          {devices.rename}
          <span class="unseen">: {device.name}</span>
        </button>
        {!device.thisDevice && (
          <button type="button" class="quiet" onClick={() => setDialog("lost")}>
            <Icon name="warning" />
            {devices.remove}
            <span class="unseen">: {device.name}</span>
          </button>
        )}
      </span>
      {dialog === "rename" && (
        <EditTextDialog
          title={devices.renameTitle}
          label={devices.renameLabel}
          submit={devices.renameSave}
          value={device.name}
          maxLength={MAX_NAME}
          onClose={close}
          onSave={(name) => {
            if (name !== "") void commands.renameDevice(device.id, name).catch(() => {});
          }}
        />
      )}
      {dialog === "lost" && <LostDeviceDialog device={device} onClose={close} onRemoved={onRemoved} />}
    </li>
  );
}

/** Numbers are honest: what it is known to have, and when it was last heard. */
function DeviceState({ device }: { readonly device: DeviceView }) {
  const { locale } = useApp();
  const { devices } = useWords();
  return (
    <span class="hint">
      {device.waitingForIt === 0 ? devices.upToDate : devices.waiting(device.waitingForIt)}
      {" · "}
      {device.lastHeardAt === null
        ? devices.neverHeard
        : devices.heard(formatMoment(device.lastHeardAt, locale.value))}
    </span>
  );
}
