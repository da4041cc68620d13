import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execFileSync, spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHANNELS } from "../../src/channel.ts";
import {
  openDevelopmentCertificate,
  openPfx,
  readPublisher,
  type Signer,
} from "../../src/package/certificate.ts";
import { renderManifest } from "../../src/package/manifest.ts";
import { packMsix } from "../../src/package/msix.ts";
import { isNewEnough, signFile } from "../../src/package/sign.ts";
import { readPackage } from "./read-package.ts";

const manifestBy = (publisher: string): string =>
  renderManifest({ channel: CHANNELS.stable, version: "1.2.3.0", publisher });

/** Empty, one byte, exactly one block, one block and a byte, several blocks that do not compress. */
const PAYLOAD = [0, 1, 65_536, 65_537, 300_000].map((length, index) => ({
  path: `app/file ${index} [@].bin`,
  data: new Uint8Array(randomBytes(length)),
}));
const TEXT = {
  path: "app/text.mjs",
  data: Buffer.from("export const text = 'again and again';\n".repeat(9_000)),
};
const ALL = [...PAYLOAD, TEXT, { path: "licence", data: Buffer.from("no ending") }];

describe("a package", () => {
  test("gives every file back, block by block, as its block map says", () => {
    const files = readPackage(packMsix(ALL, manifestBy("CN=Test")));
    for (const { path, data } of ALL) expect(files.get(path)?.equals(data)).toBe(true);
    expect(files.get("AppxManifest.xml")?.toString()).toBe(manifestBy("CN=Test"));
    expect([...files.keys()].slice(-3)).toEqual([
      "AppxManifest.xml",
      "AppxBlockMap.xml",
      "[Content_Types].xml",
    ]);
  });

  test("names a content type for every file", () => {
    const types = readPackage(packMsix(ALL, manifestBy("CN=Test")))
      .get("[Content_Types].xml")
      ?.toString();
    for (const extension of ["bin", "mjs", "xml"]) expect(types).toContain(`Extension="${extension}"`);
    expect(types).toContain(`PartName="/licence"`);
    expect(types).toContain(
      `PartName="/AppxManifest.xml" ContentType="application/vnd.ms-appx.manifest+xml"`,
    );
    expect(types).toContain(
      `PartName="/AppxBlockMap.xml" ContentType="application/vnd.ms-appx.blockmap+xml"`,
    );
  });

  test("is the same for the same files, whatever their order", () => {
    const once = packMsix(ALL, manifestBy("CN=Test"));
    expect(packMsix([...ALL].reverse(), manifestBy("CN=Test")).equals(once)).toBe(true);
  });

  test("refuses two names that Windows cannot tell apart", () => {
    const files = ["a.txt", "A.TXT"].map((path) => ({ path, data: Buffer.alloc(1) }));
    expect(() => packMsix(files, "")).toThrow("two files are named");
  });

  test("with a byte changed in any file is found out by its block map", () => {
    const bytes = packMsix(ALL, manifestBy("CN=Test"));
    for (const share of [0.1, 0.5, 0.9]) {
      const spoiled = Buffer.from(bytes);
      const at = Math.floor(bytes.length * share);
      spoiled[at] = (spoiled[at] ?? 0) ^ 1;
      expect(() => readPackage(spoiled)).toThrow();
    }
  });
});

/** Whether a program of a packager's machine is here. On a build machine it must be. */
function isMissing(program: string, parameters: readonly string[]): boolean {
  const missing = spawnSync(program, parameters).error !== undefined;
  const text = `signatures need ${program}: apt-get install osslsigncode openssl`;
  if (missing && process.env["CI"] === "true") throw new Error(text);
  if (missing) process.stderr.write(`WARNING: ${text}\n`);
  return missing;
}
const cannotSign = isMissing("osslsigncode", ["--version"]) || isMissing("openssl", ["version"]);

