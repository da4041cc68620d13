/** Edits one text of a passkey in a dialog: a line, or a note of several. Saving an empty text clears it. */
import { useId, useState } from "preact/hooks";
import { Dialog } from "../parts/dialog.tsx";
import { TextField } from "../parts/field.tsx";

export function EditTextDialog({
  title,
  label,
  hint,
  submit,
  value,
  maxLength,
  isLong = false,
  onClose,
  onSave,
}: {
  readonly title: string;
  readonly label: string;
  readonly hint?: string;
  readonly submit: string;
  readonly value: string;
  readonly maxLength: number;
  readonly isLong?: boolean;
  readonly onClose: () => void;
  readonly onSave: (text: string) => void;
}) {
  const [text, setText] = useState(value);
  const id = useId();
  return (
    <Dialog
      title={title}
      submit={submit}
      onClose={onClose}
      onSubmit={() => {
        onClose();
        onSave(text.trim());
      }}
    >
      {isLong ? (
        <div class="field">
          <label for={id}>{label}</label>
          <textarea
            id={id}
            rows={6}
            dir="auto"
            autofocus
            maxLength={maxLength}
            value={text}
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        </div>
      ) : (
        <TextField
          label={label}
          hint={hint}
          value={text}
          onValue={setText}
          input={{ maxLength, autofocus: true }}
        />
      )}
    </Dialog>
  );
}
