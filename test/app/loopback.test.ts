/**
 * The rules of the loopback server (experience.md § 12), each against requests that any program on the machine can send. What a browser's
 * own pages can do is in `attacks.test.ts`.
 */
import { networkInterfaces } from "node:os";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { withPassphrase } from "@latchkey/desktop/test/hosts";
import { fillWith, type ServedApp, startApp } from "./served-app.ts";
import { askTicket, enter, launchOf, openSocket, ownHeaders, sendRaw, takeTicket } from "./raw-request.ts";

const WRONG_TOKENS = process.env["SLOW"] === "1" ? 10_000 : 200;

let world: ServedApp;
let port: number;
beforeAll(async () => {
  world = await startApp(fillWith(["bank.example", "ana"]));
  ({ port } = world.app);
});
afterAll(() => world.close());

const unlockHost = () => world.served.services.host.unlock(withPassphrase());
const lockHost = () => world.served.services.host.lock();
const page = (headers: Record<string, string> = {}) =>
  sendRaw(port, "/", { headers: { Host: `localhost:${port}`, "Sec-Fetch-Site": "none", ...headers } });

describe("the page", () => {
  test.each(["localhost", "127.0.0.1", "[::1]"])("is served under %s", async (name) => {
    expect((await page({ Host: `${name}:${port}` })).status).toBe(200);
  });

  test.each(["latchkey.example", "localhost", "localhost.example", "127.0.0.2", "0.0.0.0", ""])(
    "is refused under the host %j: a name that was rebound",
    async (name) => {
      expect((await page({ Host: name === "localhost" ? name : `${name}:${port}` })).status).toBe(421);
    },
  );

  test("listens on no address but loopback", async () => {
    const addresses = Object.values(networkInterfaces())
      .flat()
      .filter((each) => each?.internal === false && each.family === "IPv4");
    for (const { address } of addresses as readonly { readonly address: string }[]) {
      const reached = await new Promise((resolve) => {
        const socket = connect({ host: address, port });
        socket.on("connect", () => resolve(true));
        socket.on("error", () => resolve(false));
      });
      expect(reached).toBe(false);
    }
  });

  test("comes with a policy that allows nothing from elsewhere, in no frame, into no cache", async () => {
    const { headers } = await page();
    const policy = headers["content-security-policy"] ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(headers).toMatchObject({
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
      // To scan codes; the page may ask for nothing else of the machine.
      "permissions-policy": "camera=(self), microphone=(), geolocation=()",
    });
  });

  test("sends no CORS header and no cookie, not even when asked to", async () => {
    for (const method of ["GET", "OPTIONS", "POST"]) {
      const { headers } = await sendRaw(port, "/api/enter", {
        method,
        headers: {
          Host: `localhost:${port}`,
          Origin: "https://attacker.test",
          "Sec-Fetch-Site": "cross-site",
        },
      });
      expect(Object.keys(headers).filter((name) => /^access-control|cookie/.test(name))).toEqual([]);
    }
  });

  test.each(["cross-site", "same-site", undefined])(
    "gives its files to nobody whose Sec-Fetch-Site is %s",
    async (site) => {
      const headers = {
        Host: `localhost:${port}`,
        ...(site === undefined ? {} : { "Sec-Fetch-Site": site }),
      };
      expect((await sendRaw(port, "/assets/app.js", { headers })).status).toBe(403);
    },
  );

  test.each([
    "/../package.json",
    "/%2e%2e/package.json",
    "/assets/../../package.json",
    "/assets",
    "//etc/passwd",
  ])("knows no path outside of itself: %s", async (path) => {
    const headers = { Host: `localhost:${port}`, "Sec-Fetch-Site": "same-origin" };
    expect((await sendRaw(port, path, { headers })).status).toBe(404);
  });
});

