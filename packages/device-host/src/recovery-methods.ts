/** What a host does with recovery pages: making one, testing one. Using one makes a new device: `restore-from-page.ts`. */
import type { Device } from "@latchkey/core/device/device";
import { wipe } from "@latchkey/core/crypto/wipe";
import { isTestDue } from "@latchkey/core/device/health";
import { wipeTier } from "@latchkey/core/device/tiers";
import type { KnownPage } from "@latchkey/core/recovery/page-setting";
import { describeOpenVault } from "./describe-vault.ts";
import type { JsonObject } from "./json.ts";
import { askKey, type HostServices, type Method, openDevice } from "./method.ts";

const DAY_MS = 86_400_000;

const timeText = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** How the vault's page stands: for status, screens and reminders. `null` where there is none. */
export async function describeRecovery(device: Device): Promise<JsonObject | null> {
  const { findLivePage, isPageExposed } = await import("@latchkey/core/recovery/page-setting");
  const page = findLivePage(device);
  if (page === null) return null;
  const now = device.deps.clock.now();
  return {
    ...describePage(page),
    ageDays: Math.floor((now - page.madeAt) / DAY_MS),
    testDue: isTestDue(page, now),
    exposed: isPageExposed(device, page),
  };
}

const describePage = ({ id, madeAt, testedAt, parts }: KnownPage): JsonObject => ({
  id: id.slice(0, 8),
  madeAt: timeText(madeAt),
  testedAt: timeText(testedAt),
  parts,
});

/** Whether every relay of the vault leads the page here now. */
async function tellLocators({ relays }: HostServices, device: Device): Promise<string> {
  if (device.relays().length === 0 && (relays?.nearby.length ?? 0) === 0) return "none";
  const visited = await relays?.locators()?.visit();
  return visited !== undefined && visited.due > 0 && visited.told === visited.due ? "told" : "waits";
}

export const RECOVERY_METHODS = {
  async "recovery.status"(services, _, channel) {
    const device = await openDevice(services, channel, "show how the recovery page stands");
    return { recovery: await describeRecovery(device) };
  },

  /** `split`: three pages, any two of which open the vault. `restored`: right after a page was used, which may have been without a mailbox. The result holds what goes onto paper: whoever has it has the vault. */
  async "recovery.create"(services, params, channel) {
    const { host } = services;
    const signing = await host.openSigning(askKey(services, channel), "make a recovery page");
    try {
      const device = await host.device();
      const [{ printPage }, { encodePagePicture, encodePageText }, { changeKeysWith }] = await Promise.all([
        import("@latchkey/core/recovery/make-page"),
        import("@latchkey/core/recovery/page-text"),
        import("./change-keys.ts"),
      ]);
      const printed = await printPage(device, signing, params.value("split") === true);
      const origins = device.relays().map(({ origin }) => origin);
      const papers = printed.texts.map((text) => ({
        part: text.part,
        groups: encodePageText(text),
        picture: encodePagePicture(text, origins),
      }));
      wipe(...printed.texts.map(({ bytes }) => bytes));
      const removed = printed.replaced.flatMap(({ member }) =>
        member === null ? [] : [member.member.identity.entryPublicKey],
      );
      const changed =
        removed.length === 0
          ? null
          : await changeKeysWith(services, channel, signing, () => ({
              reason: "removal",
              removed,
              purged: [],
            }));
      const vault = await describeOpenVault(device);
      return {
        page: describePage(printed.page),
        papers,
        vault: vault["fingerprint"] ?? "",
        device: vault["device"] ?? null,
        passkeys: vault["passkeys"] ?? 0,
        relays: origins,
        replaced: removed.length,
        intended: changed?.intended ?? false,
        locator: await tellLocators(services, device),
      };
    } finally {
      wipeTier(signing);
    }
  },

  /**
   * The drill. `pages`: what was scanned or typed, one page a line. Nothing is opened by it. `opens` less than
   * `passkeys`: a problem.
   */
  async "recovery.test"(services, params, channel) {
    const device = await openDevice(services, channel, "test the recovery page");
    const [{ testPage }, { joinPages }, { readPage }] = await Promise.all([
      import("@latchkey/core/recovery/drill"),
      import("@latchkey/core/recovery/shares"),
      import("@latchkey/core/recovery/page-text"),
    ]);
    const pages = params
      .text("pages")
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map((line) => readPage(line).page);
    const secret = await joinPages(pages);
    try {
      const { page, passkeys, unopened } = await testPage(device, secret);
      return {
        page: describePage(page),
        ageDays: Math.floor((device.deps.clock.now() - page.madeAt) / DAY_MS),
        passkeys,
        opens: passkeys - unopened.length,
        unopened,
        locator: await tellLocators(services, device),
      };
    } finally {
      wipe(secret, ...pages.map(({ bytes }) => bytes));
    }
  },
} satisfies Record<string, Method>;
