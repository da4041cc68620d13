/** A command line that cannot be understood, with the next step that fits this very case (`did you mean --site`). */
import { VaultError } from "@latchkey/core/errors";

export class UsageError extends VaultError {
  /** Lower case, no full stop. `null`: the hint of the code. */
  readonly hint: string | null;

  constructor(message: string, hint: string | null = null) {
    super("LK-CLI-USAGE", message);
    this.hint = hint;
  }
}
