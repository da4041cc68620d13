/** Tells of a device that another one added: what there is, and what to do if it was not the person. */
import { useApp, useWords } from "../app/app-context.ts";
import { addressOf } from "../app/route.ts";
import { Notice } from "../parts/notice.tsx";
import { formatDay } from "../words/format.ts";

export function NewDeviceNotices() {
  const { knownDevices, locale } = useApp();
  const { devices } = useWords();
  return (
    <>
      {knownDevices.unseen.value.map(({ id, name, addedBy, addedOn }) => (
        <Notice key={id} tone="warning" icon="device" title={devices.newTitle(name)}>
          <p>{devices.newText(addedBy ?? "?", formatDay(addedOn, locale.value))}</p>
          <div class="actions">
            <button type="button" class="plain" onClick={() => knownDevices.markSeen(id)}>
              {devices.newKnown}
            </button>
            <a class="button quiet" href={addressOf({ screen: "devices" })}>
              {devices.newUnknown}
            </a>
          </div>
        </Notice>
      ))}
    </>
  );
}
