/** A newer version waits: said quietly, taken over when the person wants it, never by force. */
import { usePhone, usePhoneWords } from "../phone-context.ts";

export function UpdateNotice() {
  const { update: waiting } = usePhone();
  const { update } = usePhoneWords();
  const take = waiting.value;
  return (
    <div class="update" role="status">
      {take !== null && (
        <>
          <span>{update.text}</span>
          <button type="button" class="plain" onClick={take}>
            {update.reload}
          </button>
        </>
      )}
    </div>
  );
}
