/**
 * How the host talks to the person in front of a command while that command runs: it tells what happens, and asks what only a person can
 * answer. The same whether the command runs in this process or at the other end of the control socket.
 */
import type { JsonObject } from "./json.ts";

export type Question =
  /** Answered with the passphrase: a user verification. `purpose` says what for. */
  | { readonly kind: "passphrase"; readonly purpose: string }
  /** Answered with the six digits that the other device shows. */
  | { readonly kind: "code"; readonly purpose: string }
  /** Answered with the password of a file that is read or made, which is none of the vault's. */
  | { readonly kind: "password"; readonly purpose: string }
  /** For the command or the page itself, not for its person: the next request of a program that it serves, the next part of a file; empty at the end. */
  | { readonly kind: "request"; readonly purpose: string };

export interface Channel {
  tell(event: JsonObject): void;
  /** Throws `LK-CLI-NO-INPUT` where nobody can be asked, `LK-CLI-CANCELLED` when the person does not answer. */
  ask(question: Question): Promise<string>;
  /** The passphrase was given beforehand: no gesture is asked for. */
  readonly hasPassphrase?: boolean;
  /** Aborted when the command is given up. */
  readonly signal: AbortSignal;
  /** `more-time`, when the person asks for it while the command runs; left out where there is no way to. */
  readonly wishes?: EventTarget;
}
