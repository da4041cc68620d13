/** Who is a member and what an epoch says, both only with two signatures, one of each tier. */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type CborValue, decodeCbor, encodeCbor } from "../../src/cbor/codec.ts";
import { deriveKey } from "../../src/crypto/hash.ts";
import { LABELS } from "../../src/crypto/labels.ts";
import {
  deriveDeviceTag,
  deriveMetadataKeys,
  deriveSigningKeys,
  identityOf,
  makeDeviceSeeds,
} from "../../src/membership/device.ts";
import {
  EPOCH_REASONS,
  type EpochReason,
  type EpochRecord,
  makeEpochRecord,
  readEpochClaim,
  verifyEpochRecord,
} from "../../src/membership/epoch-record.ts";
import { foundEpoch } from "../../src/membership/found-epoch.ts";
import {
  decodeMemberEntry,
  encodeMemberEntry,
  makeMemberRecord,
  readNamedMemberRecord,
  verifyMemberRecord,
} from "../../src/membership/member-record.ts";
import { commitToRoot } from "../../src/membership/epoch.ts";
import { checkOpened, signOpened } from "../../src/membership/opened.ts";
import { decodeReadmission, encodeReadmission } from "../../src/membership/readmission.ts";
import { derivePageSeeds, PAGE_KINDS } from "../../src/membership/page.ts";
import { openRoot, sealRoot } from "../../src/membership/seal.ts";
import { openSnapshot } from "../../src/log/snapshot.ts";
import { OperationSet } from "../../src/vault/operation-set.ts";
import { createSeededRandom } from "../seeded-random.ts";

const random = createSeededRandom(3);
const crypto = { sha256: (data: Uint8Array) => new Uint8Array(createHash("sha256").update(data).digest()) };

function makeDevice() {
  const seeds = makeDeviceSeeds(random);
  const metadata = deriveMetadataKeys(seeds.metadata);
  const signing = deriveSigningKeys(seeds.signing);
  return {
    metadata,
    signing,
    identity: identityOf(metadata, signing),
    signers: { entry: metadata.entry, authority: signing.authority },
  };
}

const desk = makeDevice();
const laptop = makeDevice();
const thief = makeDevice();
const founded = foundEpoch(
  { metadata: desk.metadata, signing: desk.signing, name: "Desk", platform: "linux", day: 20_000 },
  () => ({ document: random(500), stateHash: random(32), applied: new OperationSet() }),
  { random, crypto },
);
const founding = readEpochClaim(founded.payload).record;
const founderHash = founding.members[0]?.record ?? new Uint8Array();
const laptopMember = {
  identity: laptop.identity,
  name: "Laptop",
  platform: "linux",
  day: 20_001,
  sponsor: desk.identity.entryPublicKey,
  probation: null,
  page: false,
};

describe("an epoch record", () => {
  test("of a new vault verifies, and leads to the founder and the snapshot", () => {
    const epoch = verifyEpochRecord(founded.payload, { identity: desk.identity, page: false });
    expect(epoch.hash).toEqual(founded.epochHash);
    expect(epoch.record.logId).toEqual(founded.logId);
    const { members } = openSnapshot(
      founded.metadataKeys.snapshotKey,
      founded.logId,
      founded.snapshot.bytes,
      epoch.record.snapshotHash,
    );
    const named = readNamedMemberRecord(
      members[0] as Uint8Array,
      epoch.record.members.map((member) => member.record),
    );
    expect(named.member.name).toBe("Desk");
  });

  test("gives its roots to the devices it seals them to, and checks what comes out", () => {
    const { record } = verifyEpochRecord(founded.payload, { identity: desk.identity, page: false });
    const seal = record.seals[0] as (typeof record.seals)[number];
    const context = { logId: founded.logId, member: founderHash, root: "M" } as const;
    expect(openRoot(desk.metadata.metadataKem, context, seal.metadata, record.metadataCommitment)).toEqual(
      founded.roots.metadata,
    );
    for (const [keyPair, place, commitment] of [
      [laptop.metadata.metadataKem, context, record.metadataCommitment],
      [desk.metadata.metadataKem, { ...context, root: "S" }, record.metadataCommitment],
      [desk.metadata.metadataKem, { ...context, logId: random(16) }, record.metadataCommitment],
      [desk.metadata.metadataKem, context, record.signingCommitment],
    ] as const) {
      expect(() => openRoot(keyPair, place, seal.metadata, commitment)).toThrow(
        expect.objectContaining({ code: "LK-EPOCH-SEAL" }),
      );
    }
  });

  test("is refused when either signature is another's, or any field changed", () => {
    const [record, maker, entrySignature, authoritySignature] = founded.payload as CborValue[];
    const spoiled: CborValue[] = [
      [record, maker, authoritySignature, entrySignature] as CborValue,
      [record, thief.identity.entryPublicKey, entrySignature, authoritySignature] as CborValue,
      [
        [...(record as CborValue[]).slice(0, 8), random(32), ...(record as CborValue[]).slice(9)],
        maker,
        entrySignature,
        authoritySignature,
      ] as CborValue,
    ];
    for (const payload of spoiled) {
      expect(() => verifyEpochRecord(payload, { identity: desk.identity, page: false })).toThrow(
        expect.objectContaining({ code: "LK-EPOCH-SIGNATURE" }),
      );
    }
    expect(() => verifyEpochRecord([record] as CborValue, { identity: desk.identity, page: false })).toThrow(
      expect.objectContaining({ code: "LK-EPOCH-MALFORMED" }),
    );
  });
});

