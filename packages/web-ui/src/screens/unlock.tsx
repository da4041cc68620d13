/** Opening a locked vault (experience.md § 7, U2): one field; after several wrong tries a wait that counts down, and never a wipe. */
import { useEffect, useRef, useState } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import { CommandError } from "../model/vault-model.ts";
import { PassphraseField } from "../parts/field.tsx";
import { ErrorNote } from "../parts/notice.tsx";
import { useAct } from "../parts/use-act.ts";
import { Door } from "./door.tsx";

export function UnlockScreen() {
  return (
    <Door>
      <UnlockForm />
    </Door>
  );
}

export function UnlockForm() {
  const { commands } = useApp();
  const { unlock } = useWords();
  const [passphrase, setPassphrase] = useState("");
  const [isEmpty, setEmpty] = useState(false);
  const act = useAct();
  const wait = useWait(act.error);
  const form = useRef<HTMLFormElement>(null);

  async function open(): Promise<void> {
    setEmpty(passphrase === "");
    if (passphrase !== "" && (await act.run(() => commands.unlock(passphrase)))) return;
    form.current?.querySelector("input")?.select();
  }

  return (
    <>
      <h1>{unlock.title}</h1>
      <p>{unlock.lead}</p>
      <form
        ref={form}
        onSubmit={(event) => {
          event.preventDefault();
          if (wait === 0) void open();
        }}
      >
        <PassphraseField
          label={unlock.passphrase}
          value={passphrase}
          onValue={setPassphrase}
          problem={
            isEmpty ? (
              unlock.missing
            ) : act.error === null ? null : (
              <>
                <ErrorNote error={act.error} />
                {wait > 0 && (
                  // Announced with the text above it, and not each second again.
                  <strong aria-live="off"> {unlock.wait(wait)}</strong>
                )}
              </>
            )
          }
          input={{ autocomplete: "current-password", autofocus: true }}
        />
        <button type="submit" class="primary wide" aria-disabled={act.isBusy || wait > 0}>
          {act.isBusy ? unlock.opening : unlock.open}
        </button>
      </form>
    </>
  );
}

/** Seconds until the next try is allowed, counted down: the device says how many. */
function useWait(error: unknown): number {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (!(error instanceof CommandError) || error.code !== "LK-KEY-WAIT") return undefined;
    let seconds = Number(/wait (\d+) s/.exec(error.message)?.[1] ?? 0);
    setLeft(seconds);
    const timer = setInterval(() => {
      setLeft(--seconds);
      if (seconds <= 0) clearInterval(timer);
    }, 1_000);
    return () => clearInterval(timer);
  }, [error]);
  return Math.max(0, left);
}
