/** What an import would do, passkey by passkey: what needs a look first, each reason as a sentence. */
import { OUTCOMES } from "@latchkey/core/exchange/report";
import { useWords } from "../app/app-context.ts";
import type { ImportReportView, ImportRowView } from "../model/vault-view.ts";

/** Rows without a reason are listed up to here; of those with one, all. */
const LISTED = 50;

const rankOf = ({ outcome, reasons }: ImportRowView): number =>
  OUTCOMES.indexOf(outcome) * 2 + (reasons.length > 0 ? 0 : 1);

export function ImportReport({ report }: { readonly report: ImportReportView }) {
  const { exchange, moving } = useWords();
  const { found, counts, others, rows } = report;
  const numbers = [
    [counts.new, exchange.outcomes.new],
    [counts.alreadyHere, exchange.outcomes["already-here"]],
    [counts.differs, exchange.outcomes.differs],
    [counts.cannot, exchange.outcomes.cannot],
    [counts.skipped, exchange.outcomes.skipped],
  ] as const;
  const sorted = [...rows].sort((a, b) => rankOf(a) - rankOf(b));
  const quiet = sorted.filter(({ reasons }) => reasons.length === 0);
  const unlisted = new Set(quiet.slice(LISTED));
  return (
    <>
      <h3>{moving.found(found)}</h3>
      <ul class="lines">
        {numbers
          .filter(([count]) => count > 0)
          .map(([count, what]) => (
            <li key={what}>
              {what}: {count}
            </li>
          ))}
      </ul>
      {others > 0 && <p class="hint">{moving.others(others)}</p>}
      {found === 0 && <p>{moving.none}</p>}
      <ul class="steps">
        {sorted
          .filter((row) => !unlisted.has(row))
          .map((row) => (
            <li key={row.at}>
              <span>
                <strong dir="auto">{row.rpId ?? row.at}</strong> <span dir="auto">{row.userName}</span>{" "}
                <span>({exchange.outcomes[row.outcome]})</span>
                {row.reasons.map((reason) => (
                  <span class="hint" key={reason}>
                    {exchange.reasons[reason]}
                  </span>
                ))}
              </span>
            </li>
          ))}
      </ul>
      {unlisted.size > 0 && <p class="hint">{moving.more(unlisted.size)}</p>}
    </>
  );
}