describe("a record that both keys of its maker signed", () => {
  const sign = (fields: Partial<EpochRecord>) =>
    makeEpochRecord({ ...founding, ...fields }, desk.signers).payload;
  /** Signed as it stands, whatever it is. */
  function signRaw(change: (fields: CborValue[]) => void): CborValue {
    const fields = [...((founded.payload as CborValue[])[0] as CborValue[])];
    change(fields);
    const [, maker, entrySignature, authoritySignature] = founded.payload as CborValue[];
    return [fields, maker, entrySignature, authoritySignature] as CborValue;
  }

  test.for(Object.keys(EPOCH_REASONS) as EpochReason[])("says why it was made: %s", (reason) => {
    const page = reason === "recovery";
    const signed = sign({ reason });
    expect(verifyEpochRecord(signed, { identity: desk.identity, page }).record.reason).toBe(reason);
    // A page makes recoveries and nothing else, and nobody else makes one.
    expect(() => verifyEpochRecord(signed, { identity: desk.identity, page: !page })).toThrow(
      expect.objectContaining({ code: "LK-EPOCH-MALFORMED" }),
    );
  });

  test("names whom it puts out and what it erases", () => {
    const fields = {
      reason: "removal",
      purged: [random(1), random(1_023)],
      removed: [random(32), random(32)],
    } as const;
    expect(readEpochClaim(sign(fields)).record).toEqual({ ...founding, ...fields });
  });

  test.for([
    ["a reason that nobody knows", signRaw((fields) => (fields[3] = 99)), "LK-EPOCH-MALFORMED"],
    ["a later version", signRaw((fields) => (fields[0] = 2)), "LK-VAULT-NEWER"],
    ["an empty id among the purged", sign({ purged: [new Uint8Array()] }), "LK-EPOCH-MALFORMED"],
    ["an id among the purged that is too long", sign({ purged: [random(1_024)] }), "LK-EPOCH-MALFORMED"],
  ] as const)("is refused all the same with %s", ([, payload, code]) => {
    expect(() => readEpochClaim(payload)).toThrow(expect.objectContaining({ code }));
  });
});

test("the acknowledgement of an epoch is its author's authority key's, for this epoch, and nothing else", () => {
  const { authority } = desk.signing;
  const said = signOpened(authority, founded.epochHash);
  expect(() => checkOpened(said, founded.epochHash, desk.identity)).not.toThrow();
  for (const [payload, epochHash, author, code] of [
    [said, random(32), desk.identity, "LK-EPOCH-SIGNATURE"],
    [said, founded.epochHash, thief.identity, "LK-EPOCH-SIGNATURE"],
    [
      signOpened(desk.metadata.entry, founded.epochHash),
      founded.epochHash,
      desk.identity,
      "LK-EPOCH-SIGNATURE",
    ],
    [random(63), founded.epochHash, desk.identity, "LK-EPOCH-MALFORMED"],
  ] as const) {
    expect(() => checkOpened(payload, epochHash, author)).toThrow(expect.objectContaining({ code }));
  }
});

test("member entries and readmissions are read as they were written", () => {
  for (const signingSeal of [null, random(1_192)]) {
    const entry = { record: random(300), metadataSeal: random(1_192), signingSeal };
    expect(decodeMemberEntry(encodeMemberEntry(entry))).toEqual(entry);
    const readmission = { epochHash: random(32), entry };
    expect(decodeReadmission(encodeReadmission(readmission))).toEqual(readmission);
  }
});

test("a page is four keys of one secret, and writes membership alone", () => {
  const secret = random(20);
  const { metadata, signing } = derivePageSeeds(secret);
  const seeds = { ...metadata, ...signing };
  for (const [name, which] of [
    ["entry", "entry"],
    ["metadataKem", "metadata-kem"],
    ["authority", "authority"],
    ["secretKem", "secret-kem"],
  ] as const)
    expect(seeds[name]).toEqual(deriveKey(secret, LABELS.pageKeys, [which]));
  expect([...PAGE_KINDS].toSorted()).toEqual(["epoch-record", "member"]);
});

