/** The page of a site at which passkeys are replaced: looked up for one passkey, because the person asked. */
import { VaultError } from "@latchkey/core/errors";
import { findPasskey } from "@latchkey/device-host/find-passkey";
import { type Method, openDevice } from "@latchkey/device-host/method";

export const ROTATION_PAGE_METHODS = {
  /** `enroll`, `manage`: addresses at the site, or `null`. `home`: where to begin without them. */
  async "rotate.page"(services, params, channel) {
    const device = await openDevice(services, channel, "look up where a site keeps its passkeys");
    const { id, record } = findPasskey(device.state.document, params.text("passkey"));
    if (record === null) throw new VaultError("LK-VAULT-NOT-FOUND", "passkey has no site that can be read");
    const { lookUpEndpoints } = await import("./look-up-endpoints.ts");
    const found = await lookUpEndpoints(record.rpId, channel.signal);
    return {
      id,
      site: record.rpId,
      home: `https://${record.rpId}/`,
      enroll: found?.enroll ?? null,
      manage: found?.manage ?? null,
    };
  },
} satisfies Record<string, Method>;
