/** A field that two devices set differently while apart (experience.md § 7, U9): every value with its device, and the choice. */
import { useId, useState } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import type { ConflictView, FieldValue } from "../model/vault-view.ts";
import { Icon } from "../parts/icon.tsx";
import { ErrorNote } from "../parts/notice.tsx";
import { useAct } from "../parts/use-act.ts";
import type { Words } from "../words/words.ts";

export function ConflictCard({ id, conflict }: { readonly id: string; readonly conflict: ConflictView }) {
  const { commands } = useApp();
  const words = useWords();
  const [choice, setChoice] = useState(0);
  const act = useAct();
  const name = useId();
  const values = [conflict.kept, ...conflict.offered];
  return (
    <form
      class="notice notice-warning conflict"
      onSubmit={(event) => {
        event.preventDefault();
        void act.run(() => commands.resolveConflict(id, conflict.field, choice));
      }}
    >
      <Icon name="warning" />
      <fieldset>
        <legend>{words.conflict.title(fieldName(conflict.field, words))}</legend>
        <p>{words.conflict.lead}</p>
        {values.map(({ value, by }, index) => (
          <label class="choice" key={index}>
            <input type="radio" name={name} checked={choice === index} onChange={() => setChoice(index)} />
            <span>
              <strong dir="auto">{describeValue(value, words)}</strong>
              <span class="hint">
                {words.conflict.by(by)}
                {index === 0 && ` · ${words.conflict.shown}`}
              </span>
            </span>
          </label>
        ))}
        {act.error !== null && (
          <p class="problem" role="alert">
            <ErrorNote error={act.error} />
          </p>
        )}
        <button type="submit" class="primary">
          {words.conflict.keep}
        </button>
      </fieldset>
    </form>
  );
}

/** A register of the document, as the person knows it. */
export function fieldName(field: string, { passkey: { fields } }: Words): string {
  if (field.startsWith("tag/")) return fields.tag;
  return Object.hasOwn(fields, field) ? fields[field as keyof typeof fields] : fields.other;
}

export function describeValue(value: FieldValue, { conflict }: Words): string {
  if (typeof value === "boolean") return value ? conflict.yes : conflict.no;
  return value === null || value === "" ? conflict.empty : value;
}
