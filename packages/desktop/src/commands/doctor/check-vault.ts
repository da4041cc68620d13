/** Checks of an open vault, made from what the host says of it: the file's content, the devices, what travels between them. */
import type { JsonObject } from "../../terminal/json.ts";
import { countOf, textOf } from "../facts.ts";
import { type Check, makeCheck } from "./check.ts";

const SYNC_HINT = "let this device sync with another one: run latchkey up on both";

/** `status`: of an open vault (`host/describe-vault.ts`). */
export function checkContent(status: JsonObject): readonly Check[] {
  const number = (name: string): number => Number(status[name] ?? 0);
  return [
    makeCheck(
      "rows",
      number("damagedEntries") === 0,
      number("damagedEntries") === 0
        ? `all ${number("entries")} changes in the file are whole`
        : `${countOf(number("damagedEntries"), "change")} in the file damaged`,
      `keep the file, and ${SYNC_HINT}`,
    ),
    makeCheck(
      "snapshot",
      status["snapshotDamaged"] !== true,
      status["snapshotDamaged"] === true ? "the snapshot is damaged" : "the snapshot is whole",
      `keep the file, and ${SYNC_HINT}`,
    ),
    makeCheck(
      "passkeys",
      number("needAttention") === 0,
      number("needAttention") === 0
        ? `${countOf(number("passkeys"), "passkey")}, all readable`
        : `${countOf(number("needAttention"), "passkey")} cannot be read by this version and kept as it is`,
      "update Latchkey on this device",
    ),
  ];
}

export function checkSync(status: JsonObject): readonly Check[] {
  const number = (name: string): number => Number(status[name] ?? 0);
  const none = (name: string, id: string, good: string, bad: string, hint: string): Check =>
    makeCheck(id, number(name) === 0, number(name) === 0 ? good : bad, hint);
  return [
    makeCheck(
      "members",
      number("devices") > 0,
      `the vault has ${countOf(number("devices"), "device")}`,
      SYNC_HINT,
    ),
    makeCheck(
      "own-device",
      status["device"] !== null,
      status["device"] === null
        ? "the record of this device has not arrived"
        : `this device is ${textOf(status["device"])}`,
      SYNC_HINT,
    ),
    none(
      "missing",
      "gaps",
      "nothing that the others know of is missing",
      `changes of ${countOf(number("missing"), "device")} are missing`,
      `${SYNC_HINT}; if it stays so, a relay keeps something back: use another one`,
    ),
    none(
      "waiting",
      "waiting",
      "no change waits for another",
      `${countOf(number("waiting"), "change")} waiting for one that comes before`,
      SYNC_HINT,
    ),
    none(
      "refused",
      "refused",
      "no change was set aside",
      `${countOf(number("refused"), "change")} set aside because something is wrong with it`,
      "look at your devices with latchkey device list; if you do not know one, stop using that relay",
    ),
    none(
      "devicesThatLiveTwice",
      "forks",
      "no device lives twice",
      `${countOf(number("devicesThatLiveTwice"), "device")} of which a copy exists`,
      "find out which with latchkey device list; a restored backup or a copied disk does this",
    ),
  ];
}
