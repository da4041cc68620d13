/** The HTTP face without a port, and the end of a relay (relay.md § 14). */
import manifest from "../package.json" with { type: "json" };
import type { Context } from "hono";
import type { UpgradeWebSocket } from "hono/ws";
import { describe, expect, test } from "vitest";
import { createApp } from "../src/app.ts";
import { SOFTWARE } from "../src/relay.ts";
import { DEFAULT_LIMITS, type RelayLimits } from "../src/limits.ts";
import { CALLER, type FakeHost, joinFake, makeConn, makeHost } from "./fake-host.ts";
import { GENEROUS, idText, makeEntry, makeRoom } from "./rig.ts";

function makeApp(host: FakeHost = makeHost()) {
  return createApp({
    relay: host.relay,
    upgrade: (() => async (c: Context) => c.text("upgraded")) as unknown as UpgradeWebSocket,
    toConn: makeConn,
    addressOf: () => "192.0.2.1",
  });
}
const UPGRADE = { headers: { upgrade: "websocket" } };
const roomPath = `/v1/rooms/${idText(makeRoom())}/ws`;

describe("the routes", () => {
  test.for<[string, string, RequestInit, number]>([
    ["a room's socket", roomPath, UPGRADE, 200],
    ["a room's socket, in capitals", roomPath, { headers: { upgrade: "WebSocket" } }, 200],
    ["a mailbox's socket", `/v1/mailboxes/${"A".repeat(22)}/ws`, UPGRADE, 200],
    ["a nameplate's socket", "/v1/nameplates/723/ws", UPGRADE, 200],
    ["a nameplate of two digits", "/v1/nameplates/72/ws", UPGRADE, 404],
    ["a list of nameplates", "/v1/nameplates", {}, 404],
    ["a room without an upgrade", roomPath, {}, 426],
    ["a room with an upgrade to something else", roomPath, { headers: { upgrade: "h2c" } }, 426],
    ["a room id that is too short", "/v1/rooms/AAAA/ws", UPGRADE, 404],
    ["a room id that is not base64url", `/v1/rooms/${"!".repeat(22)}/ws`, UPGRADE, 404],
    ["a room id with stray bits", `/v1/rooms/${"A".repeat(21)}B/ws`, UPGRADE, 404],
    ["a list of rooms", "/v1/rooms", {}, 404],
    ["anything else", "/admin", {}, 404],
    ["a body", "/livez", { method: "POST", body: "x", headers: { "content-length": "1" } }, 413],
    ["a body of unknown length", "/v1/info", { headers: { "transfer-encoding": "chunked" } }, 413],
    ["life", "/livez", {}, 200],
    ["readiness", "/readyz", {}, 200],
    ["health", "/healthz", {}, 200],
    ["the page", "/", {}, 200],
  ])("answer %s", async ([, path, init, status]) => {
    expect((await makeApp().request(path, init)).status).toBe(status);
  });

  test("publish versions, audiences, instance and every limit", async () => {
    const response = await makeApp().request("/v1/info");
    expect(response.headers.get("cache-control")).toContain("max-age=60");
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    const info = (await response.json()) as { limits: RelayLimits };
    expect(info).toMatchObject({
      protocolVersions: [1],
      origins: ["http://relay.test"],
      instanceId: "AQEBAQEBAQEBAQEBAQEBAQ",
      admission: "open",
    });
    expect(info.limits).toMatchObject({
      ...DEFAULT_LIMITS,
      ...GENEROUS,
      frameBytes: 262_144,
      entryBytes: 65_536,
    });
    expect(SOFTWARE).toBe(`latchkey-sync-relay ${manifest.version}`);
  });

  test("say on the page what the relay sees", async () => {
    const page = await (await makeApp().request("/")).text();
    for (const word of ["no key", "sizes", "address of a device"]) expect(page).toContain(word);
  });

  test("refuse upgrades over the rate before they happen, and nothing else", async () => {
    const app = makeApp(makeHost({ upgradeBurst: 1, upgradesPerMinute: 6 }));
    expect((await app.request(roomPath, UPGRADE)).status).toBe(200);
    const refused = await app.request(roomPath, UPGRADE);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "10"]);
    expect((await app.request("/readyz")).status).toBe(200);
  });
});

describe("draining", () => {
  test("acknowledges what waits, says goaway, closes with 1012, and takes nothing new", async () => {
    const host = makeHost();
    const app = makeApp(host);
    const room = makeRoom();
    const a = await joinFake(host, room);
    a.send({ op: "put", request: 1, entries: [{ entry: makeEntry(room, 1), pin: null }] });
    const drained = host.relay.drain();
    a.send({ op: "put", request: 2, entries: [{ entry: makeEntry(room, 2), pin: null }] });
    expect((await app.request("/readyz")).status).toBe(503);
    const refused = await app.request(roomPath, UPGRADE);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "10"]);
    const late = makeConn();
    expect(host.relay.openRoom(late, room.id, CALLER)).toBeNull();
    expect(late.ended).toEqual({ code: 1012, reason: "LK-RELAY-RESTART" });
    await host.turn();
    await drained;
    expect(a.received()).toMatchObject([
      { op: "error", request: 2, code: "LK-RELAY-RESTART" },
      { op: "ack", request: 1, outcomes: [{ cursor: 1 }] },
      { op: "goaway", retryAfterMs: 0, jitterMs: 10_000 },
    ]);
    expect(a.conn.ended).toEqual({ code: 1012, reason: "LK-RELAY-RESTART" });
    expect((await app.request("/livez")).status).toBe(200);
  });
});
