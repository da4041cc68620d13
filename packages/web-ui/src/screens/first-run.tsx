/** A machine without a vault (experience.md § 7, U1): three doors, and behind each one form. */
import { useState } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import { Icon } from "../parts/icon.tsx";
import { CreateVaultForm } from "./create-vault.tsx";
import { Door } from "./door.tsx";
import { JoinVaultForm } from "./join-vault.tsx";
import { RestoreVaultForm } from "./restore-vault.tsx";

export function FirstRunScreen() {
  const { model } = useApp();
  const { firstRun, restore } = useWords();
  const [way, setWay] = useState<"create" | "join" | "restore" | null>(null);
  const back = (): void => setWay(null);
  if (way === "create")
    return (
      <Door key="create">
        <CreateVaultForm onBack={back} />
      </Door>
    );
  if (way === "join")
    return (
      <Door key="join">
        <JoinVaultForm onBack={back} />
      </Door>
    );
  if (way === "restore")
    return (
      <Door key="restore">
        <RestoreVaultForm onBack={back} />
      </Door>
    );
  return (
    <Door key="doors">
      <h1>{firstRun.title}</h1>
      <p class="lead">{firstRun.lead}</p>
      <ul class="ways">
        <li>
          <button type="button" class="way" onClick={() => setWay("create")}>
            <Icon name="plus" />
            <span>
              <strong>{firstRun.create}</strong>
              <span>{firstRun.createHint}</span>
            </span>
            <Icon name="next" />
          </button>
        </li>
        <li>
          <button type="button" class="way" onClick={() => setWay("join")}>
            <Icon name="device" />
            <span>
              <strong>{firstRun.join}</strong>
              <span>{firstRun.joinHint}</span>
            </span>
            <Icon name="next" />
          </button>
        </li>
        {model.methods.value.includes("vault.restore") && (
          <li>
            <button type="button" class="way" onClick={() => setWay("restore")}>
              <Icon name="restore" />
              <span>
                <strong>{restore.title}</strong>
                <span>{restore.titleHint}</span>
              </span>
              <Icon name="next" />
            </button>
          </li>
        )}
      </ul>
    </Door>
  );
}
