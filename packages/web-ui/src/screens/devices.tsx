/** The devices of the vault: which there are, since when and from where, and how one more is added. */
import { useApp, useWords } from "../app/app-context.ts";
import type { DeviceView } from "../model/vault-view.ts";
import { Icon } from "../parts/icon.tsx";
import { Notice } from "../parts/notice.tsx";
import { ScreenHead } from "../parts/screen-head.tsx";
import { formatDay } from "../words/format.ts";
import { Badge } from "./passkey-card.tsx";

export function DevicesScreen() {
  const { model, router } = useApp();
  const { devices } = useWords();
  const all = model.devices.value;
  const sorted = [...all].sort((a, b) => Number(b.thisDevice) - Number(a.thisDevice));
  return (
    <>
      <ScreenHead title={devices.title} lead={all.length > 1 ? devices.lead : devices.alone}>
        <button type="button" class="primary" onClick={() => router.go({ screen: "add-device" })}>
          <Icon name="plus" />
          {devices.add}
        </button>
      </ScreenHead>
      {all
        .filter(({ livesTwice }) => livesTwice)
        .map(({ id, name }) => (
          <Notice key={id} tone="alarm" icon="warning">
            <p role="alert">{devices.twice(name)}</p>
          </Notice>
        ))}
      <ul class="cards">
        {sorted.map((device) => (
          <DeviceCard key={device.id} device={device} />
        ))}
      </ul>
    </>
  );
}

function DeviceCard({ device }: { readonly device: DeviceView }) {
  const { locale } = useApp();
  const { devices } = useWords();
  const day = formatDay(device.addedOn, locale.value);
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
      </span>
      {device.thisDevice && <Badge tone="good" text={devices.thisDevice} />}
    </li>
  );
}
