/** What Latchkey does, what it cannot do, and what the mailbox sees: the sentences that a person should have read before trusting it. */
import { useApp, useWords } from "../app/app-context.ts";
import { addressOf } from "../app/route.ts";
import { ScreenHead } from "../parts/screen-head.tsx";
import { MailboxSees } from "./sync-status.tsx";

export function AboutScreen() {
  const { model } = useApp();
  const { about, practice } = useWords();
  return (
    <>
      <ScreenHead title={about.title} lead={about.lead} />
      <section class="part">
        <h2>{about.isTitle}</h2>
        <ul>
          {about.is.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </section>
      <section class="part">
        <h2>{about.isNotTitle}</h2>
        <ul>
          {about.isNot.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </section>
      {model.methods.value.includes("practice.register") && (
        <p>
          <a href={addressOf({ screen: "practice" })}>{practice.title}</a>
        </p>
      )}
      <MailboxSees />
      <p class="part">{about.noNews}</p>
    </>
  );
}