describe("a launch token", () => {
  test("lets in once", async () => {
    const body = launchOf(world.app.makeLink());
    const options = { method: "POST", headers: ownHeaders(port), body };
    expect((await sendRaw(port, "/api/enter", options)).status).toBe(200);
    expect((await sendRaw(port, "/api/enter", options)).status).toBe(403);
  });

  test.each([
    ["without an Origin", { Host: "", "Sec-Fetch-Site": "same-origin" }],
    ["with a foreign Origin", { Origin: "https://attacker.test", "Sec-Fetch-Site": "same-origin" }],
    ["with the Origin of another port", { Origin: "http://localhost:1", "Sec-Fetch-Site": "same-origin" }],
    ["with Origin null", { Origin: "null", "Sec-Fetch-Site": "same-origin" }],
    ["from a page of the same site", { Origin: "own", "Sec-Fetch-Site": "same-site" }],
    ["from no page that says where it is from", { Origin: "own" }],
  ])("is worth nothing %s", async (_, given) => {
    const link = world.app.makeLink();
    const headers: Record<string, string> = { ...given, Host: `localhost:${port}` };
    if (headers["Origin"] === "own") headers["Origin"] = `http://localhost:${port}`;
    const answer = await sendRaw(port, "/api/enter", { method: "POST", headers, body: launchOf(link) });
    expect(answer.status).toBe(403);
    // It was not used up by that.
    expect(await enter(port, link)).toMatch(/^[\w-]{22}$/);
  });

  test(`is not found by ${WRONG_TOKENS} guesses, which change nothing for the right one`, async () => {
    const link = world.app.makeLink();
    const statuses = new Set<number>();
    for (let i = 0; i < WRONG_TOKENS; i++) {
      const body = `${launchOf(link).slice(0, -5)}${String(i).padStart(5, "0")}`;
      const answer = await sendRaw(port, "/api/enter", { method: "POST", headers: ownHeaders(port), body });
      statuses.add(answer.status);
    }
    expect([...statuses]).toEqual([403]);
    expect(await enter(port, link)).toMatch(/^[\w-]{22}$/);
  });

  test("is refused when it is longer than one can be", async () => {
    const options = { method: "POST", headers: ownHeaders(port), body: "x".repeat(100_000) };
    const status = await sendRaw(port, "/api/enter", options).then(
      (answer) => answer.status,
      () => 403,
    );
    expect(status).toBe(403);
  });
});

describe("the socket", () => {
  test("opens for a ticket once", async () => {
    const ticket = await takeTicket(port, await enter(port, world.app.makeLink()));
    const socket = await openSocket(port, ticket);
    await expect(openSocket(port, ticket)).rejects.toThrow("status 403");
    socket.close();
  });

  test.each([
    ["no ticket", "", {}, 403],
    ["a made-up ticket", "AAAAAAAAAAAAAAAAAAAAAA", {}, 403],
    ["a foreign Origin", null, { Origin: "https://attacker.test" }, 403],
    ["the Origin of another port", null, { Origin: "http://localhost:1" }, 403],
    ["a foreign Host", null, { Host: "attacker.test", Origin: "http://attacker.test" }, 421],
  ] as const)("does not open with %s", async (_, given, headers, status) => {
    const ticket = given ?? (await takeTicket(port, await enter(port, world.app.makeLink())));
    await expect(openSocket(port, ticket, headers)).rejects.toThrow(`status ${status}`);
  });

  test("does not open for the page token in the ticket's place", async () => {
    const token = await enter(port, world.app.makeLink());
    await expect(openSocket(port, token)).rejects.toThrow("status 403");
  });

  test.each([
    ["no JSON", "{"],
    ["a message of no known type", { type: "sync", id: 1 }],
    ["a call with a field too many", { type: "call", id: 1, method: "lock", params: {}, more: 1 }],
    ["a call without a number", { type: "call", id: -1, method: "lock", params: {} }],
    ["a change of the document", { type: "call", id: 1, method: "lock", params: [1, 2, 3] }],
  ])("ends with %s", async (_, message) => {
    const socket = await openSocket(port, await takeTicket(port, await enter(port, world.app.makeLink())));
    socket.send(message);
    expect(await socket.closed).toBe(1008);
  });

  test("ends with a frame over its bound", async () => {
    const socket = await openSocket(port, await takeTicket(port, await enter(port, world.app.makeLink())));
    socket.send("x".repeat(9 * 1024 * 1024));
    expect(await socket.closed).toBe(1009);
  });

  test("of a page gives way to the page's next one", async () => {
    const token = await enter(port, world.app.makeLink());
    const first = await openSocket(port, await takeTicket(port, token));
    const second = await openSocket(port, await takeTicket(port, token));
    expect(await first.closed).toBe(1008);
    second.close();
  });
});