describe.skipIf(cannotSign)("a signature", () => {
  let folder: string;
  let signer: Signer;
  let signed: Buffer;
  const place = (name: string): string => join(folder, name);

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "latchkey-signature-"));
    signer = openDevelopmentCertificate(place("development"));
    writeFileSync(place("a.msix"), packMsix(ALL, manifestBy(signer.publisher)));
    signFile(place("a.msix"), signer, null);
    signed = readFileSync(place("a.msix"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** By a program that is not ours. */
  function verify(bytes: Uint8Array): string {
    writeFileSync(place("verified.msix"), bytes);
    const ca = place(join("development", "development.pem"));
    const { stdout, stderr } = spawnSync(
      "osslsigncode",
      ["verify", "-CAfile", ca, "-in", place("verified.msix")],
      { encoding: "utf8" },
    );
    return `${stdout}${stderr}`;
  }

  test("holds, and leaves the files and their block map as they were", () => {
    expect(verify(signed)).toContain("Signature verification: ok");
    const files = readPackage(signed);
    for (const { path, data } of ALL) expect(files.get(path)?.equals(data)).toBe(true);
    expect(files.get("AppxSignature.p7x")?.toString("latin1", 0, 4)).toBe("PKCX");
    expect(files.get("[Content_Types].xml")?.toString()).toContain("/AppxSignature.p7x");
  });

  test("does not hold after one byte was changed anywhere", () => {
    for (const share of [0.05, 0.3, 0.6, 0.8]) {
      const spoiled = Buffer.from(signed);
      const at = Math.floor(signed.length * share);
      spoiled[at] = (spoiled[at] ?? 0) ^ 1;
      expect(verify(spoiled)).not.toContain("Signature verification: ok");
    }
  });

  test("is by the publisher that the manifest names", () => {
    expect(signer.publisher).toBe("CN=Latchkey development");
    expect(readPackage(signed).get("AppxManifest.xml")?.toString()).toContain(
      `Publisher="${signer.publisher}"`,
    );
  });

  test("comes from a PFX too, its password in a file", () => {
    writeFileSync(place("password"), "correct horse", { mode: 0o600 });
    const development = (name: string): string => place(join("development", `development.${name}`));
    execFileSync("openssl", [
      "pkcs12",
      "-export",
      "-in",
      development("pem"),
      "-inkey",
      development("key"),
      "-out",
      place("a.pfx"),
      "-passout",
      `file:${place("password")}`,
    ]);
    const pfx = openPfx(place("a.pfx"), place("password"));
    expect(pfx.publisher).toBe(signer.publisher);
    expect(pfx.parameters.join(" ")).not.toContain("correct horse");
    writeFileSync(place("b.msix"), packMsix([TEXT], manifestBy(pfx.publisher)));
    signFile(place("b.msix"), pfx, null);
    expect(verify(readFileSync(place("b.msix")))).toContain("Signature verification: ok");
    writeFileSync(place("wrong"), "wrong", { mode: 0o600 });
    expect(() => openPfx(place("a.pfx"), place("wrong"))).toThrow("openssl pkcs12 failed");
  });

  test("is made with the same development certificate the next time", () => {
    const again = openDevelopmentCertificate(place("development"));
    expect(again).toEqual(signer);
  });

  test("names a publisher with commas as Windows writes it", () => {
    mkdirSync(place("named"), { recursive: true });
    const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-batch", "-days", "1"];
    request.push("-subj", "/C=DE/O=Schloss, Riegel und Co/CN=Latchkey Test");
    execFileSync("openssl", [...request, "-keyout", place("named/key"), "-out", place("named/pem")], {
      stdio: "pipe",
    });
    expect(readPublisher(readFileSync(place("named/pem"), "utf8"))).toBe(
      `CN=Latchkey Test, O="Schloss, Riegel und Co", C=DE`,
    );
  });
});

test.each([
  [2, 8, false],
  [2, 9, true],
  [2, 10, true],
  [3, 0, true],
  [1, 9, false],
] as const)("osslsigncode %i.%i is new enough: %s", (major, minor, expected) => {
  expect(isNewEnough(major, minor)).toBe(expected);
});
