/**
 * What a website asks for by way of the browser extension: who asks, for which account, with which vault, and the person's word on it. It
 * comes before every other screen, in a window of its own; the website's page sees nothing of it.
 */
import { useRef, useState } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import type { AccountName, SiteRequestView } from "../link/app-message.ts";
import { PassphraseField } from "../parts/field.tsx";
import { ErrorNote, Notice } from "../parts/notice.tsx";
import { useAct } from "../parts/use-act.ts";
import { Door } from "./door.tsx";

export function SiteRequestScreen({ request }: { readonly request: SiteRequestView }) {
  return (
    <Door>{request.step.kind === "nothing" ? <Nothing {...request} /> : <Consent request={request} />}</Door>
  );
}

function Consent({ request }: { readonly request: SiteRequestView }) {
  const { commands, model } = useApp();
  const { request: words, unlock } = useWords();
  const { id, kind, site, step } = request;
  const [passphrase, setPassphrase] = useState("");
  const [account, setAccount] = useState(0);
  const [isEmpty, setEmpty] = useState(false);
  const act = useAct();
  const form = useRef<HTMLFormElement>(null);
  const isTyped = step.kind === "verify";
  const mustType = step.kind === "verify" && step.verification === "passphrase";
  const accounts = step.kind === "nothing" ? null : step.accounts;

  async function agree(): Promise<void> {
    const isMissing = mustType && passphrase === "";
    setEmpty(isMissing);
    const given = isTyped && passphrase !== "" ? passphrase : null;
    if (!isMissing && (await act.run(() => commands.answerRequest(id, given, account)))) return;
    form.current?.querySelector<HTMLInputElement>("input[type=password], input[type=text]")?.select();
  }

  return (
    <>
      <h1 dir="auto">{kind === "create" ? words.create(site) : words.get(site)}</h1>
      {request.isFramed && (
        <Notice tone="warning" icon="warning">
          <p>{words.framed}</p>
        </Notice>
      )}
      <Facts request={request} accounts={accounts} />
      <form
        ref={form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!act.isBusy) void agree();
        }}
      >
        {accounts !== null && accounts.length > 1 && (
          <Accounts accounts={accounts} account={account} onPick={setAccount} />
        )}
        {isTyped && (
          <PassphraseField
            label={unlock.passphrase}
            {...(!mustType
              ? { hint: words.bySystem }
              : model.place.value === "locked" && { hint: words.locked })}
            value={passphrase}
            onValue={setPassphrase}
            problem={isEmpty ? unlock.missing : act.error === null ? null : <ErrorNote error={act.error} />}
            input={{ autocomplete: "current-password", autofocus: true }}
          />
        )}
        {!isTyped && act.error !== null && (
          <p class="problem" role="alert">
            <ErrorNote error={act.error} />
          </p>
        )}
        <div class="actions">
          <button type="submit" class="primary" aria-disabled={act.isBusy}>
            {act.isBusy ? words.working : kind === "create" ? words.createNow : words.getNow}
          </button>
          <button
            type="button"
            class="plain"
            onClick={() => void commands.denyRequest(id, false).catch(() => {})}
          >
            {words.refuse}
          </button>
        </div>
      </form>
      <SomethingElse id={id} />
    </>
  );
}

function Facts({
  request: { site, siteName, origin, userName, userDisplayName, vault },
  accounts,
}: {
  readonly request: SiteRequestView;
  readonly accounts: readonly AccountName[] | null;
}) {
  const { request: words } = useWords();
  const only = accounts?.length === 1 ? accounts[0] : undefined;
  const account =
    only === undefined ? nameOf(userName, userDisplayName) : nameOf(only.name, only.displayName);
  return (
    <dl class="facts">
      <Fact
        name={words.site}
        value={siteName === null || siteName === site ? site : `${siteName} (${site})`}
      />
      <Fact name={words.page} value={origin} />
      {account !== null && <Fact name={words.account} value={account} />}
      <Fact name={words.vault} value={vault} />
    </dl>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd dir="auto">{value}</dd>
    </div>
  );
}

function Accounts({
  accounts,
  account,
  onPick,
}: {
  readonly accounts: readonly AccountName[];
  readonly account: number;
  readonly onPick: (index: number) => void;
}) {
  const { request: words } = useWords();
  return (
    <fieldset class="choices">
      <legend>{words.accounts}</legend>
      {accounts.map(({ name, displayName }, index) => (
        <label key={index}>
          <input type="radio" name="account" checked={index === account} onChange={() => onPick(index)} />
          <span dir="auto">{nameOf(name, displayName) ?? words.unnamed}</span>
        </label>
      ))}
    </fieldset>
  );
}

function SomethingElse({ id }: { readonly id: number }) {
  const { commands } = useApp();
  const { request: words } = useWords();
  return (
    <div>
      <button type="button" class="quiet" onClick={() => void commands.denyRequest(id, true).catch(() => {})}>
        {words.somethingElse}
      </button>
      <p class="hint">{words.somethingElseHint}</p>
    </div>
  );
}

function Nothing({ id, site }: SiteRequestView) {
  const { commands } = useApp();
  const { request: words } = useWords();
  return (
    <>
      <h1 dir="auto">{words.nothingTitle(site)}</h1>
      <p role="status">{words.nothing}</p>
      <button
        type="button"
        class="primary wide"
        onClick={() => void commands.denyRequest(id, false).catch(() => {})}
      >
        {words.nothingNow}
      </button>
      <SomethingElse id={id} />
    </>
  );
}

/** `null`: neither is known. */
function nameOf(name: string | null, displayName: string | null): string | null {
  if (name === null || name === "") return displayName === "" ? null : displayName;
  return displayName === null || displayName === "" || displayName === name
    ? name
    : `${displayName} (${name})`;
}
