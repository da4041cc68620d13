/** Checks of one relay over its HTTP face: is it there, does it take work, does it speak our protocol. Asks nothing else of any host. */
import { PROTOCOL_VERSIONS } from "@latchkey/core/relay-protocol";
import { type Check, makeCheck, skipCheck } from "./check.ts";

const TIMEOUT_MS = 5_000;
/** Of what a relay says about itself; ours needs two. */
const MAX_INFO_BYTES = 65_536;

/** Never throws for what the relay does. */
export async function checkRelay(origin: string, signal: AbortSignal): Promise<readonly Check[]> {
  const reached = await checkReady(origin, signal);
  if (reached.ok !== true) return [reached, skipCheck("relay-version", `not asked of ${origin}`)];
  return [reached, await checkVersion(origin, signal)];
}

async function checkReady(origin: string, signal: AbortSignal): Promise<Check> {
  const { found, text } = await ask(`${origin}/readyz`, signal);
  return makeCheck(
    "relay-reachable",
    found,
    `${origin} ${text}`,
    "check the address and the network; your passkeys work without it",
  );
}

async function checkVersion(origin: string, signal: AbortSignal): Promise<Check> {
  const { text, body } = await ask(`${origin}/v1/info`, signal);
  const versions = readVersions(body);
  const fits = versions?.some((version) => PROTOCOL_VERSIONS.some((ours) => ours === version)) === true;
  return makeCheck(
    "relay-version",
    fits,
    versions === null
      ? `${origin} ${text}, but does not describe itself as a relay`
      : `${origin} speaks protocol ${versions.join(", ")}`,
    "update Latchkey, or ask who runs the relay to update it",
  );
}

interface Answer {
  readonly found: boolean;
  readonly text: string;
  readonly body: string;
}

async function ask(address: string, signal: AbortSignal): Promise<Answer> {
  try {
    const response = await fetch(address, {
      redirect: "error",
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    const body = await readBounded(response);
    return { found: response.ok, text: response.ok ? "answers" : `answers ${response.status}`, body };
  } catch {
    if (signal.aborted) throw signal.reason;
    return { found: false, text: "does not answer", body: "" };
  }
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_INFO_BYTES) throw new RangeError(`answer is over ${MAX_INFO_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function readVersions(body: string): readonly number[] | null {
  try {
    const info: unknown = JSON.parse(body);
    const versions = (info as { readonly protocolVersions?: unknown } | null)?.protocolVersions;
    return Array.isArray(versions) && versions.every((version) => Number.isSafeInteger(version))
      ? (versions as number[])
      : null;
  } catch {
    return null;
  }
}
