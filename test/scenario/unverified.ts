/**
 * What the types of the receive path forbid, written down: each line under an expectation is an error, and one that is not any more makes
 * the type check fail (`npm run check:types`, and `typestate.test.ts` on its own). For the compiler alone: nobody runs it.
 */
import type { UserVerified } from "@latchkey/core/authenticator/user-verifier";
import type { ChainTip } from "@latchkey/core/log/entry";
import { OpenedEntry, SealedEntry, VerifiedEntry } from "@latchkey/core/log/verify";
import { type EpochClaim, readEpochClaim, type VerifiedEpoch } from "@latchkey/core/membership/epoch-record";
import { AdmittedChange } from "@latchkey/core/vault/admit";
import type { VaultDocument } from "@latchkey/core/vault/document";

declare const bytes: Uint8Array;
declare const seen: readonly ChainTip[];
declare const document: VaultDocument;
declare const sealed: SealedEntry;
declare const verified: VerifiedEntry;
declare const opened: OpenedEntry;
declare const change: AdmittedChange;
declare const claim: EpochClaim;
const keys = { entryKey: bytes, recordKey: bytes };
const { header, hash } = sealed;
const { actor, seq, startOperation, dependencies, operations } = change;

// No state is made but by the check before it.
// @ts-expect-error the constructor's token is not exported
void new SealedEntry(Symbol("checked"), bytes, null);
// @ts-expect-error the same
void new VerifiedEntry(Symbol("checked"), sealed, () => bytes);
// @ts-expect-error the same
void new OpenedEntry(Symbol("checked"), sealed, { epochHash: hash, seen, kind: "beacon", payload: null });
// @ts-expect-error the same
void new AdmittedChange(Symbol("admitted"), bytes, change, []);

// No object passes for one.
// @ts-expect-error private fields are missing
void ({ header, hash, bytes, verify: () => verified } satisfies SealedEntry);
// @ts-expect-error private fields are missing
void ({ sealed, open: () => opened } satisfies VerifiedEntry);
// @ts-expect-error the brand is missing
void ({ header, hash, bytes, seen, kind: "change", payload: null } satisfies OpenedEntry);
// @ts-expect-error the brand is missing
void ({ bytes, hash: "", actor, seq, startOperation, dependencies, operations } satisfies AdmittedChange);
// @ts-expect-error a proof has private fields
void ({ gesture: "verified" } satisfies UserVerified);

// No step is skipped.
// @ts-expect-error a sealed entry is verified before it is opened
void sealed.open(keys, hash);
// @ts-expect-error a sealed entry has no content
void sealed.payload;
// @ts-expect-error a verified entry has no content
void verified.payload;
// @ts-expect-error unverified is not verified
void (sealed satisfies VerifiedEntry);
// @ts-expect-error unopened is not opened
void (verified satisfies OpenedEntry);
// @ts-expect-error an epoch that a record claims is not a verified one
void (claim satisfies VerifiedEpoch);
// @ts-expect-error nor is one that was read
void (readEpochClaim(null) satisfies VerifiedEpoch);

// Nothing but an admitted change reaches the document.
// @ts-expect-error bytes
document.apply(bytes);
// @ts-expect-error a sealed entry
document.apply(sealed);
// @ts-expect-error an opened entry
document.apply(opened);
// @ts-expect-error a change as it stands in an entry
document.apply({ operation: null, hash, bytes });

// What is allowed, so that the rest is not forbidden by accident.
void sealed.verify(bytes).open(keys, hash).payload;
void document.apply(change).touched;
