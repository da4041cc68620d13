/** One passkey: what it is for, the person's own name, note and tags for it, decisions to make, and the way to the trash and back. */
import { useEffect, useState } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import { addressOf } from "../app/route.ts";
import { type CopiesView, nameOf, type PasskeyView } from "../model/vault-view.ts";
import { CopyButton } from "../parts/copy-button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Icon } from "../parts/icon.tsx";
import { ErrorNote, Notice } from "../parts/notice.tsx";
import { ScreenHead } from "../parts/screen-head.tsx";
import { Tile } from "../parts/tile.tsx";
import { type Act, useAct } from "../parts/use-act.ts";
import { formatDay, formatDayOf } from "../words/format.ts";
import { PasskeyHistory } from "./passkey-history.tsx";
import { ConflictCard } from "./conflict-card.tsx";
import { EditTextDialog } from "./edit-text-dialog.tsx";
import { PasskeyTags } from "./passkey-tags.tsx";

/** Limits of the vault's document, in UTF-16 units. */
const MAX_TITLE = 256;
const MAX_NOTE = 8192;

/** COSE algorithms as people who care know them. */
const ALGORITHMS: Readonly<Record<number, string>> = {
  [-7]: "ES256 (P-256)",
  [-8]: "EdDSA (Ed25519)",
  [-35]: "ES384 (P-384)",
  [-257]: "RS256 (RSA)",
};

export function PasskeyDetailScreen({ id }: { readonly id: string }) {
  const { model } = useApp();
  const { passkey: words } = useWords();
  const passkey = model.passkeys.value.find((each) => each.id === id);
  return (
    <>
      <a class="back" href={addressOf({ screen: passkey?.state === "deleted" ? "trash" : "passkeys" })}>
        <Icon name="back" />
        {passkey?.state === "deleted" ? words.trashed : words.toList}
      </a>
      {passkey === undefined ? <ScreenHead title={words.gone} /> : <Detail passkey={passkey} />}
    </>
  );
}

function Detail({ passkey }: { readonly passkey: PasskeyView }) {
  const { commands } = useApp();
  const { app, passkey: words } = useWords();
  const [dialog, setDialog] = useState<"rename" | "note" | "trash" | null>(null);
  const act = useAct();
  const { id, site, user, state, favourite, archived } = passkey;
  const isLive = state === "live";
  useRenameKey(() => isLive && setDialog("rename"));
  const close = (): void => setDialog(null);
  const edit = (field: string, value: string | boolean | null): Promise<boolean> =>
    act.run(() => commands.editPasskey(id, field, value));

  return (
    <>
      <ScreenHead
        title={
          <>
            <Tile name={site ?? "?"} />
            {nameOf(passkey)}
          </>
        }
      >
        {isLive && (
          <button type="button" class="plain" title="F2" onClick={() => setDialog("rename")}>
            <Icon name="pen" />
            {words.rename}
          </button>
        )}
      </ScreenHead>
      <Problems act={act} passkey={passkey} />
      {passkey.conflicts.map((conflict) => (
        <ConflictCard key={conflict.field} id={id} conflict={conflict} />
      ))}
      <dl class="facts" aria-label={words.details}>
        <Fact name={words.site} value={site} />
        <Fact name={words.account} value={user} />
        {passkey.displayName !== user && <Fact name={words.displayName} value={passkey.displayName} />}
        <CreatedFact createdAt={passkey.createdAt} />
        <CopiesFact passkey={passkey} />
      </dl>
      {isLive && (
        <>
          <section class="part">
            <div class="part-head">
              <h2>{words.note}</h2>
              <button type="button" class="quiet" onClick={() => setDialog("note")}>
                <Icon name="pen" />
                {words.noteEdit}
              </button>
            </div>
            <p class={passkey.note === null ? "hint" : "note"} dir="auto">
              {passkey.note ?? words.noteEmpty}
            </p>
          </section>
          <PasskeyTags passkey={passkey} onEdit={edit} />
        </>
      )}
      <PasskeyHistory passkey={passkey} />
      <details class="part">
        <summary>{words.technical}</summary>
        <dl class="facts">
          <Fact name={words.id} value={id} isCode />
          {passkey.algorithm !== null && (
            <Fact name={words.algorithm} value={ALGORITHMS[passkey.algorithm] ?? String(passkey.algorithm)} />
          )}
        </dl>
        <CopyButton text={id} label={`${app.copy}: ${words.id}`} />
      </details>
      {isLive && (
        <div class="actions end">
          <button type="button" class="plain" onClick={() => void edit("favourite", !favourite)}>
            <Icon name="star" />
            {favourite ? words.unfavourite : words.favourite}
          </button>
          <button type="button" class="plain" onClick={() => void edit("archived", !archived)}>
            {archived ? words.unarchive : words.archive}
          </button>
          <button type="button" class="danger-plain" onClick={() => setDialog("trash")}>
            <Icon name="trash" />
            {words.trash}
          </button>
        </div>
      )}
      {dialog === "rename" && (
        <EditTextDialog
          title={words.renameTitle}
          label={words.fields.title}
          hint={words.renameHint}
          submit={words.renameSave}
          value={passkey.title ?? site ?? ""}
          maxLength={MAX_TITLE}
          onClose={close}
          onSave={(title) => void edit("title", title === "" ? null : title)}
        />
      )}
      {dialog === "note" && (
        <EditTextDialog
          title={words.noteEdit}
          label={words.note}
          submit={words.noteSave}
          value={passkey.note ?? ""}
          maxLength={MAX_NOTE}
          isLong
          onClose={close}
          onSave={(note) => void edit("note", note === "" ? null : note)}
        />
      )}
      {dialog === "trash" && (
        <Dialog
          title={words.trashTitle(nameOf(passkey))}
          submit={words.trash}
          danger
          onClose={close}
          onSubmit={() => {
            close();
            void act.run(() => commands.deletePasskey(id));
          }}
        >
          <p>{words.trashText}</p>
        </Dialog>
      )}
    </>
  );
}

