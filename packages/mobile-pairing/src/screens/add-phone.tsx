/** Adding this phone, step by step: name and lock, the code, the six digits. Leaving or reloading ends the round and leaves nothing behind. */
import { useEffect, useRef, useState } from "preact/hooks";
import { VaultError } from "@latchkey/core/errors";
import { useApp, useWords } from "@latchkey/web-ui/app/app-context";
import type { JoinEvent } from "@latchkey/web-ui/model/vault-model";
import { ErrorNote, Notice } from "@latchkey/web-ui/parts/notice.tsx";
import { useAct } from "@latchkey/web-ui/parts/use-act";
import { Door } from "@latchkey/web-ui/screens/door.tsx";
import { Joining } from "@latchkey/web-ui/screens/join-vault.tsx";
import { readJoinEvent } from "@latchkey/web-ui/link/link-commands";
import type { JoinDoor } from "@latchkey/device-host/join-doors";
import type { Protection } from "../device/join.ts";
import { usePhone, usePhoneWords } from "../phone-context.ts";
import { BringCode } from "./bring-code.tsx";
import { NamePhone } from "./name-phone.tsx";

interface Chosen {
  readonly name: string;
  readonly protection: Protection;
}

const givenUp = (): VaultError => new VaultError("LK-PAIR-CANCELLED", "given up on the phone");

export function AddPhone({ onBack }: { readonly onBack: () => void }) {
  const { model } = useApp();
  const { app } = useWords();
  const { phone } = usePhone();
  const { joining } = usePhoneWords();
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [event, setEvent] = useState<JoinEvent | null>(null);
  const act = useAct();
  const stop = useRef(new AbortController());
  useEffect(() => {
    // The other device is told at once, where the page has the time for it.
    const leave = (): void => stop.current.abort(givenUp());
    addEventListener("pagehide", leave);
    return () => {
      removeEventListener("pagehide", leave);
      leave();
    };
  }, []);

  function join(door: JoinDoor): void {
    if (chosen === null) return;
    stop.current = new AbortController();
    setEvent(null);
    void act.run(() =>
      phone.join(
        { ...chosen, door },
        {
          signal: stop.current.signal,
          onTell: (told) => {
            const next = readJoinEvent(told);
            if (next !== null) setEvent(next);
          },
        },
      ),
    );
  }

  if (act.isBusy)
    return (
      <Door key="joining">
        <Joining event={event} onCancel={() => stop.current.abort(givenUp())} />
      </Door>
    );
  if (act.error !== null)
    return (
      <Door key="failed">
        <h1>{joining.failed}</h1>
        <Notice tone="alarm" icon="warning">
          <p role="alert">
            <ErrorNote error={act.error} />
          </p>
        </Notice>
        <div class="actions">
          <button type="button" class="primary" onClick={() => act.clear()}>
            {joining.again}
          </button>
          <button type="button" class="plain" onClick={onBack}>
            {app.back}
          </button>
        </div>
      </Door>
    );
  return chosen === null ? (
    <Door key="name">
      <NamePhone suggested={model.machine.value} onChosen={setChosen} onBack={onBack} />
    </Door>
  ) : (
    <Door key="bring">
      <BringCode onDoor={join} onBack={() => setChosen(null)} />
    </Door>
  );
}
