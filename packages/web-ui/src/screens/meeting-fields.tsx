/**
 * Joining without an invitation (experience.md § 7, U3): a number and two words that the other device shows, or a code of this device's own;
 * and the mailbox at which the two meet.
 */
import { useWords } from "../app/app-context.ts";
import type { JoinDoor } from "../model/vault-model.ts";
import { TextField } from "../parts/field.tsx";

export interface Meeting {
  readonly words: string;
  readonly mailbox: string;
}

export const NO_MEETING: Meeting = { words: "", mailbox: "" };

const lacksWords = (way: JoinDoor["kind"], { words }: Meeting): boolean =>
  way === "words" && words.trim() === "";
const lacksMailbox = ({ mailbox }: Meeting): boolean => mailbox.trim() === "";

/** Something that this way needs is not filled in. An invitation needs no meeting: it says where. */
export const isMeetingIncomplete = (way: JoinDoor["kind"], meeting: Meeting): boolean =>
  way !== "invitation" && (lacksWords(way, meeting) || lacksMailbox(meeting));

export function MeetingFields({
  way,
  meeting,
  onMeeting,
  isTried,
}: {
  readonly way: JoinDoor["kind"];
  readonly meeting: Meeting;
  readonly onMeeting: (meeting: Meeting) => void;
  /** What is missing is said once the person has tried to go on. */
  readonly isTried: boolean;
}) {
  const { doors } = useWords();
  return (
    <>
      {way === "words" && (
        <TextField
          label={doors.joinNumber}
          hint={doors.joinNumberHint}
          value={meeting.words}
          onValue={(words) => onMeeting({ ...meeting, words })}
          problem={isTried && lacksWords(way, meeting) ? doors.joinNumberMissing : null}
        />
      )}
      <TextField
        label={doors.joinMailbox}
        hint={doors.joinMailboxHint}
        value={meeting.mailbox}
        onValue={(mailbox) => onMeeting({ ...meeting, mailbox })}
        problem={isTried && lacksMailbox(meeting) ? doors.joinMailboxMissing : null}
        input={{ inputMode: "url" }}
      />
    </>
  );
}
