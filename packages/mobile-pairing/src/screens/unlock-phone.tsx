/** The locked phone: its own lock or the passphrase, and what to do where neither works any more. Nothing is wiped by itself. */
import { useState } from "preact/hooks";
import { useApp } from "@latchkey/web-ui/app/app-context";
import { Dialog } from "@latchkey/web-ui/parts/dialog.tsx";
import { ErrorNote } from "@latchkey/web-ui/parts/notice.tsx";
import { useAct } from "@latchkey/web-ui/parts/use-act";
import { Door } from "@latchkey/web-ui/screens/door.tsx";
import { UnlockForm } from "@latchkey/web-ui/screens/unlock.tsx";
import { usePhone, usePhoneWords } from "../phone-context.ts";

export function UnlockPhoneScreen() {
  const { phone } = usePhone();
  return (
    <Door>
      {phone.unlockBy.value === "device" ? <UnlockByDevice /> : <UnlockForm />}
      <CannotOpen />
    </Door>
  );
}

function UnlockByDevice() {
  const { commands } = useApp();
  const { unlock } = usePhoneWords();
  const act = useAct();
  return (
    <>
      <h1>{unlock.title}</h1>
      <p>{unlock.lead}</p>
      <p class="hint">{unlock.byDevice}</p>
      <button type="button" class="primary wide" onClick={() => void act.run(() => commands.unlock(""))}>
        {act.isBusy ? unlock.opening : unlock.open}
      </button>
      <p class="problem" role="alert">
        {act.error !== null && <ErrorNote error={act.error} />}
      </p>
    </>
  );
}

function CannotOpen() {
  const { phone } = usePhone();
  const { unlock } = usePhoneWords();
  const [isAsking, setAsking] = useState(false);
  return (
    <details>
      <summary>{unlock.cannot}</summary>
      <p>{unlock.cannotText}</p>
      <button type="button" class="plain" onClick={() => setAsking(true)}>
        {unlock.erase}
      </button>
      {isAsking && (
        <Dialog
          title={unlock.erase}
          submit={unlock.eraseNow}
          danger
          onClose={() => setAsking(false)}
          onSubmit={() => void phone.removeCopy().catch(() => {})}
        >
          <p>{unlock.eraseAsk}</p>
        </Dialog>
      )}
    </details>
  );
}