test("a root of another length than 32 bytes is refused, whatever was committed to", () => {
  const context = { logId: founded.logId, member: founderHash, root: "M" } as const;
  const short = random(16);
  const seal = sealRoot(desk.identity.metadataKemPublicKey, context, short, random);
  expect(() => openRoot(desk.metadata.metadataKem, context, seal, commitToRoot("M", short))).toThrow(
    expect.objectContaining({ code: "LK-EPOCH-SEAL" }),
  );
});

describe("a member record", () => {
  test("is refused when it names another sponsor than the one who signed it", () => {
    const { bytes } = makeMemberRecord(
      { ...laptopMember, sponsor: thief.identity.entryPublicKey },
      founded.logId,
      desk.signers,
    );
    expect(() => verifyMemberRecord(bytes, founded.logId, desk.identity)).toThrow(
      expect.objectContaining({ code: "LK-EPOCH-SIGNATURE" }),
    );
  });

  test("keeps its probation, and is found among several names", () => {
    for (const probation of [null, 0, 1_790_000_000_000]) {
      const { bytes, hash } = makeMemberRecord({ ...laptopMember, probation }, founded.logId, desk.signers);
      expect(verifyMemberRecord(bytes, founded.logId, desk.identity).member.probation).toBe(probation);
      expect(readNamedMemberRecord(bytes, [founderHash, hash]).hash).toEqual(hash);
    }
  });

  test("of a later version is refused", () => {
    const { bytes } = makeMemberRecord(laptopMember, founded.logId, desk.signers);
    const [member, ...signatures] = decodeCbor(bytes) as CborValue[];
    const later = encodeCbor([[2, ...(member as CborValue[]).slice(1)], ...signatures]);
    expect(() => verifyMemberRecord(later, founded.logId, desk.identity)).toThrow(
      expect.objectContaining({ code: "LK-EPOCH-MALFORMED" }),
    );
  });

  test("in an entry has at least one byte and at most 8192", () => {
    for (const length of [0, 8_193]) {
      expect(() => decodeMemberEntry([random(length), random(1_192), null])).toThrow(
        expect.objectContaining({ code: "LK-CBOR-INVALID" }),
      );
    }
    expect(decodeMemberEntry([random(8_192), random(1_192), null]).signingSeal).toBeNull();
  });

  test("verifies with both signatures of its sponsor", () => {
    const record = makeMemberRecord(laptopMember, founded.logId, desk.signers);
    const verified = verifyMemberRecord(record.bytes, founded.logId, desk.identity);
    expect(verified.member).toEqual(laptopMember);
    expect(verified.hash).toEqual(record.hash);
  });

  test("cannot be made by whoever has only the metadata tier", () => {
    const stolen = { entry: desk.metadata.entry, authority: thief.signing.authority };
    const forged = makeMemberRecord(laptopMember, founded.logId, stolen);
    expect(() => verifyMemberRecord(forged.bytes, founded.logId, desk.identity)).toThrow(
      expect.objectContaining({ code: "LK-EPOCH-SIGNATURE" }),
    );
  });

  test("is refused in another log, from another sponsor, or with a changed name", () => {
    const record = makeMemberRecord(laptopMember, founded.logId, desk.signers);
    const [member, ...signatures] = decodeCbor(record.bytes) as CborValue[];
    const renamed = encodeCbor([
      [...(member as CborValue[]).slice(0, 2), "Mallory", ...(member as CborValue[]).slice(3)],
      ...signatures,
    ]);
    for (const [bytes, logId, sponsor] of [
      [record.bytes, random(16), desk.identity],
      [record.bytes, founded.logId, thief.identity],
      [renamed, founded.logId, desk.identity],
    ] as const) {
      expect(() => verifyMemberRecord(bytes, logId, sponsor)).toThrow(
        expect.objectContaining({ code: "LK-EPOCH-SIGNATURE" }),
      );
    }
    expect(() => readNamedMemberRecord(record.bytes, [founderHash])).toThrow(
      expect.objectContaining({ code: "LK-EPOCH-SIGNATURE" }),
    );
  });
});

test("a device tag tells nothing across logs or incarnations", () => {
  const tags = [
    deriveDeviceTag(desk.identity.entryPublicKey, founded.logId, 0),
    deriveDeviceTag(desk.identity.entryPublicKey, founded.logId, 1),
    deriveDeviceTag(desk.identity.entryPublicKey, random(16), 0),
    deriveDeviceTag(laptop.identity.entryPublicKey, founded.logId, 0),
  ];
  expect(new Set(tags.map(String)).size).toBe(4);
});

test("a seal has the documented length", () => {
  const context = { logId: founded.logId, member: founderHash, root: "S" } as const;
  expect(sealRoot(desk.identity.secretKemPublicKey, context, founded.roots.signing, random)).toHaveLength(
    1_192,
  );
});
