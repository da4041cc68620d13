/**
 * Adding a device from here (experience.md § 7, U3 A): a mailbox if there is none, a user verification, the code to carry over, the six
 * digits that the new device shows, a second verification, done. Each step is one small screen; leaving ends the round.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import { addressOf } from "../app/route.ts";
import type { AddDeviceEvent } from "../model/vault-model.ts";
import { Icon } from "../parts/icon.tsx";
import { ErrorNote, Notice } from "../parts/notice.tsx";
import { ScreenHead } from "../parts/screen-head.tsx";
import { useAct } from "../parts/use-act.ts";
import { CodeStep, InvitationStep, VerifyStep } from "./add-device-steps.tsx";
import { MailboxForm } from "./mailbox-form.tsx";

/** Where the round is. `answer` gives what the step asks for. */
type Step =
  | { readonly at: "start" }
  | { readonly at: "verify"; readonly answer: (passphrase: string) => void }
  | {
      readonly at: "invitation";
      readonly text: string | null;
      readonly modules: readonly string[];
      readonly isLast: boolean;
    }
  | { readonly at: "claimed" }
  | { readonly at: "code"; readonly answer: (code: string) => void }
  | { readonly at: "done"; readonly device: string };

interface Candidate {
  readonly name: string;
  readonly platform: string;
  /** `null`: no wrong code yet. */
  readonly triesLeft: number | null;
}

export function AddDeviceScreen() {
  const { model, commands } = useApp();
  const { add, devices } = useWords();
  const [step, setStep] = useState<Step>({ at: "start" });
  const [candidate, setCandidate] = useState<Candidate | null>(null);
  const act = useAct();
  const stop = useRef(new AbortController());
  useEffect(() => () => stop.current.abort(), []);

  function onEvent(event: AddDeviceEvent): void {
    switch (event.kind) {
      case "invitation":
        return setStep({ at: "invitation", text: event.text, modules: event.modules, isLast: false });
      case "last-invitation":
        return setStep((now) => (now.at === "invitation" ? { ...now, isLast: true } : now));
      case "claimed":
        return setStep({ at: "claimed" });
      case "candidate":
        return setCandidate({ ...event, triesLeft: null });
      case "code-refused":
        return setCandidate((now) => now && { ...now, triesLeft: event.triesLeft });
    }
  }

  function begin(): void {
    stop.current = new AbortController();
    setCandidate(null);
    void act.run(async () => {
      const device = await commands.addDevice(
        {
          onEvent,
          askPassphrase: () =>
            new Promise((answer) => {
              setStep({
                at: "verify",
                answer: (passphrase) => {
                  setStep({ at: "invitation", text: null, modules: [], isLast: false });
                  answer(passphrase);
                },
              });
            }),
          askCode: () => new Promise((answer) => setStep({ at: "code", answer })),
        },
        stop.current.signal,
      );
      setStep({ at: "done", device });
    });
  }

  const hasMailbox = model.mailboxes.value.length > 0;
  // With a mailbox there is nothing to ask before the person is verified.
  useEffect(() => {
    if (hasMailbox && step.at === "start") begin();
  }, [hasMailbox]);

  return (
    <>
      <a class="back" href={addressOf({ screen: "devices" })}>
        <Icon name="back" />
        {devices.title}
      </a>
      {act.error !== null ? (
        <>
          <ScreenHead title={add.failedTitle} />
          <Notice tone="alarm" icon="warning">
            <p role="alert">
              <ErrorNote error={act.error} />
            </p>
          </Notice>
          <div class="actions">
            <button type="button" class="primary" onClick={begin}>
              {add.again}
            </button>
          </div>
        </>
      ) : (
        <StepView step={step} candidate={candidate} />
      )}
    </>
  );
}

function StepView({ step, candidate }: { readonly step: Step; readonly candidate: Candidate | null }) {
  const { router, model } = useApp();
  const { add, app } = useWords();
  switch (step.at) {
    case "start":
      return model.mailboxes.value.length === 0 ? <ChooseMailbox /> : <Waiting text={app.working} />;
    case "verify":
      return (
        <VerifyStep
          key={candidate === null ? "before" : "after"}
          title={add.verifyTitle}
          text={candidate === null ? add.verify : add.verifyAgain(candidate.name)}
          submit={candidate === null ? add.showCode : add.give}
          onAnswer={step.answer}
        />
      );
    case "invitation":
      return candidate === null ? <InvitationStep {...step} /> : <Waiting text={add.give} />;
    case "claimed":
      return <Waiting text={add.claimed} />;
    case "code":
      return candidate === null ? null : (
        <CodeStep key={candidate.triesLeft} candidate={candidate} onAnswer={step.answer} />
      );
    case "done":
      return (
        <>
          <ScreenHead title={add.doneTitle(step.device)} lead={add.done} />
          <div class="actions">
            <button type="button" class="primary" onClick={() => router.go({ screen: "devices" })}>
              {add.finish}
            </button>
          </div>
        </>
      );
  }
}

function Waiting({ text }: { readonly text: string }) {
  const { add } = useWords();
  return (
    <>
      <ScreenHead title={add.title} />
      <p class="progress" role="status">
        {text}
      </p>
    </>
  );
}

/** Asked when the second device is wished for, and not before. */
function ChooseMailbox() {
  const { commands } = useApp();
  const { add } = useWords();
  const act = useAct();
  return (
    <>
      <ScreenHead title={add.title} lead={add.lead} />
      <section class="part">
        <h2>{add.mailboxTitle}</h2>
        <p>{add.mailbox}</p>
        <MailboxForm submit={add.mailboxUse} onAdded={() => {}} />
      </section>
      <section class="part">
        <button type="button" class="plain" onClick={() => void act.run(() => commands.startMailbox())}>
          {add.mailboxOwn}
        </button>
        <p class="hint">{add.mailboxOwnHint}</p>
        {act.error !== null && (
          <p class="problem" role="alert">
            <ErrorNote error={act.error} />
          </p>
        )}
      </section>
    </>
  );
}
