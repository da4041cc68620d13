/** Where admission gets its answers on a host with files and a network (relay.md § 12): a list of tokens, the operator's own service. */
import { readFileSync } from "node:fs";
import { encodeBase64url, parseRelayAddress } from "@latchkey/core/relay-protocol";
import { VaultError } from "@latchkey/core/errors";
import type { AdmissionRule } from "../admission.ts";
import type { AdmissionSetting } from "../config.ts";

/** A service that is slower than this has said no. */
const HOOK_TIMEOUT_MS = 2000;
const MAX_LIST_TOKENS = 10_000;

export interface NodeAdmission {
  readonly rule: AdmissionRule;
  /** Reads again what comes from a file. Throws `LK-RELAY-CONFIG`, and then nothing has changed. */
  reload(): void;
}

/** Throws `LK-RELAY-CONFIG` for a list that cannot be read. */
export function createNodeAdmission(setting: AdmissionSetting): NodeAdmission {
  if (setting.mode === "hook") {
    const { url } = setting;
    return { rule: { mode: "hook", ask: (token) => askHook(url, token) }, reload() {} };
  }
  if (setting.mode !== "allowlist") return { rule: setting, reload() {} };
  let tokens = readTokens(setting.file);
  return {
    rule: { mode: "allowlist", tokens: () => tokens },
    reload() {
      tokens = readTokens(setting.file);
    },
  };
}

/** Posts `{"token": base64url or null}`; 200 and 204 are yes, everything else, and no answer, is no. */
async function askHook(url: string, token: Uint8Array | null): Promise<boolean> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token: token && encodeBase64url(token) }),
      redirect: "error",
      signal: AbortSignal.timeout(HOOK_TIMEOUT_MS),
    });
    await response.body?.cancel();
    return response.status === 200 || response.status === 204;
  } catch {
    return false;
  }
}

/** One token a line, in base64url; what follows it after a space is a note, and `#` begins a line of notes alone. */
function readTokens(file: string): readonly Uint8Array[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new VaultError("LK-RELAY-CONFIG", "list of tokens cannot be read", { cause });
  }
  const lines = text.split("\n").map((line) => line.trim());
  const tokens = lines.filter((line) => line !== "" && !line.startsWith("#")).map(readToken);
  if (tokens.length > MAX_LIST_TOKENS) {
    throw new VaultError("LK-RELAY-CONFIG", `list of tokens has ${tokens.length}, limit ${MAX_LIST_TOKENS}`);
  }
  return tokens;
}

function readToken(line: string, i: number): Uint8Array {
  const [text = ""] = line.split(/\s/);
  try {
    const { token } = parseRelayAddress(`https://relay.invalid/#${text}`);
    if (token !== null) return token;
  } catch {
    // Said below, without the token.
  }
  throw new VaultError("LK-RELAY-CONFIG", `token ${i + 1} of the list is not 16 to 64 bytes of base64url`);
}