describe("a broken request", () => {
  /** Sends bytes as they are and waits for the end. */
  const sendBytes = (text: string, breakOff = false): Promise<void> =>
    new Promise((resolve) => {
      const socket = connect({ host: "127.0.0.1", port }, () => {
        socket.write(text, () => breakOff && socket.resetAndDestroy());
      });
      socket.on("error", () => {});
      socket.on("close", () => resolve());
      socket.resume();
    });
  const upgrade = (path: string): string =>
    `GET ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nOrigin: http://localhost:${port}\r\n` +
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";

  test.each([
    ["an upgrade to no address", upgrade("//"), false],
    ["an upgrade to half an escape", upgrade("/api/socket?ticket=%"), false],
    ["an upgrade that breaks off", upgrade("/api/socket"), true],
    ["no HTTP at all", "hello\r\n\r\n", false],
    [
      "a body that breaks off",
      `POST /api/enter HTTP/1.1\r\nHost: localhost:PORT\r\nOrigin: http://localhost:PORT\r\nSec-Fetch-Site: same-origin\r\nContent-Length: 100\r\n\r\nhalf`,
      true,
    ],
  ])("ends itself and nothing else: %s", async (_, text, breakOff) => {
    await sendBytes(text.replaceAll("PORT", String(port)), breakOff);
    expect((await page()).status).toBe(200);
  });
});

describe("a locked vault", () => {
  const connect = async () => {
    const token = await enter(port, world.app.makeLink());
    return { token, socket: await openSocket(port, await takeTicket(port, token)) };
  };

  test("shows nothing but that it is locked", async () => {
    await lockHost();
    const { socket } = await connect();
    expect(await socket.next("place")).toMatchObject({ phase: "locked" });
    for (const [id, method] of ["passkey.edit", "passkey.delete", "device.add", "relay.add"].entries()) {
      socket.send({ type: "call", id: 100 + id, method, params: { passkey: "bank.example" } });
    }
    expect(await socket.next("error")).toMatchObject({ code: "LK-VAULT-LOCKED" });
    socket.send({ type: "call", id: 200, method: "passphrase.suggest", params: {} });
    await socket.next("result");
    expect(socket.received.join("\n")).not.toContain("bank.example");
    socket.close();
  });

  test("has made the tokens of all pages worthless; a connected page has a new one", async () => {
    await unlockHost();
    const { token, socket } = await connect();
    await socket.next("vault");
    expect((await askTicket(port, token)).status).toBe(200);
    await lockHost();
    const renewed = (await socket.next("token"))["token"] as string;
    expect((await askTicket(port, token)).status).toBe(403);
    expect((await askTicket(port, renewed)).status).toBe(200);
    socket.close();
  });

  test("does not open with a wrong passphrase, and opens with the right one", async () => {
    await lockHost();
    const { socket } = await connect();
    socket.send({ type: "call", id: 1, method: "unlock", params: {} });
    await socket.next("ask");
    socket.send({ type: "answer", id: 1, answer: "wrong" });
    expect(await socket.next("error")).toMatchObject({ code: "LK-KEY-PASSPHRASE-WRONG" });
    socket.send({ type: "call", id: 2, method: "unlock", params: {} });
    socket.send({ type: "answer", id: 2, answer: "too early, before the question" });
    await expect.poll(() => socket.received.filter((text) => text.includes('"ask"')).length).toBe(2);
    socket.send({ type: "answer", id: 2, answer: "correct horse" });
    expect(JSON.stringify(await socket.next("vault"))).toContain("bank.example");
    socket.close();
  });
});

describe("an open page", () => {
  test("has no method but those of the app", async () => {
    await unlockHost();
    const socket = await openSocket(port, await takeTicket(port, await enter(port, world.app.makeLink())));
    for (const [id, method] of ["ctap", "passkey.list", "status", "constructor", "__proto__"].entries()) {
      socket.send({ type: "call", id, method, params: {} });
    }
    await expect.poll(() => socket.received.filter((text) => text.includes("LK-CLI-HOST")).length).toBe(5);
    socket.close();
  });

  test("never gets a private key, sealed or not, nor any bytes of the log", async () => {
    await unlockHost();
    const socket = await openSocket(port, await takeTicket(port, await enter(port, world.app.makeLink())));
    const { changed } = await socket.next("vault");
    expect(
      Object.keys((changed as readonly object[])[0] ?? {}).filter((name) => /key|secret|seal/i.test(name)),
    ).toEqual([]);
    socket.close();
  });

  test("cannot add a device without a passphrase, whatever was typed before", async () => {
    await unlockHost();
    const socket = await openSocket(port, await takeTicket(port, await enter(port, world.app.makeLink())));
    socket.send({ type: "call", id: 1, method: "device.add", params: {} });
    expect(await socket.next("ask")).toMatchObject({ kind: "passphrase" });
    socket.send({ type: "answer", id: 1, answer: "wrong" });
    expect(await socket.next("error")).toMatchObject({ code: "LK-KEY-PASSPHRASE-WRONG" });
    socket.close();
  });

  test("leaves no fault behind", () => {
    expect(world.faults).toEqual([]);
  });
});
