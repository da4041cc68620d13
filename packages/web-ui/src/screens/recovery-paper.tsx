/** A new recovery page, to be printed: hidden until it is wanted, on paper without anything of the app around it. */
import { useEffect, useState } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import type { NewPageView, PaperView } from "../model/recovery-view.ts";
import { Notice } from "../parts/notice.tsx";
import { QrPicture } from "../parts/qr-picture.tsx";
import { ScreenHead } from "../parts/screen-head.tsx";
import { formatDayOf } from "../words/format.ts";

export function RecoveryPaper({ page, onDone }: { readonly page: NewPageView; readonly onDone: () => void }) {
  const { recovery } = useWords();
  const [isShown, setShown] = useState(false);
  const isSplit = page.papers.length > 1;
  return (
    <>
      <ScreenHead
        title={recovery.newTitle(page.papers.length)}
        lead={isSplit ? recovery.newSplit : recovery.newWhole}
      />
      <div class="not-printed">
        {page.replaced > 0 && (
          <Notice tone="warning" icon="warning">
            <p>{page.intended ? recovery.oldWaits : recovery.oldDead}</p>
          </Notice>
        )}
        {page.locator !== "told" && (
          <Notice tone="calm" icon="offline">
            <p>{page.locator === "none" ? recovery.locatorNone : recovery.locatorWaits}</p>
          </Notice>
        )}
        <p>{recovery.printWarning}</p>
        <div class="actions">
          {isShown ? (
            <button type="button" class="primary" onClick={() => print()}>
              {recovery.print}
            </button>
          ) : (
            <button type="button" class="primary" onClick={() => setShown(true)}>
              {recovery.show(page.papers.length)}
            </button>
          )}
          <button type="button" class="plain" onClick={onDone}>
            {recovery.putAway}
          </button>
        </div>
      </div>
      {isShown && page.papers.map((paper) => <Sheet key={paper.part} paper={paper} page={page} />)}
    </>
  );
}

function Sheet({ paper, page }: { readonly paper: PaperView; readonly page: NewPageView }) {
  const { locale } = useApp();
  const { paper: words, recovery } = useWords();
  const { part, groups, picture } = paper;
  return (
    <article class="paper">
      <h2>{words.title}</h2>
      <p class="lead">{part === 0 ? words.alone : words.share.replace("{part}", String(part))}</p>
      {part > 0 && <p>{words.shareAlone}</p>}
      <p>
        {words.made} <span dir="auto">{formatDayOf(page.page.madeAt, locale.value)}</span>
        {page.device !== null && (
          <>
            {" "}
            {words.vault} <span dir="auto">{page.device}</span>
          </>
        )}
        <br />
        {words.opens} {words.passkeys(page.passkeys)}
      </p>
      <div class="paper-codes">
        <PageCode text={picture} label={recovery.firstCode} />
        <PageCode text={picture} label={recovery.secondCode} />
      </div>
      <p>{words.typed}</p>
      <ol class="paper-groups">
        {groups.map((group, i) => (
          // A group can come twice.
          <li key={i}>
            <code dir="ltr">{group}</code>
          </li>
        ))}
      </ol>
      <p class="hint">{words.check}</p>
      <h3>{words.how}</h3>
      <ol>
        {words.steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <h3>{words.needs}</h3>
      <p>
        {page.relays.length === 0
          ? words.noMailbox
          : words.mailbox.replace("{mailbox}", page.relays.join(", "))}
      </p>
      <p class="paper-blank">{words.folder}</p>
      <p>{words.found}</p>
      <p class="paper-blank">{words.kept}</p>
      <p class="paper-blank">{words.tested}</p>
    </article>
  );
}

/** Of level H: it can be read with up to a third of it folded, stained or worn. Nobody can save it as a file. */
function PageCode({ text, label }: { readonly text: string; readonly label: string }) {
  const [modules, setModules] = useState<readonly string[] | null>(null);
  useEffect(() => {
    void import("qr").then(({ encodeQR }) => {
      const rows = encodeQR(text, "raw", { ecc: "high", border: 4 });
      setModules(rows.map((row) => row.map((isDark) => (isDark ? "1" : "0")).join("")));
    });
  }, [text]);
  return modules === null ? null : <QrPicture modules={modules} label={label} canSave={false} />;
}
