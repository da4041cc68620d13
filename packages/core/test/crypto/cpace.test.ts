/** CPace against the draft's own vectors (draft-irtf-cfrg-cpace-21, appendix B.3), and what it must refuse. */
import { describe, expect, test } from "vitest";
import { decodeHex, encodeHex, encodeUtf8 } from "../../src/bytes/text.ts";
import { beginCpace, type CpaceContext } from "../../src/crypto/cpace.ts";

const hex = (text: string): Uint8Array => {
  const bytes = decodeHex(text.replaceAll(/\s/g, ""));
  if (bytes === null) throw new TypeError("not hex");
  return bytes;
};

/** B.3.1. */
const CONTEXT: CpaceContext = {
  password: encodeUtf8("Password"),
  channel: hex("0b415f696e69746961746f720b425f726573706f6e646572"),
  sessionId: hex("7e4b4791d6a8ef019b936c79fb7f2c57"),
};
/** B.3.2 and B.3.3. */
const A = {
  secret: "da3d23700a9e5699258aef94dc060dfda5ebb61f02a5ea77fad53f4ff0976d08",
  share: "d6bac480f2c386c394efc7c47adb9925dcd2630b64f240c50f8d0eec482b9157",
  data: encodeUtf8("ADa"),
};
const B = {
  secret: "d2316b454718c35362d83d69df6320f38578ed5984651435e2949762d900b80d",
  share: "3ea7e0b19560d7c0b0f5734f63b955286dfa8232b5ebe63324e2d9e7433f7258",
  data: encodeUtf8("ADb"),
};
/** B.3.5. */
const KEY = `b69effbf61b51d56401c0f65601abe428de8206feaaf0e32198896dcae7b35cd
  2b38950a39dfd5d4a79164614c2984f7daa460b588c1e80c3fa2068af7900447`;
/** B.3.11: no element of the group, and the neutral one. */
const INVALID = ["2b3c6b8c4f3800e7aef6864025b4ed79bd599117e427c41bd47d93d654b4a51c", "00".repeat(32)];

const run = (secret: string, context = CONTEXT) => beginCpace(context, () => hex(secret));

describe("CPace on ristretto255", () => {
  test("gives the shares and the key of the draft", () => {
    const [a, b] = [run(A.secret), run(B.secret)];
    expect(encodeHex(a.share)).toBe(A.share);
    expect(encodeHex(b.share)).toBe(B.share);
    const keys = [
      a.finish("initiator", A.data, { share: b.share, associatedData: B.data }),
      b.finish("responder", B.data, { share: a.share, associatedData: A.data }),
    ];
    for (const key of keys) expect(key).toEqual(hex(KEY));
  });

  test.each(INVALID)("refuses the share %s", (share) => {
    const other = { share: hex(share), associatedData: B.data };
    expect(run(A.secret).finish("initiator", A.data, other)).toBeNull();
  });

  test.each([0, 31, 33])("refuses a share of %d bytes", (length) => {
    const other = { share: new Uint8Array(length).fill(1), associatedData: B.data };
    expect(run(A.secret).finish("initiator", A.data, other)).toBeNull();
  });

  const differences: readonly (readonly [string, Partial<CpaceContext>, Uint8Array])[] = [
    ["password", { password: encodeUtf8("Passwort") }, A.data],
    ["channel", { channel: encodeUtf8("elsewhere") }, A.data],
    ["session", { sessionId: new Uint8Array(16) }, A.data],
    ["data beside the share", {}, encodeUtf8("ADx")],
  ];
  test.each(differences)("gives another key for another %s", (_, change, seen) => {
    const b = run(B.secret, { ...CONTEXT, ...change });
    expect(b.finish("responder", B.data, { share: hex(A.share), associatedData: seen })).not.toEqual(
      hex(KEY),
    );
  });

  test("uses 252 bits of what it draws, and no key twice", () => {
    const masked = run(`${A.secret.slice(0, 62)}f8`);
    expect(encodeHex(masked.share)).toBe(A.share);
    const other = { share: hex(B.share), associatedData: B.data };
    expect(masked.finish("initiator", A.data, other)).toEqual(hex(KEY));
    expect(masked.finish("initiator", A.data, other)).toBeNull();
  });
});
