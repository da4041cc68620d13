/** Sizes and offsets of every struct against the header's, on whatever system this runs: x64 is the same everywhere. */
import koffi from "koffi";
import { describe, expect, test } from "vitest";
import * as structs from "../../src/native/structs.ts";

/** From webauthnplugin.h and pluginauthenticator.idl: total size, then the offset of each field in order. */
const LAYOUTS: Readonly<Record<keyof typeof structs, readonly [size: number, ...offsets: number[]]>> = {
  OperationRequest: [56, 0, 8, 24, 32, 40, 44, 48],
  OperationResponse: [16, 0, 8],
  CancelRequest: [32, 0, 16, 24],
  AddOptions: [72, 0, 8, 16, 24, 32, 40, 48, 56, 64],
  AddOptions2: [80, 0, 8, 16, 24, 32, 40, 48, 56, 64, 72],
  AddResponse: [16, 0, 8],
  UpdateDetails: [72, 0, 8, 16, 24, 32, 40, 48, 56, 64],
  UpdateDetails2: [80, 0, 8, 16, 24, 32, 40, 48, 56, 64, 72],
  CredentialDetails: [64, 0, 8, 16, 24, 32, 40, 48, 56],
  UserVerificationRequest: [32, 0, 8, 16, 24],
  UserVerificationRequest2: [48, 0, 8, 16, 24, 32, 40],
};

describe("structs of webauthnplugin.h", () => {
  test("are all in the table", () => {
    expect(Object.keys(LAYOUTS).sort()).toEqual(Object.keys(structs).sort());
  });

  test.for(Object.entries(structs))("%s has the size and the offsets of the header", ([name, type]) => {
    const [size, ...offsets] = LAYOUTS[name as keyof typeof structs];
    const fields = Object.keys(type.members ?? {});
    expect(koffi.sizeof(type)).toBe(size);
    expect(fields.map((field) => koffi.offsetof(type, field))).toEqual(offsets);
  });
});
