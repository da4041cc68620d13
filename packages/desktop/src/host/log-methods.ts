/** What a host does with the log as it is: `latchkey log …`. */
import { type Method, openDevice } from "@latchkey/device-host/method";

export const LOG_METHODS = {
  /** `path` is absolute: the host may run in another folder than the command. */
  async "log.export"(services, params, channel) {
    const device = await openDevice(services, channel, "write the log to a file");
    const { exportLogTo } = await import("./export-log.ts");
    return exportLogTo(device, params.text("path"));
  },
} satisfies Record<string, Method>;
