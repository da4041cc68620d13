/** When a round of adding a device is over, and the person's way to more of it: more time once, another code after the last (protocol § 8). */
import { useRef } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import type { AddDeviceEvent } from "../model/vault-model.ts";
import { formatTime } from "../words/format.ts";

export function RoundEnd({
  end,
  isLastCode,
  onMore,
}: {
  readonly end: Extract<AddDeviceEvent, { kind: "ends" }>;
  readonly isLastCode: boolean;
  readonly onMore: () => void;
}) {
  const { locale } = useApp();
  const { doors } = useWords();
  const text = useRef<HTMLParagraphElement>(null);
  const time = formatTime(end.at, locale.value);
  return (
    <div class="part">
      <p class="hint" role="status" tabIndex={-1} ref={text}>
        {end.isFinal ? doors.endsFinally(time) : doors.ends(time)}
      </p>
      {(isLastCode || !end.isFinal) && (
        <button
          type="button"
          class="plain"
          onClick={() => {
            onMore();
            // The button goes; the keyboard's place is where the answer comes.
            text.current?.focus();
          }}
        >
          {isLastCode ? doors.anotherCode : doors.moreTime}
        </button>
      )}
    </div>
  );
}
