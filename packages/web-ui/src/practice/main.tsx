/** The practice site's own page, served by `latchkey practice`: a website like any other, for the browser's own passkey provider. */
import { render } from "preact";
import { useState } from "preact/hooks";
import type { LearntView } from "../model/vault-view.ts";
import { TextField } from "../parts/field.tsx";
import { Icon } from "../parts/icon.tsx";
import { LearntNotice } from "../parts/learnt-notice.tsx";
import { useAct } from "../parts/use-act.ts";
import { CATALOGUES, chooseLanguage, directionOf } from "../words/words.ts";
import { isSupported, registerPasskey, SiteRefusal, signInWithPasskey } from "./ceremonies.ts";

const language = chooseLanguage(navigator.languages);
const { words, errors } = CATALOGUES[language];
const { practice, practiceSite, app } = words;

function PracticePage() {
  const [name, setName] = useState(practice.accountSuggested);
  const [learnt, setLearnt] = useState<LearntView | null>(null);
  const act = useAct();
  const run = (ceremony: () => Promise<LearntView>): void =>
    void act.run(async () => setLearnt(await ceremony()));
  return (
    <div class="door">
      <header class="brand">
        <Icon name="mark" />
        {app.name}
      </header>
      <main class="door-card door-wide">
        <h1>{practiceSite.title}</h1>
        <p class="lead">{practiceSite.lead}</p>
        <form
          class="part"
          onSubmit={(event) => {
            event.preventDefault();
            run(() => registerPasskey(name));
          }}
        >
          <h2>{practice.makeTitle}</h2>
          <p>{practiceSite.make}</p>
          <TextField label={practice.account} value={name} onValue={setName} input={{ maxLength: 64 }} />
          <button type="submit" class="primary" disabled={!isSupported || act.isBusy}>
            {practice.makeNow}
          </button>
        </form>
        <section class="part">
          <h2>{practice.signInTitle}</h2>
          <p>{practiceSite.signIn}</p>
          <button
            type="button"
            class="plain"
            disabled={!isSupported || act.isBusy}
            onClick={() => run(signInWithPasskey)}
          >
            {practice.signInNow}
          </button>
        </section>
        {!isSupported && <p role="alert">{practiceSite.tooOld}</p>}
        {act.error !== null && (
          <p class="problem" role="alert">
            <Icon name="warning" />
            <span>{describe(act.error)}</span>
          </p>
        )}
        <div aria-live="polite">
          {learnt !== null && !act.isBusy && act.error === null && (
            <LearntNotice learnt={learnt} words={practice} />
          )}
        </div>
      </main>
    </div>
  );
}

/** What the site said, else what the browser says in all cases: that nothing came of it. */
function describe(error: unknown): string {
  const known = error instanceof SiteRefusal ? errors[error.code] : undefined;
  return known === undefined ? practiceSite.refused : known.text;
}

document.documentElement.lang = language;
document.documentElement.dir = directionOf(language);
document.title = practiceSite.title;
const root = document.querySelector("#app");
if (root === null) throw new Error("page has no place for the site");
render(<PracticePage />, root);
