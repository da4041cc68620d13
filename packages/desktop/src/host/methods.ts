/**
 * What a host of this machine does for a command, by name: the one list of methods, whether the command holds the vault itself or calls a
 * running host over the control socket. To those of every device come the ones that need Node: files and other programs.
 */
import { decodeBase64url, encodeBase64url } from "@latchkey/core/bytes/text";
import { createCancellation } from "@latchkey/core/authenticator/cancellation";
import { VaultError } from "@latchkey/core/errors";
import { listOverdue, NO_POLICY, type PolicyReading } from "@latchkey/core/policy/policy";
import type { Channel } from "@latchkey/device-host/channel";
import { DEVICE_METHODS } from "@latchkey/device-host/device-methods";
import type { JsonObject, JsonValue } from "@latchkey/device-host/json";
import { askKey, runMethod } from "@latchkey/device-host/method";
import { AUDIT_FILE_METHODS } from "./audit-methods.ts";
import { BACKUP_METHODS } from "./backup-methods.ts";
import { EVIDENCE_METHODS } from "./evidence-methods.ts";
import { EXPORT_METHODS } from "./export-methods.ts";
import { IMPORT_METHODS } from "./import-methods.ts";
import { ROTATION_PAGE_METHODS } from "./rotation-page-methods.ts";
import { LOG_METHODS } from "./log-methods.ts";

import { type MachineMethod, type MachineServices, PROVIDER_METHODS } from "./provider-methods.ts";

export type { MachineServices } from "./provider-methods.ts";

export const METHODS = {
  ...DEVICE_METHODS,
  async status(services) {
    const policy = services.policy ?? NO_POLICY;
    const { managed, problems } = policy;
    const status: JsonObject = await DEVICE_METHODS.status(services);
    return {
      ...status,
      overdue: listPageOverdue(policy, status["recovery"], services.host.deps.clock.now()),
      managed: [...managed],
      policyProblems: [...problems],
    };
  },
  /** Serves one CTAP2 client until it answers with an empty request: requests are asked for, responses told. */
  async ctap(services, _, channel) {
    const { createCtapSession } = await import("./ctap-session.ts");
    const reportRefusal = ({ code, message }: VaultError): void =>
      channel.tell({ event: "refused", code, message });
    const key = askKey(services, channel);
    const session = createCtapSession(services.host, key, services.reportFault, { reportRefusal });
    const cancellation = createCancellation();
    channel.signal.addEventListener("abort", () => cancellation.cancel(), { once: true });
    try {
      for (let answered = 0; ; answered++) {
        const request = decodeBase64url(
          await channel.ask({ kind: "request", purpose: "next CTAP2 request" }),
        );
        if (request === null || request.length === 0) return { answered };
        const response = await session.handle(request, cancellation);
        channel.tell({ event: "response", response: encodeBase64url(response) });
      }
    } finally {
      session.end();
    }
  },
  ...AUDIT_FILE_METHODS,
  ...LOG_METHODS,
  ...IMPORT_METHODS,
  ...EXPORT_METHODS,
  ...ROTATION_PAGE_METHODS,
  ...BACKUP_METHODS,
  ...EVIDENCE_METHODS,
  ...PROVIDER_METHODS,
} satisfies Record<string, MachineMethod>;

/** Of an open vault alone: of a locked one nobody knows its page. `page`: as `recovery.status` describes it. */
function listPageOverdue(policy: PolicyReading, page: JsonValue | undefined, now: number): string[] {
  if (page === undefined) return [];
  const at = (name: string): number | null => {
    const text = page === null ? null : (page as JsonObject)[name];
    return typeof text === "string" ? Date.parse(text) : null;
  };
  const madeAt = at("madeAt");
  return [...listOverdue(policy, madeAt === null ? null : { madeAt, testedAt: at("testedAt") }, now)];
}

export type MethodName = keyof typeof METHODS;

/** Runs a method by name. Throws `LK-CLI-HOST` for a name that this version does not have. */
export async function callMethod(
  services: MachineServices,
  name: string,
  params: JsonObject,
  channel: Channel,
): Promise<JsonObject> {
  const methods: Readonly<Record<string, MachineMethod>> = METHODS;
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (method === undefined) throw new VaultError("LK-CLI-HOST", `host has no method ${name}`);
  return runMethod(services, [name, method], params, channel);
}
