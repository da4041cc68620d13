/** What the program exports is right by the published schema, as an auditor's own program finds; and the two agree about every tampered copy. */
import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { verifyAuditFile } from "@latchkey/core/audit/audit-json";
import { hash } from "@latchkey/core/crypto/hash";
import { LABELS } from "@latchkey/core/crypto/labels";
import { encodeCbor } from "@latchkey/core/cbor/codec";
import { AUDIT_FILE_METHODS } from "@latchkey/desktop/host/audit-methods";
import { makeFolder } from "@latchkey/desktop/test/hosts";
import { Params } from "@latchkey/device-host/method";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LiveDevice } from "../scenario/live-device.ts";
import { register, signIn } from "../scenario/site.ts";
import { blake2b256 } from "./blake2b.ts";
import { audit } from "./main.ts";

const folder = makeFolder();
const file = join(folder.path, "activity.jsonl");
let exported = "";

beforeAll(async () => {
  const desk = await LiveDevice.found(join(folder.path, "desk.latchkey"), "Desk", []);
  const site = await register(desk.transact, "one.example", "ana");
  await signIn(desk.transact, site);
  const channel = { tell: () => {}, ask: async () => "", signal: new AbortController().signal };
  await AUDIT_FILE_METHODS["audit.export"](desk.services, new Params({ path: file }), channel);
  exported = readFileSync(file, "utf8");
  await desk.close();
});
afterAll(() => folder.remove());

const rows = () => exported.trimEnd().split("\n");
const joined = (changed: readonly string[]) => `${changed.join("\n")}\n`;

describe("the auditor's program", () => {
  test("hashes as the RFC says, and as the program does", () => {
    const abc = Buffer.from(blake2b256(new TextEncoder().encode("abc"))).toString("hex");
    expect(abc).toBe("bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
    for (const length of [0, 1, 127, 128, 129, 1_000]) {
      const data = new Uint8Array(createHash("sha512").update(String(length)).digest()).slice(0, 32);
      const long = new Uint8Array(length).map((_, i) => data[i % 32] ?? 0);
      expect(blake2b256(encodeCbor([LABELS.auditLine, long]))).toEqual(hash(LABELS.auditLine, long));
    }
  });

  test("finds nothing wrong with what was exported", () => {
    expect(audit(exported)).toEqual([]);
    expect(rows().length).toBeGreaterThan(3);
    expect(exported).toContain(`"kind":"sign-in"`);
  });

  test("finds what was tampered with, wherever the program does", () => {
    const all = rows();
    const copies: [string, string][] = all.flatMap((row, i) => [
      [`line ${i} taken out`, joined(all.toSpliced(i, 1))],
      [
        `line ${i} with another time`,
        joined(
          all.with(
            i,
            row.replace(/(\.\d\d)(\d)Z/, (_, a: string, b: string) => `${a}${(Number(b) + 1) % 10}Z`),
          ),
        ),
      ],
      [
        `line ${i} with another signature`,
        joined(
          all.with(
            i,
            row.replace(/"signature":"(.)/, (_, c: string) => `"signature":"${c === "A" ? "B" : "A"}`),
          ),
        ),
      ],
      [`lines from ${i + 1} on cut off`, joined(all.slice(0, i + 1))],
    ]);
    for (const [what, copy] of copies) {
      const isWhole = verifyAuditFile(copy.split("\n")).problems.length === 0;
      expect(audit(copy).length === 0, what).toBe(isWhole);
      // All but two are: without the statement nobody says where the log ends, and nothing was cut off.
      if (!what.startsWith("line 0 taken") && copy !== exported) expect(isWhole, what).toBe(false);
    }
  });

  test("refuses what is not by the schema", () => {
    const extra = joined(rows().map((row) => row.replace(/}$/, `,"more":1}`)));
    expect(audit(extra)).toEqual(
      rows().map((_, i) => expect.stringContaining(`line ${i + 1} of the file is not by the schema`)),
    );
  });

  test("runs as a program of its own, and ends with 8 for a tampered copy", () => {
    const run = (path: string) =>
      spawnSync(process.execPath, [join(import.meta.dirname, "main.ts"), path], { encoding: "utf8" });
    expect(run(file)).toMatchObject({ status: 0, stdout: expect.stringContaining("every line is signed") });
    const copy = join(folder.path, "copy.jsonl");
    writeFileSync(copy, joined(rows().toSpliced(2, 1)));
    expect(run(copy)).toMatchObject({ status: 8, stdout: expect.stringContaining("line 2 is missing") });
  });
});
