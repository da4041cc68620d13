/** The browser cleared the copy (experience.md § 8): what happened, that the vault is safe, and the way back. */
import { Door } from "@latchkey/web-ui/screens/door.tsx";
import { usePhone, usePhoneWords } from "../phone-context.ts";

export function LostCopyScreen() {
  const { phone } = usePhone();
  const { lost } = usePhoneWords();
  return (
    <Door>
      <h1>{lost.title}</h1>
      <p role="status">{lost.text(phone.otherDevices())}</p>
      <p>{lost.next}</p>
      <button type="button" class="primary wide" onClick={() => void phone.removeCopy().catch(() => {})}>
        {lost.again}
      </button>
    </Door>
  );
}

export function ElsewhereScreen() {
  const { elsewhere } = usePhoneWords();
  return (
    <Door>
      <h1>{elsewhere.title}</h1>
      <p role="status">{elsewhere.text}</p>
    </Door>
  );
}
