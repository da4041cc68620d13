/** KDBX 4 databases from keepassxc-cli: passkeys in their attributes come out, wrong passwords and damage are named, costs are bounded. */
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { examineFile, sampleFile } from "./examine-file.ts";
import { putBehindArgon2 } from "./argon2-kdbx.ts";
import { describeKdbx, HAS_NO_KEEPASSXC, makeKdbx, renderKeePassXml, type XmlEntry } from "./keepassxc.ts";

const PASSWORD = "kdbx pässword";
const sampleOf = (name: string) =>
  JSON.parse(Buffer.from(sampleFile(name)).toString("utf8")) as Record<string, string>;

function entryOf(name: string, uuid: number, more: Readonly<Record<string, string>> = {}): XmlEntry {
  const sample = sampleOf(name);
  return {
    uuid,
    tags: "Passkey;Work",
    attributes: {
      Title: name,
      UserName: "login name",
      Password: "not a passkey",
      URL: sample["url"]!,
      Notes: "a <note> & more",
      KPEX_PASSKEY_CREDENTIAL_ID: sample["credentialId"]!,
      KPEX_PASSKEY_PRIVATE_KEY_PEM: sample["privateKey"]!,
      KPEX_PASSKEY_RELYING_PARTY: sample["relyingParty"]!,
      KPEX_PASSKEY_USERNAME: sample["username"]!,
      KPEX_PASSKEY_USER_HANDLE: sample["userHandle"]!,
      ...more,
    },
  };
}

const XML = renderKeePassXml(
  [
    entryOf("es256-16.passkey", 1, { KPEX_PASSKEY_FLAG_BE: "0", KPEX_PASSKEY_FLAG_BS: "0" }),
    entryOf("eddsa.passkey", 2, { KPEX_PASSKEY_PRF: Buffer.alloc(32, 7).toString("base64") }),
    entryOf("es256-64.passkey", 3, { KPXC_PASSKEY_USERNAME: "legacy name" }),
    { uuid: 4, attributes: { Title: "A login", UserName: "ana", Password: "secret" } },
  ],
  [entryOf("rs256.passkey", 5)],
);

const expectRows = async (file: Uint8Array) => {
  const { reading, examined } = await examineFile(file, { password: PASSWORD });
  expect(reading.others).toEqual({ login: 1 });
  expect(
    examined.map(({ row, item }) => ({
      userName: row.userName,
      outcome: row.outcome,
      reasons: row.reasons,
      flags: item && [item.backupEligible, item.backedUp],
      id: item && Buffer.from(item.credentialId).toString("base64url"),
      tags: item && [...item.registers.keys()].filter((name) => name.startsWith("tag/")),
    })),
  ).toEqual([
    {
      userName: "user0@example.test",
      outcome: "new",
      reasons: [],
      flags: [false, false],
      id: sampleOf("es256-16.passkey")["credentialId"],
      tags: ["tag/Work"],
    },
    {
      userName: "user2@example.test",
      outcome: "new",
      reasons: ["prf-single-seed"],
      flags: [true, true],
      id: sampleOf("eddsa.passkey")["credentialId"],
      tags: ["tag/Work"],
    },
    {
      userName: "legacy name",
      outcome: "new",
      reasons: [],
      flags: [true, true],
      id: sampleOf("es256-64.passkey")["credentialId"],
      tags: ["tag/Work"],
    },
    {
      userName: "user3@example.test",
      outcome: "skipped",
      reasons: ["source-trash"],
      flags: null,
      id: null,
      tags: null,
    },
  ]);
  expect(examined[0]!.item!.registers.get("note")).toBe("a <note> & more");
  expect(Buffer.from(examined[1]!.item!.prfSeeds!.subarray(0, 32))).toEqual(Buffer.alloc(32, 7));
  return { reading, examined };
};

test("KeePassXC's export as XML gives its passkeys", async () => {
  const { reading } = await expectRows(Buffer.from(XML));
  expect(reading.format).toBe("keepassxc-xml");
});

