/** `latchkey device list`: the devices that hold the vault, as any of them knows it. */
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { deviceListSpec } from "../cli/specs/device.ts";
import { renderTable } from "../terminal/table.ts";
import { describeProbation, type ProbationData } from "./probation-text.ts";
import { withSession } from "./with-session.ts";

/** As the host describes it (`host/describe-vault.ts`). */
interface DeviceData {
  readonly id: string;
  readonly name: string;
  readonly platform: string;
  readonly thisDevice: boolean;
  readonly addedOn: string;
  readonly addedBy: string | null;
  readonly livesTwice: boolean;
  readonly probation: ProbationData | null;
}

export async function run(context: CommandContext, _input: InputOf<typeof deviceListSpec>): Promise<Outcome> {
  const data = await withSession(context, (session) => session.call("device.list", {}));
  const devices = data["devices"] as unknown as readonly DeviceData[];
  return { data, text: () => renderDevices(devices, (heading) => context.terminal.style("bold", heading)) };
}

function renderDevices(devices: readonly DeviceData[], style: (heading: string) => string): string {
  const rows = devices.map((device) => [
    device.id,
    device.name,
    device.platform,
    device.addedOn,
    device.addedBy === device.name ? "" : (device.addedBy ?? ""),
    [
      device.thisDevice ? "this device" : null,
      device.livesTwice ? "a copy of it exists" : null,
      device.probation === null ? null : describeProbation(device.probation),
    ]
      .filter((mark) => mark !== null)
      .join(", "),
  ]);
  return renderTable(["ID", "NAME", "SYSTEM", "ADDED", "BY", ""], rows, style);
}
