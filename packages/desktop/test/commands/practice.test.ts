/** `latchkey practice` as a real process: its page and its questions, on loopback, until it is interrupted. */
import { afterEach, expect, test } from "vitest";
import { createLineReader, finish, Home } from "./program.ts";

const home = new Home();
afterEach(() => home.remove());

test("serves the practice site until it is interrupted", async () => {
  const child = home.start(["practice", "--port", "0", "--json"]);
  const ended = finish(child);
  const { origin } = await createLineReader(child)((line) => "origin" in line);
  const headers = { Origin: String(origin), "Sec-Fetch-Site": "same-origin" };
  const page = await fetch(String(origin), { headers });
  expect(await page.text()).toContain("<title>Practice site</title>");
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
  const options = await fetch(`${String(origin)}/api/sign-in/options`, {
    method: "POST",
    body: "{}",
    headers,
  });
  expect(await options.json()).toMatchObject({ rpId: "localhost", userVerification: "required" });
  child.kill("SIGTERM");
  expect((await ended).exit).toBe(0);
});
