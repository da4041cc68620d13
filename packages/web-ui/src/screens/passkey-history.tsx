/** What happened to a passkey, newest at the top, and the way to take an earlier value back: nothing of the history goes by that. */
import { useEffect, useState } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import type { HistoryEventView, PasskeyView } from "../model/vault-view.ts";
import { useAct } from "../parts/use-act.ts";
import type { Words } from "../words/words.ts";
import { describeValue, fieldName } from "./conflict-card.tsx";

export function PasskeyHistory({ passkey }: { readonly passkey: PasskeyView }) {
  const { commands } = useApp();
  const { passkey: words } = useWords();
  const [isOpen, setOpen] = useState(false);
  const [events, setEvents] = useState<readonly HistoryEventView[]>([]);
  useEffect(() => {
    if (isOpen) void commands.readHistory(passkey.id).then(setEvents, () => setEvents([]));
  }, [isOpen, passkey]);
  return (
    <details class="part" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{words.history}</summary>
      <ol class="history">
        {events.toReversed().map((event, index) => (
          <HistoryLine key={`${event.change}/${event.field}/${index}`} id={passkey.id} event={event} />
        ))}
      </ol>
    </details>
  );
}

function HistoryLine({ id, event }: { readonly id: string; readonly event: HistoryEventView }) {
  const { commands } = useApp();
  const words = useWords();
  const act = useAct();
  const { change, field, by, canRestore } = event;
  return (
    <li>
      <span>
        <span dir="auto">{describeEvent(event, words)}</span>
        <span class="hint">{by === null ? words.passkey.historyBefore : words.passkey.historyBy(by)}</span>
      </span>
      {canRestore && field !== null && (
        <button
          type="button"
          class="link"
          onClick={() => void act.run(() => commands.restoreEarlier(id, change, field))}
        >
          {words.passkey.takeBack}
        </button>
      )}
    </li>
  );
}

function describeEvent({ what, field, value }: HistoryEventView, words: Words): string {
  if (what !== "set" && what !== "cleared") return words.passkey.happened[what];
  // The name of a tag is in the name of its field.
  const text = field?.startsWith("tag/") ? field.slice("tag/".length) : describeValue(value, words);
  const name = fieldName(field ?? "", words);
  return what === "set" ? words.passkey.fieldSet(name, text) : words.passkey.fieldCleared(name);
}
