/**
 * The practice site as a browser meets it: a page and four questions on loopback, judged like any page of this machine (`loopback/guard.ts`).
 *
 *   GET  /, /assets/…          the page
 *   POST /api/register/options {userName} → creation options       POST /api/register/verify the answer → what the site learnt
 *   POST /api/sign-in/options  {}         → request options        POST /api/sign-in/verify  the answer → what the site learnt
 *
 * A refusal is 400 `{"code"}`. Nothing leaves memory, and nothing of a request is logged.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { isVaultError, VaultError } from "@latchkey/core/errors";
import { judgeRead, judgeWrite } from "../loopback/guard.ts";
import { securityHeaders } from "../loopback/headers.ts";
import { listenOnLoopback } from "../loopback/listen.ts";
import { PAGE, type PageFiles } from "../loopback/page-files.ts";
import { createPracticeSite, PRACTICE_RP_ID, type PracticeSite } from "./practice-site.ts";

export interface PracticeServer {
  readonly origin: string;
  close(): Promise<void>;
}

export const PREFERRED_PRACTICE_PORT = 4_489;
/** A registration with an attestation is a few kilobytes. */
const MAX_BODY_BYTES = 64 * 1_024;
const MAX_USER_NAME = 64;

type Fields = Readonly<Record<string, unknown>>;

/** The library checks the form of an answer itself. */
const ROUTES: Readonly<Record<string, (site: PracticeSite, body: Fields) => Promise<object>>> = {
  "/api/register/options": (site, { userName }) => site.creationOptions(readUserName(userName)),
  "/api/register/verify": (site, body) => site.register(body as never),
  "/api/sign-in/options": (site) => site.requestOptions(),
  "/api/sign-in/verify": (site, body) => site.signIn(body as never),
};

/** `port` is taken by something else: any free one. */
export async function servePractice(
  files: PageFiles,
  port: number = PREFERRED_PRACTICE_PORT,
): Promise<PracticeServer> {
  const loopback = await listenOnLoopback((request, response) => {
    // A request that breaks off in the middle ends itself and nothing else.
    answer(request, response).catch(() => response.destroy());
  }, port);
  const origin = `http://${PRACTICE_RP_ID}:${loopback.port}`;
  const site = createPracticeSite(origin);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { headers, method } = request;
    const path = (request.url ?? "").split("?")[0] ?? "";
    const isWrite = method === "POST";
    const refusal = isWrite
      ? judgeWrite(headers, loopback.port)
      : judgeRead(headers, loopback.port, path === PAGE);
    const secure = securityHeaders(refusal === null ? (headers.host ?? "") : PRACTICE_RP_ID, {
      camera: false,
    });
    const end = (status: number, type = "text/plain", body: string | Buffer = ""): void => {
      response.writeHead(status, { ...secure, "Content-Type": type }).end(body);
    };
    if (refusal !== null) return end(refusal);
    if (!isWrite) {
      const file = method === "GET" ? files.get(path) : undefined;
      return file === undefined ? end(404) : end(200, file.type, file.body);
    }
    const route = Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined;
    if (route === undefined) return end(404);
    const { status, value } = await ask(() => readBody(request).then((body) => route(site, body)));
    return end(status, "application/json", JSON.stringify(value));
  }

  return { origin, close: () => loopback.close() };
}

async function ask(act: () => Promise<object>): Promise<{ readonly status: number; readonly value: object }> {
  try {
    return { status: 200, value: await act() };
  } catch (error) {
    if (!isVaultError(error)) throw error;
    return { status: 400, value: { code: error.code } };
  }
}

function readUserName(value: unknown): string {
  const name = typeof value === "string" ? value.trim() : "";
  if (name === "" || name.length > MAX_USER_NAME)
    throw new VaultError("LK-AUTH-DENIED", `user name has ${name.length} characters, limit ${MAX_USER_NAME}`);
  return name;
}

async function readBody(request: IncomingMessage): Promise<Fields> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > MAX_BODY_BYTES) throw new VaultError("LK-AUTH-DENIED", "answer is too large");
    parts.push(part);
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(parts).toString("utf8"));
    if (typeof value === "object" && value !== null) return value as Fields;
  } catch {
    // Refused below like all the rest.
  }
  throw new VaultError("LK-AUTH-DENIED", "answer is no object");
}