/** What failed just now, and what is out of the ordinary with this passkey. */
function Problems({ act, passkey }: { readonly act: Act; readonly passkey: PasskeyView }) {
  const { commands, locale } = useApp();
  const { passkey: words } = useWords();
  return (
    <>
      {act.error !== null && (
        <Notice tone="alarm" icon="warning">
          <p role="alert">
            <ErrorNote error={act.error} />
          </p>
        </Notice>
      )}
      {passkey.state === "needs-attention" && (
        <Notice tone="warning" icon="warning">
          <p>{words.unreadable}</p>
        </Notice>
      )}
      {passkey.state === "deleted" && passkey.deletedOn !== null && (
        <Notice tone="calm" icon="trash" title={words.trashedOn(formatDay(passkey.deletedOn, locale.value))}>
          {passkey.replacedBy !== null && <p>{words.replaced}</p>}
          <p>{words.trashText}</p>
          <button
            type="button"
            class="primary"
            onClick={() => void act.run(() => commands.restorePasskey(passkey.id))}
          >
            <Icon name="restore" />
            {words.restore}
          </button>
        </Notice>
      )}
    </>
  );
}

/** On how many of the devices it is known to be. */
function CopiesFact({ passkey }: { readonly passkey: PasskeyView }) {
  const { commands, model } = useApp();
  const { passkey: words } = useWords();
  const [copies, setCopies] = useState<CopiesView | null>(null);
  const devices = model.devices.value;
  useEffect(() => {
    void commands.readCopies(passkey.id).then(setCopies, () => setCopies(null));
  }, [passkey, devices]);
  if (copies === null) return null;
  return (
    <Fact
      name={words.copies}
      value={copies.have === 1 ? words.copiesOne : words.copiesOf(copies.have, copies.of)}
    />
  );
}

function Fact({
  name,
  value,
  isCode = false,
}: {
  readonly name: string;
  readonly value: string | null;
  readonly isCode?: boolean;
}) {
  if (value === null) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd dir="auto">{isCode ? <code>{value}</code> : value}</dd>
    </div>
  );
}

function CreatedFact({ createdAt }: Pick<PasskeyView, "createdAt">) {
  const { locale } = useApp();
  const { passkey: words } = useWords();
  return <Fact name={words.created} value={createdAt && formatDayOf(createdAt, locale.value)} />;
}

function useRenameKey(rename: () => void): void {
  useEffect(() => {
    function onKey(event: KeyboardEvent): void {
      if (event.key !== "F2" || document.querySelector("dialog[open]") !== null) return;
      event.preventDefault();
      rename();
    }
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  });
}
