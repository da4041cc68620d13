/**
 * The relay on Cloudflare: a Worker in front, an object for each room and each mailbox, one for all nameplates (relay.md § 9). The Worker counts upgrades before it
 * names an object; what it counts, each of its copies counts for itself. Rooms are admitted by work (`pow`), or anybody's (`open`).
 */
import { createApp } from "../app.ts";
import { createMemoryStore } from "../store/memory.ts";
import { routeSocket } from "./cloudflare-nameplates.ts";
import { callerOf, createObjectRelay, random, readSettings } from "./cloudflare-relay.ts";
import type { Env } from "./cloudflare-types.ts";

export { RelayMailbox } from "./cloudflare-mailbox.ts";
export { RelayNameplates } from "./cloudflare-nameplates.ts";
export { RelayRoom } from "./cloudflare-room.ts";

const INSTANCE_BYTES = 16;

let app: ReturnType<typeof createApp> | null = null;

function makeApp(env: Env): ReturnType<typeof createApp> {
  const config = readSettings(env);
  const relay = createObjectRelay(config, createMemoryStore(random(INSTANCE_BYTES), config.limits));
  return createApp({
    relay,
    addressOf: ({ req }) => callerOf(req.raw).address,
    toConn: () => {
      throw new Error("sockets live in objects");
    },
    upgrade: (() =>
      ({ req }: { readonly req: { readonly raw: Request } }) =>
        routeSocket(env, req.raw)) as unknown as Parameters<typeof createApp>[0]["upgrade"],
  });
}

// oxlint-disable-next-line import/no-default-export -- the platform looks for it
export default { fetch: (request: Request, env: Env) => (app ??= makeApp(env)).fetch(request, env) };
