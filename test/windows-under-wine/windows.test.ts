/**
 * The Windows provider under Wine: Windows Node loads koffi, COM itself activates the class, another process calls it. One file, because
 * the registry and System32 are shared. What Wine cannot show is in docs/windows.md.
 */
import { afterAll, beforeAll, describe } from "vitest";
import { describeClass } from "./class-cases.ts";
import { removeBundles } from "./deployment.ts";
import { describeEnrolled } from "./enrolled-cases.ts";
import { describeNative } from "./native-cases.ts";
import { describePackage } from "./package-cases.ts";
import { describeProvider } from "./provider-cases.ts";
import { hasWine } from "./tools.ts";
import { describeTwoDevices } from "./two-devices-cases.ts";
import { startWine, type Wine } from "./wine.ts";

/** Milliseconds for prefix, Node and compiler on a busy machine that has none of them yet. */
const SET_UP_MS = 600_000;

describe.skipIf(!hasWine())("the Windows provider under Wine", () => {
  let wine: Wine;
  beforeAll(async () => {
    wine = await startWine();
  }, SET_UP_MS);
  afterAll(async () => {
    await wine?.close();
    await removeBundles();
  });

  describeNative(() => wine);
  describeClass(() => wine);
  describeProvider(() => wine);
  describeEnrolled(() => wine);
  describeTwoDevices(() => wine);
  describePackage(() => wine);
});
