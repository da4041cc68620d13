/** What the practice site learnt of a person, and what it did not: the same in the app and on the site's own page. */
import type { LearntView } from "../model/vault-view.ts";
import type { Words } from "../words/words.ts";
import { Notice } from "./notice.tsx";

export function LearntNotice({
  learnt,
  words,
}: {
  readonly learnt: LearntView;
  readonly words: Words["practice"];
}) {
  const { userName, keyFingerprint, signIns, aaguid, isBackedUp } = learnt;
  const lines = [
    ...words.learnt(userName, keyFingerprint),
    words.learntKind(aaguid),
    isBackedUp ? words.learntCopies : words.learntNoCopies,
  ];
  return (
    <Notice tone="calm" icon="check" title={signIns === 0 ? words.made(userName) : words.signedIn(signIns)}>
      <div class="columns">
        <List title={words.learntTitle} lines={lines} />
        <List title={words.notLearntTitle} lines={words.notLearnt} />
      </div>
    </Notice>
  );
}

function List({ title, lines }: { readonly title: string; readonly lines: readonly string[] }) {
  return (
    <section class="part">
      <h3>{title}</h3>
      <ul>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </section>
  );
}
