/** Whose relay is on the local network: members know, nobody else does. */
import { beforeAll, describe, expect, test } from "vitest";
import { encodeHex } from "../../src/bytes/text.ts";
import { isLanAddress, makeLanAnnouncement, recognizeLanRelay } from "../../src/device/lan-announcement.ts";
import { foundDevice, joinDevice, type TestDevice } from "./devices.ts";

const ORIGIN = "http://192.168.1.5:4481";
let desk: TestDevice;
let phone: TestDevice;
let stranger: TestDevice;
beforeAll(async () => {
  desk = await foundDevice(1, "Desk");
  phone = await joinDevice(desk, 2, "Phone");
  stranger = await foundDevice(9, "Stranger");
});

describe("an announcement", () => {
  test("is recognised by every device of the vault, with the token that the relay admits", () => {
    const { token, ...announced } = makeLanAnnouncement(desk.device, ORIGIN);
    expect(recognizeLanRelay(phone.device, announced)).toEqual({ origin: ORIGIN, token });
    expect(recognizeLanRelay(stranger.device, announced)).toBeNull();
  });

  test("says nothing that two starts have in common", () => {
    const [first, second] = [
      makeLanAnnouncement(desk.device, ORIGIN),
      makeLanAnnouncement(desk.device, ORIGIN),
    ];
    for (const part of ["salt", "tag", "token"] as const)
      expect(encodeHex(first[part])).not.toBe(encodeHex(second[part]));
  });

  test.for([
    ["repeated for another address", { origin: "http://192.168.1.6:4481" }],
    ["with another salt", { salt: new Uint8Array(8) }],
    ["with a short salt", { salt: new Uint8Array(7) }],
    ["with another tag", { tag: new Uint8Array(16) }],
    ["with a short tag", { tag: new Uint8Array(1) }],
  ] as const)("%s is nobody's", ([, change]) => {
    const { token: _, ...announced } = makeLanAnnouncement(desk.device, ORIGIN);
    expect(recognizeLanRelay(phone.device, { ...announced, ...change })).toBeNull();
  });

  test.for([
    "https://relay.example",
    "http://relay.example",
    "http://8.8.8.8:80",
    "http://192.168.1.5:4481/",
    "http://192.168.1.5:04481",
    "http://172.32.0.1:1",
    "http://[fe80::1]:4481",
    "http://192.168.1.5:4481/#AAAAAAAAAAAAAAAAAAAAAA",
    "",
  ])("of %s is not dialled, whoever signed it", (origin) => {
    const { token: _, ...announced } = makeLanAnnouncement(desk.device, origin);
    expect(recognizeLanRelay(phone.device, announced)).toBeNull();
  });
});

test.for([
  ["10.0.0.1", true],
  ["172.16.0.1", true],
  ["172.31.255.255", true],
  ["192.168.0.1", true],
  ["169.254.3.4", true],
  ["127.0.0.1", true],
  ["172.15.0.1", false],
  ["172.32.0.1", false],
  ["192.169.0.1", false],
  ["11.0.0.1", false],
  ["10.0.0.256", false],
  ["10.0.0", false],
  ["10.0.0.1.1", false],
  ["::1", false],
  ["", false],
] as const)("%s is of a local network: %s", ([address, expected]) => {
  expect(isLanAddress(address)).toBe(expected);
});
