/** Ends a relay's process in good order on SIGTERM and SIGINT (relay.md § 14). */
import type { NodeRelay } from "./node.ts";

/** Drains, then exits with 0; with 1 when that takes longer than `hardSeconds`. */
export function stopOnSignals(relay: NodeRelay, hardSeconds: number): void {
  const stop = (): void => {
    setTimeout(() => process.exit(1), hardSeconds * 1000).unref();
    void relay.close().then(() => process.exit(0));
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}
