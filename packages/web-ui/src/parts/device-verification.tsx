/** In the place of a passphrase's field where the device itself verifies the person: what will happen, or why it did not. */
import { useWords } from "../app/app-context.ts";
import { ErrorNote } from "./notice.tsx";

export function DeviceVerification({ error }: { readonly error: unknown }) {
  const { unlock } = useWords();
  return error === null ? (
    <p class="hint">{unlock.byDevice}</p>
  ) : (
    <p class="problem" role="alert">
      <ErrorNote error={error} />
    </p>
  );
}
