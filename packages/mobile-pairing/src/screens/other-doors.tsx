/** Ways without a camera (experience.md § 7, U3): a number and two words that the other device shows, or a code that this phone shows. */
import { useRef, useState } from "preact/hooks";
import { useWords } from "@latchkey/web-ui/app/app-context";
import { focusFirstProblem } from "@latchkey/web-ui/parts/focus-problem";
import { JoinWays } from "@latchkey/web-ui/screens/join-vault.tsx";
import { isMeetingIncomplete, MeetingFields, NO_MEETING } from "@latchkey/web-ui/screens/meeting-fields.tsx";
import type { JoinDoor } from "@latchkey/device-host/join-doors";
import { usePhoneWords } from "../phone-context.ts";

export function OtherDoors({
  onDoor,
  onBack,
}: {
  readonly onDoor: (door: JoinDoor) => void;
  readonly onBack: () => void;
}) {
  const { app, doors } = useWords();
  const { bring } = usePhoneWords();
  const [way, setWay] = useState<JoinDoor["kind"]>("words");
  const [meeting, setMeeting] = useState(NO_MEETING);
  const [isTried, setTried] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  function go(): void {
    setTried(true);
    if (isMeetingIncomplete(way, meeting)) return focusFirstProblem(form.current);
    const { words: text, mailbox: relay } = meeting;
    return onDoor(way === "words" ? { kind: way, text, relay } : { kind: "request", relay });
  }

  return (
    <form
      ref={form}
      onSubmit={(submitted) => {
        submitted.preventDefault();
        go();
      }}
    >
      <h1>{bring.otherTitle}</h1>
      <fieldset>
        <legend>{doors.joinTitle}</legend>
        <JoinWays ways={["words", "request"]} way={way} onWay={setWay} />
      </fieldset>
      <MeetingFields way={way} meeting={meeting} onMeeting={setMeeting} isTried={isTried} />
      <div class="actions">
        <button type="submit" class="primary">
          {bring.join}
        </button>
        <button type="button" class="plain" onClick={onBack}>
          {app.back}
        </button>
      </div>
    </form>
  );
}
