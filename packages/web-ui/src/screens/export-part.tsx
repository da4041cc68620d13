/** An export in an open format: what the file cannot carry, where it goes, the sentence that says what it can do, then a verification. */
import { useState } from "preact/hooks";
import { EXPORT_FORMATS } from "@latchkey/core/exchange/export-item";
import { useApp, useWords } from "../app/app-context.ts";
import type { ExportFormat, ExportReviewView } from "../model/vault-view.ts";
import { PassphraseField, TextField } from "../parts/field.tsx";
import { ErrorNote, Notice } from "../parts/notice.tsx";
import { useAct } from "../parts/use-act.ts";
import { VerifiedActDialog } from "./verified-act-dialog.tsx";

export function ExportPart() {
  const { model, commands } = useApp();
  const { moving } = useWords();
  const act = useAct();
  const [format, setFormat] = useState<ExportFormat | null>(null);
  const [review, setReview] = useState<ExportReviewView | null>(null);
  const [path, setPath] = useState("");
  const [typed, setTyped] = useState("");
  const [isTried, setTried] = useState(false);
  const [isWriting, setWriting] = useState(false);
  const [written, setWritten] = useState<number | null>(null);
  const isProtected = format === "bitwarden";

  const choose = (chosen: ExportFormat): Promise<boolean> =>
    act.run(async () => {
      setFormat(chosen);
      setReview(null);
      setTyped("");
      setTried(false);
      setWritten(null);
      const found = await commands.reviewExport(chosen);
      setReview(found);
      setPath(found.path);
    });

  async function write(passphrase: string): Promise<void> {
    if (format === null) return;
    const plan = { format, isProtected, sentence: isProtected ? "" : typed, path };
    setWritten(await commands.exportPasskeys(plan, { passphrase, password: isProtected ? typed : null }));
    setReview(null);
    setFormat(null);
  }

  if (model.managed.value.forbidPlainExport)
    return (
      <section class="part">
        <h2>{moving.exportTitle}</h2>
        <p class="hint">{moving.forbidden}</p>
      </section>
    );
  const problemOf = (value: string): string | null => (isTried && value === "" ? moving.missing : null);
  return (
    <section class="part">
      <h2>{moving.exportTitle}</h2>
      <p>{moving.exportText}</p>
      <fieldset>
        <legend class="unseen">{moving.exportTitle}</legend>
        {EXPORT_FORMATS.map((each) => (
          <label class="choice" key={each}>
            <input type="radio" name="format" checked={format === each} onChange={() => void choose(each)} />
            <span>{moving.formats[each]}</span>
          </label>
        ))}
      </fieldset>
      {act.error !== null && (
        <p class="problem" role="alert">
          <ErrorNote error={act.error} />
        </p>
      )}
      {review !== null && (
        <form
          onSubmit={(submitted) => {
            submitted.preventDefault();
            setTried(true);
            if (path !== "" && typed !== "") setWriting(true);
          }}
        >
          <Carried review={review} />
          <TextField label={moving.path} value={path} onValue={setPath} problem={problemOf(path)} />
          {isProtected ? (
            <PassphraseField
              label={moving.newPassword}
              value={typed}
              onValue={setTyped}
              problem={problemOf(typed)}
              input={{ autocomplete: "new-password" }}
            />
          ) : (
            <TextField
              label={moving.sentenceLabel(moving.sentence)}
              value={typed}
              onValue={setTyped}
              problem={problemOf(typed)}
              input={{ autocomplete: "off" }}
            />
          )}
          <div class="actions">
            <button type="submit" class="plain">
              {moving.write}
            </button>
          </div>
        </form>
      )}
      {isWriting && (
        <VerifiedActDialog
          title={moving.writeTitle}
          text={moving.writeText}
          submit={moving.write}
          busy={moving.writing}
          danger={!isProtected}
          onClose={() => setWriting(false)}
          act={write}
        />
      )}
      <div role="status">
        {written !== null && (
          <Notice tone="calm" icon="check" title={moving.written(written)}>
            <p dir="auto">{path}</p>
          </Notice>
        )}
      </div>
    </section>
  );
}

function Carried({ review: { passkeys, leftOut, rows } }: { readonly review: ExportReviewView }) {
  const { exchange, moving } = useWords();
  return (
    <>
      <p>
        {moving.holds(passkeys)} {leftOut > 0 && moving.leftOut(leftOut)}
      </p>
      {rows.length > 0 && <h3>{moving.loses}</h3>}
      <ul class="steps">
        {rows.map((row) => (
          <li key={row.id}>
            <span>
              <strong dir="auto">{row.rpId}</strong> <span dir="auto">{row.userName}</span>
              {row.leftOut === null ? (
                row.losses.map((loss) => (
                  <span class="hint" key={loss}>
                    {exchange.losses[loss]}
                  </span>
                ))
              ) : (
                <span class="hint">{exchange.leftOut[row.leftOut]}</span>
              )}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
