/**
 * One round of adding a device, whichever door it goes through: a user verification, what is shown for the new device, the six digits that it
 * shows, a second verification, done. Each step is one small screen; leaving ends the round.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import type { AddDeviceDoor, AddDeviceEvent } from "../model/vault-model.ts";
import { ErrorNote, Notice } from "../parts/notice.tsx";
import { ScreenHead } from "../parts/screen-head.tsx";
import { useAct } from "../parts/use-act.ts";
import { RoundEnd } from "./round-end.tsx";
import { CodeStep, InvitationStep, VerifyStep, WordsStep } from "./add-device-steps.tsx";

/** Where the round is. `answer` gives what the step asks for. */
type Step =
  | { readonly at: "start" | "preparing" | "claimed" }
  | { readonly at: "verify"; readonly answer: (passphrase: string) => void }
  | {
      readonly at: "invitation";
      readonly text: string;
      readonly modules: readonly string[];
      readonly isLast: boolean;
    }
  | { readonly at: "words"; readonly words: string; readonly mailbox: string }
  | { readonly at: "code"; readonly answer: (code: string) => void }
  | { readonly at: "done"; readonly device: string };

interface Candidate {
  readonly name: string;
  readonly platform: string;
  /** `null`: no wrong code yet. */
  readonly triesLeft: number | null;
}

export function AddDeviceRound({ door }: { readonly door: AddDeviceDoor }) {
  const { commands } = useApp();
  const { add } = useWords();
  const [step, setStep] = useState<Step>({ at: "start" });
  const [candidate, setCandidate] = useState<Candidate | null>(null);
  const [end, setEnd] = useState<Extract<AddDeviceEvent, { kind: "ends" }> | null>(null);
  const act = useAct();
  const stop = useRef(new AbortController());
  const wishes = useRef(new EventTarget());
  useEffect(() => () => stop.current.abort(), []);

  function onEvent(event: AddDeviceEvent): void {
    switch (event.kind) {
      case "invitation":
        return setStep({ at: "invitation", text: event.text, modules: event.modules, isLast: false });
      case "words":
        return setStep({ at: "words", words: event.words, mailbox: event.mailbox });
      case "ends":
        return setEnd(event);
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
    wishes.current = new EventTarget();
    setCandidate(null);
    setEnd(null);
    void act.run(async () => {
      const device = await commands.addDevice(
        door,
        {
          onEvent,
          wishes: wishes.current,
          askPassphrase: () =>
            new Promise((answer) => {
              setStep({
                at: "verify",
                answer: (passphrase) => {
                  setStep({ at: "preparing" });
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
  useEffect(begin, []);

  if (act.error !== null)
    return (
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
    );
  return (
    <>
      <StepView door={door} step={step} candidate={candidate} />
      {end !== null && step.at !== "done" && (
        <RoundEnd
          end={end}
          isLastCode={step.at === "invitation" && step.isLast}
          onMore={() => wishes.current.dispatchEvent(new Event("more-time"))}
        />
      )}
    </>
  );
}

function StepView({
  door,
  step,
  candidate,
}: {
  readonly door: AddDeviceDoor;
  readonly step: Step;
  readonly candidate: Candidate | null;
}) {
  const { router } = useApp();
  const { add, app, doors } = useWords();
  switch (step.at) {
    case "start":
      return <Waiting text={app.working} />;
    case "verify":
      return (
        <VerifyStep
          key={candidate === null ? "before" : "after"}
          title={add.verifyTitle}
          text={candidate === null ? add.verify : add.verifyAgain(candidate.name)}
          submit={candidate === null ? (door.kind === "code" ? add.showCode : add.goOn) : add.give}
          onAnswer={step.answer}
        />
      );
    case "preparing":
      return (
        <Waiting
          text={candidate !== null ? add.give : door.kind === "words" ? doors.wordsPreparing : add.preparing}
        />
      );
    case "invitation":
      return <InvitationStep {...step} app={door.kind === "code" ? door.app : null} />;
    case "words":
      return <WordsStep {...step} />;
    case "claimed":
      return <Waiting text={add.claimed} />;
    case "code":
      return candidate === null ? null : (
        <CodeStep
          key={candidate.triesLeft}
          candidate={candidate}
          isGiving={door.kind === "request"}
          onAnswer={step.answer}
        />
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
