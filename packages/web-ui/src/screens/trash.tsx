/** Deleted passkeys, each with the way back; edits that came after the deletion are named, for restoring brings them back, too. */
import { useState } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import { addressOf } from "../app/route.ts";
import { nameOf, type PasskeyView } from "../model/vault-view.ts";
import { Icon } from "../parts/icon.tsx";
import { ErrorNote } from "../parts/notice.tsx";
import { ScreenHead } from "../parts/screen-head.tsx";
import { Tile } from "../parts/tile.tsx";
import { useAct } from "../parts/use-act.ts";
import { formatDay } from "../words/format.ts";
import { fieldName } from "./conflict-card.tsx";
import { KeptIntents } from "./kept-intents.tsx";
import { VerifiedActDialog } from "./verified-act-dialog.tsx";

export function TrashScreen() {
  const { model } = useApp();
  const { trash } = useWords();
  const deleted = model.passkeys.value
    .filter(({ state }) => state === "deleted")
    .sort((a, b) => ((a.deletedOn ?? "") < (b.deletedOn ?? "") ? 1 : -1));
  if (deleted.length === 0)
    return (
      <>
        <ScreenHead title={trash.title} />
        <section class="empty">
          <Icon name="trash" />
          <h2>{trash.emptyTitle}</h2>
          <p>{trash.empty}</p>
        </section>
      </>
    );
  return (
    <>
      <ScreenHead title={trash.title} lead={trash.lead} />
      <KeptIntents />
      <ul class="cards">
        {deleted.map((passkey) => (
          <TrashCard key={passkey.id} passkey={passkey} />
        ))}
      </ul>
    </>
  );
}

function TrashCard({ passkey }: { readonly passkey: PasskeyView }) {
  const { commands, locale } = useApp();
  const words = useWords();
  const act = useAct();
  const [isPurging, setPurging] = useState(false);
  const { id, site, user, deletedOn, editedAfterDeletion, replacedBy } = passkey;
  return (
    <li class="card">
      <Tile name={site ?? "?"} />
      <span class="card-text">
        <a href={addressOf({ screen: "passkey", id })}>
          <strong dir="auto">{nameOf(passkey)}</strong>
        </a>
        <span dir="auto">{user ?? words.list.noAccount}</span>
        {deletedOn !== null && (
          <span class="hint">{words.passkey.trashedOn(formatDay(deletedOn, locale.value))}</span>
        )}
        {replacedBy !== null && <span class="hint">{words.passkey.replaced}</span>}
        {editedAfterDeletion.map(({ field, by }) => (
          <span class="late" key={field}>
            {words.passkey.editedAfter(by, fieldName(field, words))}
          </span>
        ))}
        {act.error !== null && (
          <span class="problem" role="alert">
            <ErrorNote error={act.error} />
          </span>
        )}
      </span>
      <span class="card-acts">
        <button type="button" class="plain" onClick={() => void act.run(() => commands.restorePasskey(id))}>
          <Icon name="restore" />
          {editedAfterDeletion.length > 0 ? words.passkey.restoreEdited : words.passkey.restore}
          <span class="unseen">: {nameOf(passkey)}</span>
        </button>
        <button type="button" class="quiet" onClick={() => setPurging(true)}>
          {words.trash.purge}
          <span class="unseen">: {nameOf(passkey)}</span>
        </button>
      </span>
      {isPurging && (
        <VerifiedActDialog
          title={words.trash.purgeTitle(nameOf(passkey))}
          text={words.trash.purgeText}
          submit={words.trash.purge}
          busy={words.devices.removing}
          onClose={() => setPurging(false)}
          act={(passphrase) => commands.purgePasskey(id, passphrase)}
        />
      )}
    </li>
  );
}
