/**
 * The port to the person, and the proof that the person was asked.
 *
 * A proof cannot be built outside this file: its class is not exported and has a private field. The store demands one before it
 * writes or opens a private key, and the flags UP and UV are computed from it alone: a flag says what was done for *this* request.
 *
 * | proof          | the person        | UP | UV | made by                                  |
 * | -------------- | ----------------- | -- | -- | ---------------------------------------- |
 * | `UserVerified` | was verified      | 1  | 1  | every verifier                           |
 * | `UserPresent`  | touched or agreed | 1  | 0  | the throw-away verifier                  |
 * | `NoGesture`    | was not asked     | 0  | 0  | the throw-away verifier, for pre-flights |
 */
import type { Cancellation } from "./cancellation.ts";
import type { CredentialSource } from "./credential-source.ts";

type Gesture = "verified" | "present" | "none";

class GestureProof<G extends Gesture> {
  readonly gesture: G;
  /** The site that the person saw; `null` when the prompt named none. */
  readonly #rpId: string | null;

  constructor(gesture: G, rpId: string | null) {
    this.gesture = gesture;
    this.#rpId = rpId;
  }

  /** Whether this is a proof made here, given for this site. */
  static isFor(proof: UserProof, rpId: string): boolean {
    return #rpId in proof && proof.#rpId === rpId;
  }
}

export type UserVerified = GestureProof<"verified">;
export type UserPresent = GestureProof<"present">;
export type NoGesture = GestureProof<"none">;
export type UserProof = UserVerified | UserPresent | NoGesture;

/** Stores call this before anything else: no look-alike is a proof, and one site's gesture opens no other site's key. */
export function checkProof(proof: UserProof, rpId: string): void {
  if (!GestureProof.isFor(proof, rpId)) throw new Error("no proof of a gesture for this relying party");
}

/** What the person is asked, with what a host needs to show it. */
export type UserPrompt =
  | {
      readonly operation: "make-credential";
      readonly rpId: string;
      readonly rpName: string | null;
      readonly userName: string | null;
      readonly userDisplayName: string | null;
      /** A passkey of the excludeList that is here already: whatever the person answers, nothing new is made. */
      readonly excluded: CredentialSource | null;
      readonly verification: boolean;
    }
  | {
      readonly operation: "get-assertion";
      readonly rpId: string;
      /** At least one, newest first. */
      readonly accounts: readonly CredentialSource[];
      readonly verification: boolean;
    }
  | { readonly operation: "select" | "reset"; readonly rpId: null; readonly verification: false };

export interface UserAnswer<P extends UserProof> {
  readonly proof: P;
  /**
   * The account that the person picked, one of `accounts`, or `null` for "not picked": then the newest signs and getNextAssertion
   * reaches the others. A host that closes its signing tier after each request lets the person pick.
   */
  readonly account: CredentialSource | null;
}

/** `P` is the least that this verifier can be content with. */
export interface UserVerifier<P extends UserProof> {
  /** Whether the person is verified for every request, asked or not. */
  readonly alwaysVerifies: boolean;
  /** Asks the person. Throws `LK-AUTH-DENIED`, `LK-AUTH-TIMEOUT` or `LK-AUTH-CANCELLED`. */
  readonly verify: (prompt: UserPrompt, cancellation: Cancellation) => Promise<UserAnswer<P>>;
  /** What a request with `up:false` may sign with, or `null`: then it is answered without a signature. Never prompts. */
  readonly preflight: (rpId: string) => P | null;
}

/** Asks; resolves with the picked account or `null` only when the person agreed, and throws as `UserVerifier.verify` does. */
export type AskPerson = (prompt: UserPrompt, cancellation: Cancellation) => Promise<CredentialSource | null>;

/**
 * The verifier of a real vault. `ask` resolves only when it has verified the person for this prompt (the key protector released the
 * signing tier), whether or not the client wanted verification; pre-flights sign nothing.
 */
export function createUserVerifier(ask: AskPerson): UserVerifier<UserVerified> {
  return {
    alwaysVerifies: true,
    async verify(prompt, cancellation) {
      const account = await ask(prompt, cancellation);
      return { proof: new GestureProof("verified", prompt.rpId), account };
    },
    preflight: () => null,
  };
}

/**
 * The verifier of a throw-away vault: `ask` stands for a person who verifies when that is wanted and else merely agrees. Its proofs
 * do not fit to a vault's store.
 */
export function createThrowAwayVerifier(ask: AskPerson): UserVerifier<UserProof> {
  return {
    alwaysVerifies: false,
    async verify(prompt, cancellation) {
      const account = await ask(prompt, cancellation);
      const proof = prompt.verification
        ? new GestureProof("verified", prompt.rpId)
        : new GestureProof("present", prompt.rpId);
      return { proof, account };
    },
    preflight: (rpId) => new GestureProof("none", rpId),
  };
}
