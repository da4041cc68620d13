/** Backups in a folder of this machine: where, how old, whether each is whole, and what opens them. */
import { useEffect, useState } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import type { BackupView } from "../model/recovery-view.ts";
import { TextField } from "../parts/field.tsx";
import { ErrorNote } from "../parts/notice.tsx";
import { useAct } from "../parts/use-act.ts";
import { formatMoment } from "../words/format.ts";
import { VerifiedActDialog } from "./verified-act-dialog.tsx";

export function BackupPart() {
  const { commands, model } = useApp();
  const { backup: words } = useWords();
  const [state, setState] = useState<BackupView | null>(null);
  const [folder, setFolder] = useState("");
  const [isEmpty, setEmpty] = useState(false);
  const [isChoosing, setChoosing] = useState(false);
  const act = useAct();
  const read = async (): Promise<void> => {
    const found = await commands.readBackups();
    setState(found);
    setFolder(found?.folder ?? "");
  };
  useEffect(() => void read().catch(() => {}), []);

  return (
    <section class="part">
      <h2>{words.title}</h2>
      <p>
        {words.text} {model.facts.value?.recovery == null ? words.opensDevices : words.opensPage}
      </p>
      <form
        onSubmit={(submitted) => {
          submitted.preventDefault();
          setEmpty(folder.trim() === "");
          if (folder.trim() !== "") setChoosing(true);
        }}
      >
        <TextField
          label={words.folder}
          hint={words.folderHint}
          value={folder}
          onValue={setFolder}
          problem={isEmpty ? words.folderMissing : null}
        />
        <button type="submit" class="plain">
          {words.choose}
        </button>
      </form>
      {state !== null && (
        <>
          <p>{words.rhythm(state.hours, state.copies)}</p>
          <ul class="lines">
            {state.files.map(({ file, madeAt }) => (
              <BackupLine key={file} folder={state.folder} file={file} madeAt={madeAt} />
            ))}
          </ul>
          <div class="actions">
            <button
              type="button"
              class="plain"
              onClick={() =>
                void act.run(async () => {
                  await commands.runBackup();
                  await read();
                })
              }
            >
              {words.run}
            </button>
          </div>
          <p role="status">{act.isBusy && words.running}</p>
          {act.error !== null && (
            <p class="problem" role="alert">
              <ErrorNote error={act.error} />
            </p>
          )}
        </>
      )}
      {isChoosing && (
        <VerifiedActDialog
          title={words.chooseTitle}
          text={words.chooseText(folder.trim())}
          submit={words.choose}
          busy={words.running}
          danger={false}
          onClose={() => setChoosing(false)}
          act={async (passphrase) => {
            await commands.setBackupFolder(folder.trim(), passphrase);
            await read();
          }}
        />
      )}
    </section>
  );
}

function BackupLine({
  folder,
  file,
  madeAt,
}: {
  readonly folder: string;
  readonly file: string;
  readonly madeAt: string;
}) {
  const { commands, locale } = useApp();
  const { backup: words } = useWords();
  const [isWhole, setWhole] = useState(false);
  const act = useAct();
  const when = formatMoment(madeAt, locale.value);
  return (
    <li>
      <span>{words.made(when)}</span>{" "}
      <button
        type="button"
        class="quiet"
        aria-label={words.checkOne(when)}
        onClick={() =>
          void act.run(async () => {
            setWhole(false);
            await commands.verifyBackup(folder, file);
            setWhole(true);
          })
        }
      >
        {words.check}
      </button>
      <span role="status">{act.isBusy ? words.checking : isWhole && words.whole}</span>
      {act.error !== null && (
        <p class="problem" role="alert">
          <ErrorNote error={act.error} />
        </p>
      )}
    </li>
  );
}
