/** What `npm run mutation` changes, part by part, and which tests must notice. */

export interface Judges {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

export interface Target {
  /** Files from the root, as Stryker's patterns. */
  readonly mutate: readonly string[];
  readonly judges: Judges;
}

const core = (...files: readonly string[]): string[] => files.map((file) => `packages/core/src/${file}.ts`);
const tests = (...files: readonly string[]): string[] =>
  files.map((file) => `packages/core/test/${file}.test.ts`);

export const TARGETS: Readonly<Record<string, Target>> = {
  // Not those whose requests are random: a fault that they notice at times would make the account a matter of luck, and it took five times as
  // long. Nor the one that reads its sources as text, which Stryker has changed.
  authenticator: {
    mutate: core("authenticator/**/*", "cbor/**/*"),
    judges: {
      include: tests("authenticator/*", "cbor*"),
      exclude: tests("authenticator/{properties,sequences,imports}"),
    },
  },
  // What stands between bytes from a relay and the vault (docs/protocol.md § 4, § 6): first what is signed and sealed, then what becomes of it.
  records: {
    mutate: core(
      "log/{change,entry,padding,snapshot,verify}",
      "membership/{epoch-record,member-record,opened,page,readmission,rivals,seal}",
    ),
    judges: { include: tests("log/*", "membership/*"), exclude: [] },
  },
  receive: {
    mutate: core("sync/{receive-entries,entry-payload,receive-draft}"),
    judges: { include: tests("sync/*", "device/{device,opened,probation,recovery-page}"), exclude: [] },
  },
  // What a change may do.
  changes: {
    mutate: core("vault/{admit,change-chunk,leb128}"),
    judges: { include: tests("vault/{admit,leb128,reissue}"), exclude: [] },
  },
  // What lets a device into an epoch, and what lets it not.
  epochs: {
    mutate: core("device/move-epoch"),
    judges: { include: tests("device/{epochs,left-operations,opened}"), exclude: [] },
  },
  evidence: {
    mutate: core("device/verify-evidence"),
    judges: { include: tests("device/relay-evidence"), exclude: [] },
  },
};

const VARIABLE = "LATCHKEY_MUTATION_JUDGES";

/** For the processes that Stryker starts: they read a file of configuration and nothing else. */
export function lendJudges(judges: Judges): void {
  process.env[VARIABLE] = JSON.stringify(judges);
}

export const readJudges = (): { include: string[]; exclude: string[] } =>
  JSON.parse(process.env[VARIABLE] ?? '{"include":[],"exclude":[]}') as {
    include: string[];
    exclude: string[];
  };
