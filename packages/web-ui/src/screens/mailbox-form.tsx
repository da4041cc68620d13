/** Adds a mailbox to the vault by its address. */
import { useState } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import { TextField } from "../parts/field.tsx";
import { ErrorNote } from "../parts/notice.tsx";
import { useAct } from "../parts/use-act.ts";

export function MailboxForm({ submit, onAdded }: { readonly submit: string; readonly onAdded: () => void }) {
  const { commands } = useApp();
  const { add } = useWords();
  const [address, setAddress] = useState("");
  const [isEmpty, setEmpty] = useState(false);
  const act = useAct();

  async function save(): Promise<void> {
    const wanted = address.trim();
    setEmpty(wanted === "");
    if (wanted === "" || !(await act.run(() => commands.addMailbox(wanted)))) return;
    setAddress("");
    onAdded();
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <TextField
        label={add.mailboxAddress}
        hint={add.mailboxHint}
        value={address}
        onValue={setAddress}
        problem={isEmpty ? add.mailboxMissing : act.error === null ? null : <ErrorNote error={act.error} />}
        input={{ inputMode: "url" }}
      />
      <button type="submit" class="plain">
        {submit}
      </button>
    </form>
  );
}
