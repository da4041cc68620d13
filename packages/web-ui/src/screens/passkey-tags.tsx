/** The tags of a passkey: each can be taken off, and one more put on. */
import { useState } from "preact/hooks";
import { useWords } from "../app/app-context.ts";
import type { PasskeyView } from "../model/vault-view.ts";
import { Dialog } from "../parts/dialog.tsx";
import { TextField } from "../parts/field.tsx";
import { Icon } from "../parts/icon.tsx";

/** Of the vault's document, in UTF-16 units. */
const MAX_TAG = 64;

export function PasskeyTags({
  passkey,
  onEdit,
}: {
  readonly passkey: PasskeyView;
  readonly onEdit: (field: string, value: boolean | null) => Promise<boolean>;
}) {
  const { passkey: words } = useWords();
  const [tag, setTag] = useState<string | null>(null);
  const close = (): void => setTag(null);
  return (
    <section class="part">
      <div class="part-head">
        <h2>{words.tags}</h2>
        <button type="button" class="quiet" onClick={() => setTag("")}>
          <Icon name="plus" />
          {words.tagAdd}
        </button>
      </div>
      {passkey.tags.length === 0 ? (
        <p class="hint">{words.noTags}</p>
      ) : (
        <ul class="tags">
          {passkey.tags.map((each) => (
            <li key={each} dir="auto">
              {each}
              <button
                type="button"
                class="icon-only"
                aria-label={words.tagRemove(each)}
                onClick={() => void onEdit(`tag/${each}`, null)}
              >
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
      {tag !== null && (
        <Dialog
          title={words.tagAdd}
          submit={words.tagAdd}
          onClose={close}
          onSubmit={() => {
            close();
            if (tag.trim() !== "") void onEdit(`tag/${tag.trim()}`, true);
          }}
        >
          <TextField
            label={words.tagNew}
            value={tag}
            onValue={setTag}
            input={{ maxLength: MAX_TAG, autofocus: true }}
          />
        </Dialog>
      )}
    </section>
  );
}
