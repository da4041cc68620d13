/**
 * Reads what Chromium's virtual authenticator gives (DevTools protocol, WebAuthn.getCredentials; WebAuthn L3 § 11.5): the form in which test
 * suites keep passkeys. Bytes in base64 of either alphabet; a large blob as it was before compression.
 */
import { type Draft, type Drafts, type JsonMembers, type JsonValue, makeDraft } from "./draft.ts";
import { booleanOf, bytesOf, checkItemCount, isMembers, memberOf, textOf, unknownOf } from "./json-file.ts";

const KNOWN = new Set([
  "credentialId",
  "isResidentCredential",
  "rpId",
  "privateKey",
  "userHandle",
  "signCount",
  "largeBlob",
  "backupEligibility",
  "backupState",
  "userName",
  "userDisplayName",
]);

/** The list of credentials in a parsed file, or `null` where it is something else. */
export function findVirtualCredentials(file: JsonValue): readonly JsonValue[] | null {
  const list = Array.isArray(file) ? (file as readonly JsonValue[]) : memberOf(file, "credentials");
  const credentials = Array.isArray(list) ? (list as readonly JsonValue[]) : [file];
  const isOne = (value: JsonValue): boolean =>
    isMembers(value) && ["credentialId", "isResidentCredential", "privateKey"].every((name) => name in value);
  return credentials.length > 0 && credentials.every(isOne) ? credentials : null;
}

export function readVirtualCredentials(credentials: readonly JsonValue[]): Drafts {
  checkItemCount(credentials.length);
  const drafts = credentials.map((value, i) => readOne(`credentials[${i}]`, value as JsonMembers));
  return { exporter: null, drafts, others: {} };
}

function readOne(at: string, credential: JsonMembers): Draft {
  const blob = bytesOf(credential, "largeBlob");
  return makeDraft(at, {
    credentialId: bytesOf(credential, "credentialId"),
    rpId: textOf(credential, "rpId"),
    key: bytesOf(credential, "privateKey"),
    userHandle: bytesOf(credential, "userHandle"),
    userName: textOf(credential, "userName"),
    userDisplayName: textOf(credential, "userDisplayName"),
    discoverable: booleanOf(credential, "isResidentCredential"),
    backupEligible: booleanOf(credential, "backupEligibility"),
    backedUp: booleanOf(credential, "backupState"),
    counter: memberOf(credential, "signCount"),
    largeBlob: blob === null ? null : { data: blob, size: null },
    title: textOf(credential, "rpId"),
    unknown: unknownOf(credential, KNOWN),
  });
}
