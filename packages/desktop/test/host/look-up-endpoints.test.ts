/** A site is asked once, for what it says in clear terms, and for nothing else; over real sockets, in the place of https. */
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lookUpEndpoints } from "../../src/host/look-up-endpoints.ts";

const GOOD = JSON.stringify({ manage: "https://site.example/passkeys" });
let answer: (response: ServerResponse) => void = () => {};
const seen: { path: string; headers: IncomingHttpHeaders }[] = [];
let server: Server;
beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push({ path: request.url ?? "", headers: request.headers });
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => server.close());

/** The same request, at the test's own server. */
const ask: typeof fetch = (input, init) => {
  const url = new URL(input instanceof Request ? input.url : input);
  expect(url.protocol).toBe("https:");
  return fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${url.pathname}`, init);
};
const lookUp = () => lookUpEndpoints("site.example", new AbortController().signal, ask);
const say = (body: string, status = 200, type = "application/json") => {
  answer = (response) => response.writeHead(status, { "content-type": type, location: "/other" }).end(body);
};

test("asks for the well-known document alone, with nothing about the person", async () => {
  say(GOOD, 200, "application/json; charset=utf-8");
  expect(await lookUp()).toEqual({ enroll: null, manage: "https://site.example/passkeys" });
  expect(seen).toHaveLength(1);
  expect(seen[0]?.path).toBe("/.well-known/passkey-endpoints");
  expect(seen[0]?.headers).not.toHaveProperty("cookie");
  expect(seen[0]?.headers).not.toHaveProperty("referer");
});

test.each([
  ["a site that has none", GOOD, 404, "application/json"],
  ["a page in its place", GOOD, 200, "text/html"],
  ["a redirect", GOOD, 302, "application/json"],
  ["an endless document", "x".repeat(20_000), 200, "application/json"],
  ["no JSON", "{", 200, "application/json"],
  ["bytes that are no text", "\u0000", 200, "application/json"],
])("takes nothing from %s", async (_, body, status, type) => {
  seen.length = 0;
  say(body, status, type);
  expect(await lookUp()).toBeNull();
  expect(seen).toHaveLength(1);
});

test("takes nothing where nobody answers, and ends when it is given up", async () => {
  answer = (response) => response.destroy();
  expect(await lookUp()).toBeNull();
  answer = () => {};
  const given = new AbortController();
  const waiting = lookUpEndpoints("site.example", given.signal, ask);
  given.abort(new Error("given up"));
  await expect(waiting).rejects.toThrow("given up");
});