describe.skipIf(HAS_NO_KEEPASSXC)("a database that keepassxc-cli made", () => {
  let folder: string;
  let file: Buffer;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "latchkey-kdbx-"));
    file = makeKdbx(folder, XML, PASSWORD);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("gives its passkeys, byte for byte", async () => {
    const { reading, examined } = await expectRows(file);
    expect(reading.format).toBe("keepassxc-kdbx");
    expect(examined[0]!.item!.createdAt).toBe(Date.parse("2026-11-20T10:00:00Z"));
  });

  test.each(["argon2d", "argon2id"] as const)("gives them from behind %s, too", async (kind) => {
    const behind = putBehindArgon2(file, PASSWORD, kind);
    expect(describeKdbx(folder, behind, PASSWORD)).toMatch(/KDF: Argon2/);
    await expectRows(behind);
    await expect(examineFile(behind, { password: "wrong" })).rejects.toMatchObject({
      code: "LK-IMPORT-PASSWORD",
    });
  });

  test("does not open with another password", async () => {
    await expect(examineFile(file, { password: "wrong" })).rejects.toMatchObject({
      code: "LK-IMPORT-PASSWORD",
    });
  });

  test("is refused with one error wherever a byte of it is changed, or it is cut off", async () => {
    // The key derivation is the slow part: some places before it, some after.
    const places = [9, 14, 40, 100, 200, file.length - 300, file.length - 10];
    for (const place of places) {
      const spoiled = Buffer.from(file);
      spoiled[place]! ^= 0x20;
      await expect(examineFile(spoiled, { password: PASSWORD })).rejects.toMatchObject({
        code: expect.stringMatching(/^LK-IMPORT-/) as string,
      });
    }
    for (const length of [8, 12, 60, file.length - 1])
      await expect(examineFile(file.subarray(0, length), { password: PASSWORD })).rejects.toMatchObject({
        code: "LK-IMPORT-DAMAGED",
      });
  });

  test("that asks for more memory or rounds than any honest one is refused before it is derived", async () => {
    const spoiled = Buffer.from(file);
    // The dictionary's entry M or R: type, name length, name, value length, value of eight bytes.
    const at = ["M", "R", "I"]
      .map((name) => spoiled.indexOf(Buffer.from([1, 0, 0, 0, name.charCodeAt(0), 8, 0, 0, 0])))
      .find((found) => found > 0)!;
    spoiled.fill(0xff, at + 9, at + 17);
    const start = performance.now();
    await expect(examineFile(resealed(spoiled), { password: PASSWORD })).rejects.toMatchObject({
      code: "LK-IMPORT-KDF",
    });
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  test("of another major version is refused by name", async () => {
    const spoiled = Buffer.from(file);
    spoiled.writeUInt16LE(3, 10);
    await expect(examineFile(spoiled, { password: PASSWORD })).rejects.toMatchObject({
      code: "LK-IMPORT-VERSION",
    });
  });
});

/** With the header's hash made right again, so that what is wrong with its parameters is what is found. */
function resealed(file: Buffer): Buffer {
  let at = 12;
  for (;;) {
    const id = file[at]!;
    at += 5 + file.readUInt32LE(at + 1);
    if (id === 0) break;
  }
  const { createHash } = process.getBuiltinModule("node:crypto");
  createHash("sha256").update(file.subarray(0, at)).digest().copy(file, at);
  return file;
}

test("a passkey whose PEM is an EC block is named, the others come in", async () => {
  const key = generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey;
  const broken = entryOf("es256-16.passkey", 1, {
    KPEX_PASSKEY_PRIVATE_KEY_PEM: key.export({ type: "sec1", format: "pem" }).toString(),
  });
  const { examined } = await examineFile(
    Buffer.from(renderKeePassXml([broken, entryOf("eddsa.passkey", 2)])),
  );
  expect(examined.map(({ row }) => row.reasons)).toEqual([["key-unreadable"], []]);
});
