/** What the person wanted while no mailbox could be reached (protocol § 6): it has not happened, it will at the next contact, and it can be taken back. */
import { useApp, useWords } from "../app/app-context.ts";
import type { IntentView } from "../model/vault-view.ts";
import { ErrorNote, Notice } from "../parts/notice.tsx";
import { useAct } from "../parts/use-act.ts";
import { formatMoment } from "../words/format.ts";
import type { Words } from "../words/words.ts";

function describeIntent({ kind, device, site, user }: IntentView, { intents }: Words): string {
  if (kind === "rotation") return intents.rotation;
  if (kind === "removal") return intents.removal(device ?? intents.goneDevice);
  return intents.purge(site ?? intents.unknownPasskey, user ?? null);
}

export function KeptIntents() {
  const { model, commands, locale } = useApp();
  const words = useWords();
  const { intents } = words;
  const act = useAct();
  const kept = model.facts.value?.intents ?? [];
  return (
    // Always there: what comes into it is read out.
    <div class="announced" role="status">
      {kept.length > 0 && (
        <Notice tone="calm" icon="sync" title={intents.title}>
          <p>{intents.lead}</p>
          <ul>
            {kept.map((intent) => (
              <li key={intent.id}>
                <strong dir="auto">{describeIntent(intent, words)}</strong>{" "}
                <span class="hint">{intents.since(formatMoment(intent.since, locale.value))}</span>{" "}
                <button
                  type="button"
                  class="quiet"
                  onClick={() => void act.run(() => commands.withdrawIntent(intent.id))}
                >
                  {intents.withdraw}
                  <span class="unseen">: {describeIntent(intent, words)}</span>
                </button>
              </li>
            ))}
          </ul>
          {act.error !== null && (
            <p class="problem">
              <ErrorNote error={act.error} />
            </p>
          )}
        </Notice>
      )}
    </div>
  );
}
