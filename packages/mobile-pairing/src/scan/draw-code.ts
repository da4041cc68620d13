/** An invitation, and this phone's own request, are shown as codes, too: rows of modules with the quiet zone, `1` is dark (ISO/IEC 18004, level M). */
import { encodeQR } from "qr";
import type { JsonObject } from "@latchkey/web-ui/link/app-message";

const QUIET_ZONE = 4;

export function drawCode(event: JsonObject): JsonObject {
  const isCode = event["event"] === "invitation" || event["event"] === "request";
  if (!isCode || typeof event["text"] !== "string") return event;
  const rows = encodeQR(event["text"], "raw", { ecc: "medium", border: QUIET_ZONE });
  return { ...event, modules: rows.map((row) => row.map((isDark) => (isDark ? "1" : "0")).join("")) };
}
