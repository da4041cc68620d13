/** What a client needs from its host, and the page that it serves. */
import type { ProtocolDeps } from "../authenticator/pin-uv-auth-protocol.ts";
import type { Transact } from "./authenticator-port.ts";
import type { BlobCompression } from "./large-blob.ts";
import type { FetchWellKnown } from "./related-origins.ts";

export interface ClientDeps extends ProtocolDeps {
  readonly transact: Transact;
  /** `null`: this client knows no related origins. */
  readonly fetchWellKnown: FetchWellKnown | null;
  /** `null`: this client or the authenticator keeps no large blobs for single passkeys; getInfo does not say it. */
  readonly largeBlobs: BlobCompression | null;
}

/** Where a ceremony comes from: what the browser knows of the page, not what the page says. */
export interface Page {
  /** The serialisation of its origin. */
  readonly origin: string;
  /** That of the page at the top, when the page is in a frame and not all above it are of its origin; else `null`. */
  readonly topOrigin: string | null;
  /** Left out, as `topOrigin` says. Some hosts know that a page is in a frame of another origin, but not of which. */
  readonly isCrossOrigin?: boolean;
  /** The browser has judged already whether the page may use the rpId, related origins included: no list is fetched again. */
  readonly isRpIdChecked?: boolean;
}
