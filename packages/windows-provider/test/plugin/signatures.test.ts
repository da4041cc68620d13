/** Windows' key blobs and signatures, against vectors that were made apart from this code, each good one spoiled in one place. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { HRESULT } from "../../src/native/hresult.ts";
import { readPublicKey } from "../../src/plugin/public-key.ts";
import { createRequestVerifier } from "../../src/plugin/request-signature.ts";
import { createMemoryPlugin } from "./memory-plugin.ts";

const vectors = JSON.parse(readFileSync(new URL("vectors.json", import.meta.url), "utf8")) as Record<
  string,
  string
>;
const bytes = (name: string): Uint8Array => new Uint8Array(Buffer.from(vectors[name] ?? "", "hex"));

const request = bytes("makeRequest");
const KEYS = [
  ["P-384", bytes("p384Blob"), bytes("p384SigOverMake")],
  ["RSA", bytes("rsaBlob"), bytes("rsaPssSigOverMake")],
] as const;
const clsid = new Uint8Array(16);

describe.for(KEYS)("a %s key of Windows", ([, blob, signature]) => {
  test("verifies its signature", () => {
    expect(readPublicKey(blob)?.verifies(request, signature)).toBe(true);
  });

  test.for<[string, Uint8Array, Uint8Array]>([
    ["no signature", request, new Uint8Array()],
    ["one cut short", request, signature.slice(0, -1)],
    ["one with a byte more", request, Uint8Array.from([...signature, 0])],
    ["one with a changed byte", request, signature.with(3, (signature[3] ?? 0) ^ 1)],
    ["another request", bytes("getRequest"), signature],
  ])("refuses %s", ([, data, given]) => {
    expect(readPublicKey(blob)?.verifies(data, given)).toBe(false);
  });

  test.for<[string, (blob: Uint8Array) => Uint8Array]>([
    ["a byte more", (blob) => Uint8Array.from([...blob, 0])],
    ["a byte less", (blob) => blob.slice(0, -1)],
    ["another length inside", (blob) => blob.with(4, (blob[4] ?? 0) ^ 1)],
    ["an unknown magic", (blob) => blob.with(0, 0x58)],
    ["nothing but the magic", (blob) => blob.slice(0, 4)],
    ["nothing", () => new Uint8Array()],
  ])("is no key with %s", ([, spoil]) => {
    expect(readPublicKey(spoil(blob))).toBeNull();
  });
});

test("a point that is not on the curve is no key", () => {
  expect(readPublicKey(bytes("p384Blob").with(60, 0))).toBeNull();
});

describe("the verifier of requests", () => {
  const signature = bytes("p384SigOverMake");

  function makeVerifier() {
    const plugin = createMemoryPlugin();
    plugin.operationKey = bytes("p384Blob");
    return { plugin, verify: createRequestVerifier(plugin, clsid) };
  }

  test("asks for the key once and keeps it", () => {
    const { plugin, verify } = makeVerifier();
    verify(request, signature);
    verify(request, signature);
    expect(plugin.calls).toEqual(["getOperationKey"]);
  });

  test("asks again when a signature does not fit: Windows may have a new key", () => {
    const { plugin, verify } = makeVerifier();
    verify(request, signature);
    plugin.operationKey = bytes("rsaBlob");
    verify(request, bytes("rsaPssSigOverMake"));
    expect(plugin.calls).toEqual(["getOperationKey", "getOperationKey"]);
  });

  test("does not even ask for the key when there is no signature", () => {
    const { plugin, verify } = makeVerifier();
    expect(() => verify(request, new Uint8Array())).toThrow(
      expect.objectContaining({ hresult: HRESULT.badSignature }),
    );
    expect(plugin.calls).toEqual([]);
  });

  test("refuses everything when Windows gives no key", () => {
    const { plugin, verify } = makeVerifier();
    plugin.failNext("getOperationKey", HRESULT.notFound);
    expect(() => verify(request, signature)).toThrow(
      expect.objectContaining({ hresult: HRESULT.badSignature }),
    );
  });
});
