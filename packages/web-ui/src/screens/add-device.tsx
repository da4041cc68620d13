/**
 * Adding a device from here (experience.md § 7, U3): a mailbox if there is none, then the way that suits the two devices. Each way leads to
 * the same round: `add-device-round.tsx`.
 */
import { useState } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import { addressOf } from "../app/route.ts";
import type { AddDeviceDoor } from "../model/vault-model.ts";
import { Icon, type IconName } from "../parts/icon.tsx";
import { ErrorNote } from "../parts/notice.tsx";
import { ScreenHead } from "../parts/screen-head.tsx";
import { useAct } from "../parts/use-act.ts";
import { AddDeviceRound } from "./add-device-round.tsx";
import { AddPhone } from "./add-phone.tsx";
import { BringRequest } from "./bring-request.tsx";
import { MailboxForm } from "./mailbox-form.tsx";

type Way = "choose" | "phone" | "request";

export function AddDeviceScreen() {
  const { model } = useApp();
  const { devices, doors } = useWords();
  const [way, setWay] = useState<Way>("choose");
  const [door, setDoor] = useState<AddDeviceDoor | null>(null);
  const isAtStart = way === "choose" && door === null;
  const back = (): void => {
    setDoor(null);
    setWay("choose");
  };
  return (
    <>
      {isAtStart ? (
        <a class="back" href={addressOf({ screen: "devices" })}>
          <Icon name="back" />
          {devices.title}
        </a>
      ) : (
        <button type="button" class="back" onClick={back}>
          <Icon name="back" />
          {doors.otherWay}
        </button>
      )}
      {door !== null ? (
        <AddDeviceRound door={door} />
      ) : way === "phone" ? (
        <AddPhone onDoor={setDoor} />
      ) : model.mailboxes.value.length === 0 ? (
        <ChooseMailbox />
      ) : way === "request" ? (
        <BringRequest onDoor={setDoor} />
      ) : (
        <ChooseWay onDoor={setDoor} onWay={setWay} />
      )}
    </>
  );
}

function ChooseWay({
  onDoor,
  onWay,
}: {
  readonly onDoor: (door: AddDeviceDoor) => void;
  readonly onWay: (way: Way) => void;
}) {
  const { add, doors } = useWords();
  const ways: readonly (readonly [icon: IconName, title: string, hint: string, go: () => void])[] = [
    ["device", doors.code, doors.codeHint, () => onDoor({ kind: "code", app: null })],
    ["phone", doors.phone, doors.phoneHint, () => onWay("phone")],
    ["words", doors.words, doors.wordsHint, () => onDoor({ kind: "words" })],
    ["scan", doors.request, doors.requestHint, () => onWay("request")],
  ];
  return (
    <>
      <ScreenHead title={add.title} lead={doors.lead} />
      <ul class="ways">
        {ways.map(([icon, title, hint, go]) => (
          <li key={icon}>
            <button type="button" class="way" onClick={go}>
              <Icon name={icon} />
              <span>
                <strong>{title}</strong>
                <span>{hint}</span>
              </span>
              <Icon name="next" />
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Asked when the second device is wished for, and not before. */
function ChooseMailbox() {
  const { commands, model } = useApp();
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
      {model.methods.value.includes("mailbox.start") && (
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
      )}
    </>
  );
}
