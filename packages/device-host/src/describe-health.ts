/** What of an open vault wants attention (`core/device/health.ts`) as what `status --json` prints: `health`, a list, empty when all is well. */
import type { Device } from "@latchkey/core/device/device";
import { type HealthFinding, judgeHealth } from "@latchkey/core/device/health";
import { readLastUses } from "@latchkey/core/device/last-uses";
import { findLivePage, isPageExposed } from "@latchkey/core/recovery/page-setting";
import type { PasskeyId } from "@latchkey/core/vault/schema";
import { syncViewOf } from "./describe-sync.ts";
import type { JsonObject } from "./json.ts";

/** Activity logs are read again after so long: whoever watches asks each second. */
const READ_EVERY_MS = 60_000;

interface ReadUses {
  readonly at: number;
  readonly uses: ReadonlyMap<PasskeyId, number>;
}
const lastRead = new WeakMap<Device, ReadUses>();

/** When passkeys that were replaced were last signed in with. */
async function readReplacedUses(device: Device): Promise<ReadUses["uses"]> {
  const at = device.deps.clock.now();
  const known = lastRead.get(device);
  if (known !== undefined && Math.abs(at - known.at) < READ_EVERY_MS) return known.uses;
  const replaced = device.state.document.list().filter(({ deletion }) => deletion?.replacedBy != null);
  const uses = await readLastUses(
    device,
    replaced.map(({ id }) => id),
  );
  lastRead.set(device, { at, uses });
  return uses;
}

export async function describeHealth(device: Device): Promise<JsonObject[]> {
  const { devices, onlyHere } = await syncViewOf(device).describe();
  const page = findLivePage(device);
  const findings = judgeHealth({
    now: device.deps.clock.now(),
    devices,
    passkeys: device.state.document.list(),
    onlyHere,
    page: page === null ? null : { testedAt: page.testedAt, exposed: isPageExposed(device, page) },
    replacedUses: await readReplacedUses(device),
  });
  const passkeys = new Map(device.state.document.list().map((passkey) => [passkey.id, passkey]));
  const nameOf = (id: PasskeyId): JsonObject => {
    const passkey = passkeys.get(id);
    return { id, site: passkey?.record?.rpId ?? null, user: passkey?.userName ?? null };
  };
  return findings.map((finding) => describeFinding(finding, nameOf));
}

function describeFinding(finding: HealthFinding, nameOf: (id: PasskeyId) => JsonObject): JsonObject {
  if (finding.is === "replaced-but-used") {
    const passkeys = finding.passkeys.map(({ id, usedAt }) => ({
      ...nameOf(id),
      usedAt: new Date(usedAt).toISOString(),
    }));
    return { ...finding, passkeys };
  }
  return "passkeys" in finding ? { ...finding, passkeys: finding.passkeys.map(nameOf) } : { ...finding };
}
