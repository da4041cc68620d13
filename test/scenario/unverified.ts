/**
 * What the types of the receive path forbid, written down: each line under an expectation is an error, and one that is not any more makes
 * the type check fail (`npm run check:types`, and `typestate.test.ts` on its own). Never run.
 */
import type { UserVerified } from "@latchkey/core/authenticator/user-verifier";
import type { ChainTip } from "@latchkey/core/log/entry";
import { OpenedEntry, SealedEntry, VerifiedEntry } from "@latchkey/core/log/verify";
import { type EpochClaim, readEpochClaim, type VerifiedEpoch } from "@latchkey/core/membership/epoch-record";
import { AdmittedChange } from "@latchkey/core/vault/admit";
import type { VaultDocument } from "@latchkey/core/vault/document";

export function writeDownWhatIsForbidden(
  bytes: Uint8Array,
  document: VaultDocument,
  sealed: SealedEntry,
  verified: VerifiedEntry,
  opened: OpenedEntry,
  change: AdmittedChange,
  claim: EpochClaim,
): readonly unknown[] {
  const keys = { entryKey: bytes, recordKey: bytes };
  const { header, hash } = sealed;
  const seen: readonly ChainTip[] = [];

  // No state is made but by the check before it.
  // @ts-expect-error the constructor's token is not exported
  const made1 = new SealedEntry(Symbol("checked"), bytes, null);
  // @ts-expect-error the same
  const made2 = new VerifiedEntry(Symbol("checked"), sealed, () => bytes);
  // @ts-expect-error the same
  const made3 = new OpenedEntry(Symbol("checked"), sealed, {
    epochHash: hash,
    seen,
    kind: "beacon",
    payload: null,
  });
  // @ts-expect-error the same
  const made4 = new AdmittedChange(Symbol("admitted"), bytes, change, []);

  // No object passes for one.
  // @ts-expect-error private fields are missing
  const posed1: SealedEntry = { header, hash, bytes, verify: () => verified };
  // @ts-expect-error private fields are missing
  const posed2: VerifiedEntry = { sealed, open: () => opened };
  // @ts-expect-error the brand is missing
  const posed3: OpenedEntry = { header, hash, bytes, seen, kind: "change", payload: null };
  const { actor, seq, startOperation, dependencies, operations } = change;
  // @ts-expect-error the brand is missing
  const posed4: AdmittedChange = { bytes, hash: "", actor, seq, startOperation, dependencies, operations };
  // @ts-expect-error a proof has private fields
  const posed5: UserVerified = { gesture: "verified" };

  // No step is skipped.
  // @ts-expect-error a sealed entry is verified before it is opened
  const skipped1: unknown = sealed.open(keys, hash);
  // @ts-expect-error a sealed entry has no content
  const skipped2: unknown = sealed.payload;
  // @ts-expect-error a verified entry has no content
  const skipped3: unknown = verified.payload;
  // @ts-expect-error unverified is not verified
  const skipped4: VerifiedEntry = sealed;
  // @ts-expect-error unopened is not opened
  const skipped5: OpenedEntry = verified;
  // @ts-expect-error an epoch that a record claims is not a verified one
  const skipped6: VerifiedEpoch = claim;
  // @ts-expect-error nor is one that was read
  const skipped7: VerifiedEpoch = readEpochClaim(null);

  // Nothing but an admitted change reaches the document.
  // @ts-expect-error bytes
  const reached1: unknown = document.apply(bytes);
  // @ts-expect-error a sealed entry
  const reached2: unknown = document.apply(sealed);
  // @ts-expect-error an opened entry
  const reached3: unknown = document.apply(opened);
  // @ts-expect-error a change as it stands in an entry
  const reached4: unknown = document.apply({ operation: null, hash, bytes });

  // What is allowed, so that the rest is not forbidden by accident.
  const allowed = [sealed.verify(bytes).open(keys, hash).payload, document.apply(change).touched];
  return [
    [made1, made2, made3, made4, posed1, posed2, posed3, posed4, posed5],
    [skipped1, skipped2, skipped3, skipped4, skipped5, skipped6, skipped7],
    [reached1, reached2, reached3, reached4, allowed],
  ];
}
