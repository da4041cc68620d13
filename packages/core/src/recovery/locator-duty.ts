/** What a device has to say in the locator of each page: from where a living one begins, and that a dead one is dead. */
import { encodeHex } from "../bytes/text.ts";
import type { Device } from "../device/device.ts";
import { judgeStanding } from "../device/standing.ts";
import type { LocatorContent } from "./locator.ts";
import { makePageWelcome } from "./page-seals.ts";
import { type KnownPage, listPages } from "./page-setting.ts";

export interface LocatorDuty {
  readonly page: KnownPage;
  readonly content: LocatorContent;
  /** The same as long as there is nothing new to say. */
  readonly state: string;
}

/** Dead pages of which a device goes on telling that they are dead: the latest. */
const MAX_DEAD = 4;

/** None on a device that another epoch leads on from, or that is no member: it has nothing to tell. */
export async function listLocatorDuties(device: Device): Promise<LocatorDuty[]> {
  if (judgeStanding(device).is !== "member" || device.self === null) return [];
  const { hash: epochHash, record } = device.epoch;
  const duties: LocatorDuty[] = [];
  const pages = listPages(device);
  // Only with the record at hand that put it out: where records race, a page may be without its member record for a while.
  const removed = new Set(
    [...device.state.epochs.values()].flatMap((each) => each.record.removed.map(encodeHex)),
  );
  const dead = pages.filter(({ id, member }) => member === null && removed.has(id)).slice(0, MAX_DEAD);
  for (const page of [...pages.filter(({ member }) => member !== null), ...dead]) {
    const welcome = page.member === null ? null : await makePageWelcome(device, page.member.hash);
    if (page.member !== null && welcome === null) continue;
    const state = `${encodeHex(epochHash)}/${page.id}/${welcome === null ? "dead" : "lives"}`;
    duties.push({ page, content: { number: record.number, epochHash, welcome }, state });
  }
  return duties;
}
