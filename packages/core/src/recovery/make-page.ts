/** Making a recovery page: a member, and the setting by which every device keeps its locator true. Needs a user verification, and no network. */
import { encodeHex } from "../bytes/text.ts";
import { wipe } from "../crypto/wipe.ts";
import type { Device } from "../device/device.ts";
import { makePage } from "../device/recovery-page.ts";
import { decodeWelcome } from "../device/welcome.ts";
import type { SigningTier } from "../device/tiers.ts";
import { deriveLocatorKeys } from "./locator.ts";
import type { PageText } from "./page-text.ts";
import { type KnownPage, findLivePage, listPages, putPage } from "./page-setting.ts";
import { SHARES, splitSecret, wholePage } from "./shares.ts";

export interface PrintedPage {
  readonly page: KnownPage;
  /** What goes onto paper: one, or three of which two are needed. The caller wipes their bytes. */
  readonly texts: readonly PageText[];
  /** Pages that this one replaces; they open the vault until the keys are changed without them. */
  readonly replaced: readonly KnownPage[];
}

/** Makes a page, whole or split. Throws what `makePage` throws; then there is none. */
export async function printPage(
  device: Device,
  signing: SigningTier,
  isSplit: boolean,
): Promise<PrintedPage> {
  const replaced = listPages(device).filter(({ member }) => member !== null);
  const { secret, welcome } = await makePage(device, signing);
  const texts = isSplit ? await splitSecret(secret) : [wholePage(secret)];
  const id = encodeHex(decodeWelcome(welcome).memberHash);
  const madeAt = device.deps.clock.now();
  const locator = deriveLocatorKeys(secret);
  if (isSplit) wipe(secret);
  await device.act(() => [putPage({ id, madeAt, parts: isSplit ? SHARES : 1, locator })]);
  const page = findLivePage(device);
  if (page?.id !== id) throw new TypeError("a page that was just made is the newest");
  return { page, texts, replaced };
}
