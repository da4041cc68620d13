/** What `npm run mutation` changes, part by part, and which tests must notice. */

export interface Target {
  /** Files from the root, as Stryker's patterns. */
  readonly mutate: readonly string[];
  /** Configuration of the vitest run that judges. */
  readonly judges: string;
}

const core = (...files: readonly string[]): string[] => files.map((file) => `packages/core/src/${file}.ts`);

export const TARGETS: Readonly<Record<string, Target>> = {
  authenticator: {
    mutate: core("authenticator/**/*", "cbor/**/*"),
    judges: "test/mutants/authenticator.config.ts",
  },
  // Everything that stands between bytes from a relay and the vault (docs/protocol.md § 4, § 6), and between a file of evidence and belief.
  receive: {
    mutate: core(
      "crypto/{aead,kem,signature,stream}",
      "log/{change,entry,padding,snapshot,verify}",
      "membership/{epoch-record,member-record,readmission,rivals,seal}",
      "vault/{admit,change-chunk,leb128,history,operation-set}",
      "sync/{receive-entries,entry-payload,receive-draft}",
      "device/{move-epoch,standing,duties,shareable,verify-evidence}",
    ),
    judges: "test/mutants/receive.config.ts",
  },
};
