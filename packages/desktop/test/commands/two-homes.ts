/** Two people's machines at one mailbox, for tests of two devices from the command line: the first has a vault with a passkey, the second has nothing. */
import { join } from "node:path";
import { startRelay } from "@latchkey/sync-relay/hosts/node";
import { DEFAULT_LIMITS, type RelayLimits } from "@latchkey/sync-relay/limits";
import { createLineReader, finish, Home, type Json, PASSPHRASE, register } from "./program.ts";

export type Relay = Awaited<ReturnType<typeof startRelay>>;

export interface TwoHomes {
  readonly desk: Home;
  readonly other: Home;
  readonly relay: Relay;
  close(): Promise<void>;
}

/** `limits`: where a test makes more rooms in a day than a household. */
export async function startTwoHomes(limits: Partial<RelayLimits> = {}): Promise<TwoHomes> {
  const [desk, other] = [new Home(), new Home()];
  const relay = await startRelay({
    admission: { mode: "open" },
    file: join(desk.path, "relay.sqlite"),
    log: () => {},
    limits: { ...DEFAULT_LIMITS, ...limits },
  });
  await desk.found((host) => register(host, "example.org", "ana"), [relay.origin]);
  return {
    desk,
    other,
    relay,
    async close() {
      for (const home of [desk, other]) home.stop();
      await relay.close();
      for (const home of [desk, other]) home.remove();
    },
  };
}

/** What opens the second machine's vault once it is paired. */
export const LAPTOP_PASSPHRASE = "laptop's own";

/** Makes the second machine a device of the vault, `Laptop`, by the code that both show. */
export async function pairLaptop({ desk, other }: TwoHomes): Promise<void> {
  const event = (name: string) => (line: Json) => line["event"] === name;
  const picture = join(desk.path, "invitation.png");
  const adding = desk.start(
    ["device", "add", "--json", "--qr-file", picture, "--code-stdin"],
    [PASSPHRASE, PASSPHRASE],
  );
  const fromDesk = createLineReader(adding);
  await fromDesk(event("invitation"));
  const joining = other.start(
    ["device", "join", "--json", "--scan", picture, "--name", "Laptop"],
    [LAPTOP_PASSPHRASE],
  );
  const { code } = await createLineReader(joining)(event("code"));
  await fromDesk(event("candidate"));
  adding.stdin?.end(`${code as string}\n`);
  await fromDesk((line) => line["event"] === undefined);
  await finish(joining);
}
