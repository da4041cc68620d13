/** What waits for contact and a user verification, as what `--json` prints. */
import type { Device } from "@latchkey/core/device/device";
import { readDeviceName } from "@latchkey/core/device/device-names";
import { type Intent, readIntents } from "@latchkey/core/device/intents";
import { findMember } from "@latchkey/core/sync/replica-state";
import { passkeyId } from "@latchkey/core/vault/schema";
import type { JsonObject } from "./json.ts";

export async function describeIntents(device: Device): Promise<JsonObject[]> {
  return (await readIntents(device)).map((intent) => ({
    id: intent.id,
    kind: intent.kind,
    since: new Date(intent.since).toISOString(),
    ...describeTarget(device, intent),
  }));
}

function describeTarget({ state }: Device, { kind, target }: Intent): JsonObject {
  if (kind === "removal") {
    const member = findMember(state, target);
    return { device: member === null ? null : readDeviceName(state.document, member.member) };
  }
  if (kind === "rotation") return {};
  const passkey = state.document.get(passkeyId(target));
  return { passkey: passkeyId(target), site: passkey?.record?.rpId ?? null, user: passkey?.userName ?? null };
}
