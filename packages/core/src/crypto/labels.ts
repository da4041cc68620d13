/**
 * Every domain-separation string, in one table: none serves two purposes, so no hash, key or signature made for one can stand for
 * another. The number at the end rises when what is under the label changes its form.
 */
export const LABELS = {
  // Keys derived from the epoch metadata root M
  entryKey: "latchkey/key-entry/1",
  recordKey: "latchkey/key-record/1",
  snapshotKey: "latchkey/key-snapshot/1",
  roomAuthKey: "latchkey/key-room-auth/1",
  // The local network: by what members of a vault know one another's relay there, and may create rooms in it
  lanTag: "latchkey/lan-tag/1",
  lanToken: "latchkey/lan-token/1",
  auditKey: "latchkey/key-audit/1",
  auditSubject: "latchkey/audit-subject/1",
  // Device-local: what this device keeps for itself
  localSealKey: "latchkey/key-local-seal/1",
  signInRow: "latchkey/sign-in-row/1",
  localRowSeal: "latchkey/local-row-seal/1",
  relayRow: "latchkey/relay-row/1",
  // Key derived from what a WebAuthn PRF gave: it guards the key of a tier
  prfTierKey: "latchkey/key-prf-tier/1",
  // Keys derived from the epoch signing root S
  secretKey: "latchkey/key-secret/1",
  roomAuthorityKey: "latchkey/key-room-authority/1",
  resealNonce: "latchkey/reseal-nonce/1",
  // Derived from a device's authority seed
  signingRootsKey: "latchkey/key-signing-roots/1",
  // Derived from the secret of a recovery page
  pageKeys: "latchkey/key-page/1",
  pageLocator: "latchkey/page-locator/1",
  backupKeys: "latchkey/key-backup/1",
  // Keys derived from a shared secret
  kemSeal: "latchkey/kem-seal/1",
  // Hashes
  entryHash: "latchkey/entry-hash/1",
  epochHash: "latchkey/epoch-hash/1",
  rootCommitment: "latchkey/root-commitment/1",
  stateHash: "latchkey/state-hash/1",
  memberHash: "latchkey/member-hash/1",
  snapshotHash: "latchkey/snapshot-hash/1",
  deviceTag: "latchkey/device-tag/1",
  actor: "latchkey/actor/1",
  actorDevice: "latchkey/actor-device/1",
  shard: "latchkey/shard/1",
  fingerprint: "latchkey/fingerprint/1",
  replacedValue: "latchkey/replaced-value/1",
  purged: "latchkey/purged/1",
  pageCheck: "latchkey/page-check/1",
  backupSlot: "latchkey/backup-slot/1",
  pageSet: "latchkey/page-set/1",
  reissue: "latchkey/reissue/1",
  auditLine: "latchkey/audit-line/1",
  // Associated data of seals
  entrySeal: "latchkey/entry-seal/1",
  secretSeal: "latchkey/secret-seal/1",
  snapshotSeal: "latchkey/snapshot-seal/1",
  epochSeal: "latchkey/epoch-seal/1",
  tierSeal: "latchkey/tier-seal/1",
  signingRootsSeal: "latchkey/signing-roots-seal/1",
  tierWrap: "latchkey/tier-wrap/1",
  locatorSeal: "latchkey/locator-seal/1",
  // Archives
  archiveSeal: "latchkey/archive-seal/1",
  archiveChain: "latchkey/archive-chain/1",
  // Signatures
  entrySignature: "latchkey/entry-signature/1",
  memberSignature: "latchkey/member-signature/1",
  epochSignature: "latchkey/epoch-signature/1",
  openedSignature: "latchkey/opened-signature/1",
  evidenceSignature: "latchkey/evidence-signature/1",
  intentSignature: "latchkey/intent-signature/1",
  approvalSignature: "latchkey/approval-signature/1",
  auditSignature: "latchkey/audit-signature/1",
  auditExportSignature: "latchkey/audit-export-signature/1",
  // The relay
  roomId: "latchkey/room-id/1",
  relayAuth: "latchkey/relay-auth/1",
  relayPin: "latchkey/relay-pin/1",
  relayPurge: "latchkey/relay-purge/1",
  relayForward: "latchkey/relay-forward/1",
  relayWork: "latchkey/relay-work/1",
  // Pairing
  pairClaim: "latchkey/pair-claim/1",
  pairCommit: "latchkey/pair-commit/1",
  pairTranscript: "latchkey/pair-transcript/1",
  pairKey: "latchkey/pair-key/1",
  pairMessage: "latchkey/pair-message/1",
  pairConfirm: "latchkey/pair-confirm/1",
  pairSignature: "latchkey/pair-signature/1",
  pairCode: "latchkey/pair-code/1",
  pairWords: "latchkey/pair-words/1",
  pairWordsKey: "latchkey/pair-words-key/1",
} as const;

export type Label = (typeof LABELS)[keyof typeof LABELS];
