/** The drill: whether a page that the person has would open the vault. Nothing is opened by it. */
import { useRef, useState } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import type { DrillView } from "../model/recovery-view.ts";
import { focusFirstProblem } from "../parts/focus-problem.ts";
import { ErrorNote, Notice } from "../parts/notice.tsx";
import { PageFields, pagesAreTyped } from "../parts/page-fields.tsx";
import { useAct } from "../parts/use-act.ts";

export function RecoveryDrill() {
  const { commands } = useApp();
  const { recovery } = useWords();
  const [pages, setPages] = useState<readonly string[]>([""]);
  const [isTried, setTried] = useState(false);
  const [result, setResult] = useState<DrillView | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const act = useAct();

  async function test(): Promise<void> {
    setTried(true);
    setResult(null);
    if (!pagesAreTyped(pages)) return focusFirstProblem(form.current);
    await act.run(async () => {
      setResult(await commands.testPage(pages));
      setPages([""]);
      setTried(false);
    });
  }

  return (
    <section class="part">
      <h2>{recovery.testTitle}</h2>
      <p>{recovery.testText}</p>
      <form
        ref={form}
        onSubmit={(submitted) => {
          submitted.preventDefault();
          void test();
        }}
      >
        <PageFields pages={pages} onPages={setPages} isTried={isTried} />
        {act.error !== null && (
          <p class="problem" role="alert">
            <ErrorNote error={act.error} />
          </p>
        )}
        <div class="actions">
          <button type="submit" class="plain">
            {recovery.test}
          </button>
        </div>
      </form>
      <div role="status">
        {act.isBusy && <p class="progress">{recovery.testing}</p>}
        {result !== null && <Result result={result} />}
      </div>
    </section>
  );
}

function Result({ result: { ageDays, passkeys, opens, locator } }: { readonly result: DrillView }) {
  const { recovery } = useWords();
  const works = opens === passkeys;
  return (
    <Notice
      tone={works ? "calm" : "alarm"}
      icon={works ? "check" : "warning"}
      title={works ? recovery.works : recovery.worksNot}
    >
      <p>
        {recovery.age(ageDays)} {recovery.opens(opens, passkeys)}
      </p>
      {locator !== "told" && <p>{locator === "none" ? recovery.locatorNone : recovery.locatorWaits}</p>}
    </Notice>
  );
}
