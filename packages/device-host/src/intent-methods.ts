/** What a host does about intents that are kept: `latchkey intent …`. */
import { VaultError } from "@latchkey/core/errors";
import { describeIntents } from "./describe-intents.ts";
import { type Method, openDevice } from "./method.ts";

export const INTENT_METHODS = {
  async "intent.list"(services, _, channel) {
    return { intents: await describeIntents(await openDevice(services, channel, "show what waits")) };
  },

  /** By its id or the beginning of it. Throws `LK-VAULT-NOT-FOUND` or `LK-VAULT-AMBIGUOUS`. */
  async "intent.withdraw"(services, params, channel) {
    const device = await openDevice(services, channel, "take back what waits");
    const { readIntents, withdrawIntent } = await import("@latchkey/core/device/intents");
    const selector = params.text("intent").toLowerCase();
    const found = (await readIntents(device)).filter(({ id }) => selector !== "" && id.startsWith(selector));
    const [intent] = found;
    if (intent === undefined) throw new VaultError("LK-VAULT-NOT-FOUND", `no intent fits ${selector}`);
    if (found.length > 1)
      throw new VaultError("LK-VAULT-AMBIGUOUS", `${found.length} intents fit ${selector}`);
    await withdrawIntent(device, intent.id);
    return { withdrawn: intent.id, kind: intent.kind, intents: await describeIntents(device) };
  },
} satisfies Record<string, Method>;
