/**
 * `latchkey ctap --ephemeral`: an empty vault in memory behind a pipe, with a scripted person. It knows no file and no real vault, so
 * nothing that it approves can reach one. SIGTERM needs no handler: there is nothing to leave half-written.
 */
import { randomBytes } from "node:crypto";
import type { Readable, Writable } from "node:stream";
import type { AttestationPolicy } from "@latchkey/core/authenticator/attestation";
import { type Authenticator, createAuthenticator } from "@latchkey/core/authenticator/authenticator";
import { createEphemeralStore } from "@latchkey/core/authenticator/ephemeral-store";
import { createNativeCredentialCrypto } from "../credential-crypto.ts";
import { createNativeSecretTransport } from "../secret-transport.ts";
import { servePipe } from "./pipe.ts";
import { createScriptedVerifier, type ScriptedPerson } from "./scripted-person.ts";

export interface EphemeralCtapOptions {
  readonly person: ScriptedPerson;
  /** `none` unless said otherwise. */
  readonly attestation?: AttestationPolicy;
  readonly input: Readable;
  readonly output: Writable;
  /** Told of what the client sees as 0x7F. */
  readonly reportFault: (fault: unknown) => void;
}

/** Serves until the input ends; then the vault is gone. */
export async function runEphemeralCtap(options: EphemeralCtapOptions): Promise<void> {
  const authenticator = createEphemeralAuthenticator(options);
  await servePipe({
    input: options.input,
    output: options.output,
    handle: (request, cancellation) => authenticator.handle(request, cancellation),
  });
}

export function createEphemeralAuthenticator({
  person,
  attestation = "none",
  reportFault,
}: Omit<EphemeralCtapOptions, "input" | "output">): Authenticator {
  const crypto = createNativeCredentialCrypto();
  const store = createEphemeralStore(crypto);
  return createAuthenticator({
    crypto,
    transport: createNativeSecretTransport(),
    attestation,
    random: (length) => new Uint8Array(randomBytes(length)),
    clock: { now: () => Date.now() },
    store,
    verifier: createScriptedVerifier(person),
    reset: store.clear,
    reportFault,
  });
}
