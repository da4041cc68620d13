/** Tells of a device that another one added: what there is, and what to do if it was not the person. */
import { useState } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import type { DeviceView } from "../model/vault-view.ts";
import { Notice } from "../parts/notice.tsx";
import { LostDeviceDialog, type Removal } from "./lost-device.tsx";
import { formatDay } from "../words/format.ts";

export function NewDeviceNotices() {
  const { knownDevices, locale } = useApp();
  const { devices, doors } = useWords();
  const [undoing, setUndoing] = useState<DeviceView | null>(null);
  const [removal, setRemoval] = useState<Removal | null>(null);
  return (
    <>
      {knownDevices.unseen.value.map((device) => (
        <Notice key={device.id} tone="warning" icon="device" title={devices.newTitle(device.name)}>
          <p>{devices.newText(device.addedBy ?? "?", formatDay(device.addedOn, locale.value))}</p>
          <div class="actions">
            <button type="button" class="plain" onClick={() => knownDevices.markSeen(device.id)}>
              {devices.newKnown}
            </button>
            <button type="button" class="quiet" onClick={() => setUndoing(device)}>
              {doors.undo}
            </button>
          </div>
        </Notice>
      ))}
      {undoing !== null && (
        <LostDeviceDialog device={undoing} onClose={() => setUndoing(null)} onRemoved={setRemoval} />
      )}
      {removal !== null && (
        <Notice tone="calm" icon="check" title={devices.removedTitle(removal.device)}>
          <p>
            {removal.exposed.length === 0 ? devices.removedNothing : devices.removed(removal.exposed.length)}
          </p>
        </Notice>
      )}
    </>
  );
}
