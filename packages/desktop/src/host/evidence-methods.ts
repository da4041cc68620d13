/** What a host does with what it noted of relays that broke their word: `latchkey relay evidence export`. */
import { concatBytes } from "@latchkey/core/bytes/concat";
import { writeFinishedFile } from "./finished-file.ts";
import { type Method, openDevice } from "@latchkey/device-host/method";

export const EVIDENCE_METHODS = {
  /** `path` is absolute: the host may run in another folder than the command. */
  async "relay.evidence"(services, params, channel) {
    const device = await openDevice(services, channel, "write down what relays did");
    const { exportEvidence } = await import("@latchkey/core/device/relay-evidence");
    const { verifyEvidence } = await import("@latchkey/core/device/verify-evidence");
    const path = params.text("path");
    const { checked } = await writeFinishedFile(path, [await exportEvidence(device)], async (read) =>
      verifyEvidence(await collect(read)),
    );
    return { file: path, statements: checked.length, kinds: [...new Set(checked.map(({ kind }) => kind))] };
  },
} satisfies Record<string, Method>;

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return concatBytes(...all);
}
