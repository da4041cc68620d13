/** An import: choose a file, see what would come in, agree, be verified. The dry run and the import are the same call of the host. */
import { useState } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import { CommandError } from "../model/vault-model.ts";
import type { ImportReportView } from "../model/vault-view.ts";
import { PassphraseField } from "../parts/field.tsx";
import { ErrorNote, Notice } from "../parts/notice.tsx";
import { useAct } from "../parts/use-act.ts";
import { ImportReport } from "./import-report.tsx";
import { VerifiedActDialog } from "./verified-act-dialog.tsx";

export function ImportPart({ onTaken }: { readonly onTaken: () => void }) {
  const { commands } = useApp();
  const { moving } = useWords();
  const act = useAct();
  const [files, setFiles] = useState<readonly File[]>([]);
  const [password, setPassword] = useState("");
  const [wantsPassword, setWantsPassword] = useState(false);
  const [choices, setChoices] = useState({ withTrash: false, unbacked: false });
  const [report, setReport] = useState<ImportReportView | null>(null);
  const [isTaking, setTaking] = useState(false);
  const [progress, setProgress] = useState<readonly [number, number] | null>(null);
  const [taken, setTaken] = useState<number | null>(null);

  function choose(chosen: readonly File[]): void {
    setFiles(chosen);
    setPassword("");
    setWantsPassword(false);
    setReport(null);
    setTaken(null);
    act.clear();
  }

  const look = (): Promise<boolean> =>
    act.run(async () => {
      setReport(null);
      try {
        setReport(await commands.reviewImport(files, choices, wantsPassword ? password : null));
      } catch (error) {
        const isAsked = error instanceof CommandError && error.code === "LK-IMPORT-PASSWORD";
        setWantsPassword(wantsPassword || isAsked);
        // That there is one to type is no failure yet.
        if (!isAsked || wantsPassword) throw error;
      }
    });

  async function take(passphrase: string): Promise<void> {
    const secrets = { passphrase, password: wantsPassword ? password : null };
    try {
      setTaken(
        await commands.importPasskeys(files, choices, secrets, (done, total) => setProgress([done, total])),
      );
      setReport(null);
      onTaken();
    } finally {
      setProgress(null);
    }
  }

  return (
    <section class="part">
      <h2>{moving.importTitle}</h2>
      <p>{moving.importText}</p>
      <form
        onSubmit={(submitted) => {
          submitted.preventDefault();
          if (files.length > 0) void look();
        }}
      >
        <label class="file plain">
          <input
            type="file"
            multiple
            onChange={({ currentTarget }) => choose([...(currentTarget.files ?? [])])}
          />
          {files.length === 0 ? moving.choose : moving.chosen(files.map(({ name }) => name).join(", "))}
        </label>
        {wantsPassword && (
          <PassphraseField
            label={moving.password}
            hint={moving.passwordHint}
            value={password}
            onValue={setPassword}
            input={{ autocomplete: "off", autofocus: true }}
          />
        )}
        {(["withTrash", "unbacked"] as const).map((name) => (
          <label class="choice" key={name}>
            <input
              type="checkbox"
              checked={choices[name]}
              onChange={({ currentTarget }) => {
                setChoices({ ...choices, [name]: currentTarget.checked });
                setReport(null);
              }}
            />
            <span>{moving[name]}</span>
          </label>
        ))}
        {act.error !== null && (
          <p class="problem" role="alert">
            <ErrorNote error={act.error} />
          </p>
        )}
        <div class="actions">
          <button type="submit" class="plain" disabled={files.length === 0}>
            {moving.look}
          </button>
        </div>
        <p role="status">{act.isBusy && moving.looking}</p>
      </form>
      {report !== null && (
        <>
          <ImportReport report={report} />
          {report.counts.new > 0 && (
            <button type="button" class="primary" onClick={() => setTaking(true)}>
              {moving.take(report.counts.new)}
            </button>
          )}
        </>
      )}
      {isTaking && report !== null && (
        <VerifiedActDialog
          title={moving.takeTitle(report.counts.new)}
          text={moving.takeText}
          submit={moving.take(report.counts.new)}
          busy={progress === null ? moving.looking : moving.taking(...progress)}
          danger={false}
          onClose={() => setTaking(false)}
          act={take}
        />
      )}
      <div role="status">
        {taken !== null && (
          <Notice tone="calm" icon="check" title={moving.taken(taken)}>
            <p>{moving.takenText}</p>
          </Notice>
        )}
      </div>
    </section>
  );
}
