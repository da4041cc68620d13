/** Moving in and out: what comes from other programs' files, what was brought lately and can be undone, and files for other programs. */
import { useEffect, useState } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import type { ImportBatchView } from "../model/vault-view.ts";
import { ErrorNote } from "../parts/notice.tsx";
import { ScreenHead } from "../parts/screen-head.tsx";
import { useAct } from "../parts/use-act.ts";
import { formatMoment } from "../words/format.ts";
import { ExportPart } from "./export-part.tsx";
import { ImportPart } from "./import-part.tsx";

export function MovingScreen() {
  const { commands } = useApp();
  const { moving } = useWords();
  const [batches, setBatches] = useState<readonly ImportBatchView[]>([]);
  const read = (): void => void commands.listImports().then(setBatches, () => {});
  useEffect(read, []);
  return (
    <>
      <ScreenHead title={moving.title} lead={moving.lead} />
      <ImportPart onTaken={read} />
      <RecentImports batches={batches.filter(({ canUndo }) => canUndo)} onUndone={read} />
      <ExportPart />
    </>
  );
}

function RecentImports({
  batches,
  onUndone,
}: {
  readonly batches: readonly ImportBatchView[];
  readonly onUndone: () => void;
}) {
  const { commands, locale } = useApp();
  const { moving } = useWords();
  const act = useAct();
  const [isUndone, setUndone] = useState(false);

  async function undo(id: string): Promise<void> {
    if (await act.run(() => commands.undoImport(id))) setUndone(true);
    onUndone();
  }

  return (
    <>
      {batches.length > 0 && (
        <section class="part">
          <h2>{moving.recent}</h2>
          <ul class="lines">
            {batches.map(({ id, at, present }) => (
              <li key={id}>
                {moving.batch(present)} <span dir="auto">({formatMoment(at, locale.value)})</span>
                <button type="button" class="plain" onClick={() => void undo(id)}>
                  {moving.undo}
                </button>
              </li>
            ))}
          </ul>
          {act.error !== null && (
            <p class="problem" role="alert">
              <ErrorNote error={act.error} />
            </p>
          )}
        </section>
      )}
      <p role="status">{isUndone && moving.undone}</p>
    </>
  );
}
