/** A device that is gone (experience.md § 7, U7): what removing it does and does not do, and which passkeys it may still hold. */
import { useApp, useWords } from "../app/app-context.ts";
import type { DeviceView, ExposedPasskeyView } from "../model/vault-view.ts";
import { ScreenHead } from "../parts/screen-head.tsx";
import { Tile } from "../parts/tile.tsx";
import { VerifiedActDialog } from "./verified-act-dialog.tsx";

export interface Removal {
  readonly device: string;
  readonly exposed: readonly ExposedPasskeyView[];
}

export function LostDeviceDialog({
  device,
  onClose,
  onRemoved,
}: {
  readonly device: DeviceView;
  readonly onClose: () => void;
  readonly onRemoved: (removal: Removal) => void;
}) {
  const { commands } = useApp();
  const { devices } = useWords();
  return (
    <VerifiedActDialog
      title={devices.removeTitle(device.name)}
      text={devices.removeText(device.name)}
      submit={devices.removeNow}
      busy={devices.removing}
      onClose={onClose}
      act={async (passphrase) => {
        const exposed = await commands.removeDevice(device.id, passphrase);
        onRemoved({ device: device.name, exposed });
      }}
    />
  );
}

/** The truth about what it had, as a list to work through. */
export function RemovedDevice({
  removal: { device, exposed },
  onDone,
}: {
  readonly removal: Removal;
  readonly onDone: () => void;
}) {
  const { router } = useApp();
  const { devices, list, replace } = useWords();
  return (
    <>
      <ScreenHead
        title={devices.removedTitle(device)}
        lead={exposed.length === 0 ? devices.removedNothing : devices.removed(exposed.length)}
      />
      <ul class="cards">
        {exposed.map(({ id, site, user, title }) => (
          <li class="card" key={id}>
            <Tile name={site} />
            <span class="card-text">
              <strong dir="auto">{title ?? site}</strong>
              <span dir="auto">{user ?? list.noAccount}</span>
            </span>
          </li>
        ))}
      </ul>
      <div class="actions">
        {exposed.length > 0 && (
          <button type="button" class="primary" onClick={() => router.go({ screen: "replace" })}>
            {replace.go}
          </button>
        )}
        <button type="button" class={exposed.length > 0 ? "quiet" : "primary"} onClick={onDone}>
          {devices.removedDone}
        </button>
      </div>
    </>
  );
}
