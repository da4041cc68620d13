/** Ways without a camera (experience.md § 7, U3): a number and two words that the other device shows, or a code that this phone shows. */
import { useState } from "preact/hooks";
import { useWords } from "@latchkey/web-ui/app/app-context";
import { CheckedForm } from "@latchkey/web-ui/parts/checked-form.tsx";
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
  const { doors } = useWords();
  const { bring } = usePhoneWords();
  const [way, setWay] = useState<JoinDoor["kind"]>("words");
  const [meeting, setMeeting] = useState(NO_MEETING);

  function go(): void {
    const { words: text, mailbox: relay } = meeting;
    onDoor(way === "words" ? { kind: way, text, relay } : { kind: "request", relay });
  }

  return (
    <CheckedForm
      title={bring.otherTitle}
      isComplete={!isMeetingIncomplete(way, meeting)}
      go={bring.join}
      onGo={go}
      onBack={onBack}
    >
      {(isTried) => (
        <>
          <fieldset>
            <legend>{doors.joinTitle}</legend>
            <JoinWays ways={["words", "request"]} way={way} onWay={setWay} />
          </fieldset>
          <MeetingFields way={way} meeting={meeting} onMeeting={setMeeting} isTried={isTried} />
        </>
      )}
    </CheckedForm>
  );
}
