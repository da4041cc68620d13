/** Ways without a camera (experience.md § 7, U3): a number and two words that the other device shows, or a code that this phone shows. */
import { useRef, useState } from "preact/hooks";
import { useWords } from "@latchkey/web-ui/app/app-context";
import { TextField } from "@latchkey/web-ui/parts/field.tsx";
import { focusFirstProblem } from "@latchkey/web-ui/parts/focus-problem";
import { JoinWays } from "@latchkey/web-ui/screens/join-vault.tsx";
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
  const [words, setWords] = useState("");
  const [mailbox, setMailbox] = useState("");
  const [isTried, setTried] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const isWordless = way === "words" && words.trim() === "";
  const isHomeless = mailbox.trim() === "";

  function go(): void {
    setTried(true);
    if (isWordless || isHomeless) return focusFirstProblem(form.current);
    return onDoor(
      way === "words" ? { kind: way, text: words, relay: mailbox } : { kind: "request", relay: mailbox },
    );
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
      {way === "words" && (
        <TextField
          label={doors.joinNumber}
          hint={doors.joinNumberHint}
          value={words}
          onValue={setWords}
          problem={isTried && isWordless ? doors.joinNumberMissing : null}
        />
      )}
      <TextField
        label={doors.joinMailbox}
        hint={doors.joinMailboxHint}
        value={mailbox}
        onValue={setMailbox}
        problem={isTried && isHomeless ? doors.joinMailboxMissing : null}
        input={{ inputMode: "url" }}
      />
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
