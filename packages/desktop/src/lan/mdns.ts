/**
 * Announcing a relay on the local network and finding others, by multicast DNS (RFC 6762, RFC 6763). What is in an announcement is anybody's
 * word: `core/device/lan-announcement.ts` tells whose it is. Nothing here names the machine or the person.
 */
import { randomBytes } from "node:crypto";
import { decodeBase64url, encodeBase64url } from "@latchkey/core/bytes/text";
import type { LanAnnouncement } from "@latchkey/core/device/lan-announcement";
import { Bonjour, type Service } from "bonjour-service";

const TYPE = "latchkey";
const VERSION = "1";
/** Asked again so often: an answer may be lost, and a network may come back. */
const ASK_AGAIN_MS = 15_000;

export interface LocalNetwork {
  /** In place of what was announced before. */
  announce(announcement: LanAnnouncement): void;
  close(): Promise<void>;
}

/** Joins multicast DNS on the interface with this address. `onFound` is called for each announcement that comes, this one's too. */
export function joinLocalNetwork(
  address: string,
  onFound: (announcement: LanAnnouncement) => void,
  reportFault: (fault: unknown) => void,
): LocalNetwork {
  // Bound to every address: what is sent to a group does not arrive at a socket that is bound to one of them.
  const options = { interface: address, bind: "0.0.0.0" };
  const bonjour = new Bonjour(options as object, reportFault);
  listenForFaults(bonjour, reportFault);
  const browser = bonjour.find({ type: TYPE }, (service) => {
    const announcement = readAnnouncement(service);
    if (announcement !== null) onFound(announcement);
  });
  const asking = setInterval(() => browser.update(), ASK_AGAIN_MS).unref();
  let published: Service | null = null;

  return {
    announce({ origin, salt, tag }) {
      published?.stop();
      const name = randomBytes(8).toString("hex");
      published = bonjour.publish({
        name,
        host: `${name}.local`,
        type: TYPE,
        port: Number(new URL(origin).port || 80),
        txt: { v: VERSION, o: origin, s: encodeBase64url(salt), t: encodeBase64url(tag) },
        probe: false,
        disableIPv6: true,
      });
    },
    close() {
      clearInterval(asking);
      browser.stop();
      return new Promise((resolve) => {
        bonjour.unpublishAll(() => bonjour.destroy(() => resolve()));
      });
    },
  };
}

/** A socket that fails would otherwise end the process: the library passes on only what fails while it answers. */
function listenForFaults(bonjour: Bonjour, reportFault: (fault: unknown) => void): void {
  const { server } = bonjour as unknown as { server: { mdns: NodeJS.EventEmitter } };
  server.mdns.on("error", reportFault);
}

function readAnnouncement({ txt }: Service): LanAnnouncement | null {
  const { v, o, s, t } = (txt ?? {}) as Readonly<Record<string, unknown>>;
  if (v !== VERSION || typeof o !== "string" || typeof s !== "string" || typeof t !== "string") return null;
  const salt = decodeBase64url(s);
  const tag = decodeBase64url(t);
  return salt === null || tag === null ? null : { origin: o, salt, tag };
}
