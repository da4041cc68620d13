/** The recovery page (experience.md § 7, U8): how it stands, making one, testing one. */
import { useEffect, useState } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import { ErrorNote, Notice } from "../parts/notice.tsx";
import { ScreenHead } from "../parts/screen-head.tsx";
import { formatDayOf } from "../words/format.ts";
import { BackupPart } from "./backup-part.tsx";
import { RecoveryDrill } from "./recovery-drill.tsx";
import { RecoveryPaper } from "./recovery-paper.tsx";
import { VerifiedActDialog } from "./verified-act-dialog.tsx";

export function RecoveryScreen() {
  const { newPage, model } = useApp();
  const { recovery } = useWords();
  const made = newPage.value;
  // Left, it is gone: from here on it is on paper, or nowhere.
  useEffect(() => () => void (newPage.value = null), []);
  if (made?.kind === "made") return <RecoveryPaper page={made.page} onDone={() => (newPage.value = null)} />;
  if (made?.kind === "coming")
    return (
      <>
        <ScreenHead title={recovery.title} />
        <p class="progress" role="status">
          {recovery.coming}
        </p>
      </>
    );
  return (
    <>
      <ScreenHead title={recovery.title} lead={recovery.lead} />
      {made?.kind === "failed" && (
        <Notice tone="alarm" icon="warning" title={recovery.comingFailed}>
          <p role="alert">
            <ErrorNote error={made.error} />
          </p>
        </Notice>
      )}
      <PageState />
      <MakePage />
      {model.facts.value?.recovery != null && <RecoveryDrill />}
      {model.methods.value.includes("backup.run") && <BackupPart />}
    </>
  );
}

function PageState() {
  const { model, locale } = useApp();
  const { recovery } = useWords();
  const page = model.facts.value?.recovery ?? null;
  if (page === null)
    return (
      <Notice tone="warning" icon="warning" title={recovery.none}>
        <p>{recovery.noneText}</p>
      </Notice>
    );
  const { madeAt, testedAt, parts, testDue, exposed } = page;
  return (
    <>
      <section class="part">
        <p>
          {recovery.made(formatDayOf(madeAt, locale.value))}{" "}
          {parts === 1 ? recovery.isWhole : recovery.isSplit}
        </p>
        <p>
          {testedAt === null ? recovery.untested : recovery.tested(formatDayOf(testedAt, locale.value))}{" "}
          {testedAt !== null && testDue && recovery.testDue}
        </p>
      </section>
      {exposed && (
        <Notice tone="warning" icon="warning" title={recovery.exposed}>
          <p>{recovery.exposedText}</p>
        </Notice>
      )}
    </>
  );
}

function MakePage() {
  const { model, commands, newPage } = useApp();
  const { recovery } = useWords();
  const [isSplit, setSplit] = useState(false);
  const [isMaking, setMaking] = useState(false);
  const hasPage = model.facts.value?.recovery != null;
  const submit = hasPage ? recovery.makeNew : recovery.make;
  return (
    <section class="part">
      <form
        onSubmit={(submitted) => {
          submitted.preventDefault();
          setMaking(true);
        }}
      >
        <fieldset>
          <legend>{submit}</legend>
          {[false, true].map((value) => (
            <label class="choice" key={String(value)}>
              <input type="radio" name="split" checked={isSplit === value} onChange={() => setSplit(value)} />
              <span>{value ? recovery.three : recovery.one}</span>
            </label>
          ))}
        </fieldset>
        <div class="actions">
          <button type="submit" class={hasPage ? "plain" : "primary"}>
            {submit}
          </button>
        </div>
      </form>
      {isMaking && (
        <VerifiedActDialog
          title={recovery.makeTitle}
          text={hasPage ? recovery.makeNewText : recovery.makeText}
          submit={submit}
          busy={recovery.making}
          danger={false}
          onClose={() => setMaking(false)}
          act={async (passphrase) => {
            newPage.value = { kind: "made", page: await commands.makePage(isSplit, passphrase) };
          }}
        />
      )}
    </section>
  );
}
