/** What an operator sees of a running relay: metrics, tags in the log, TLS of its own (relay.md § 14). */
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { encodeHex, roomSocketUrl } from "@latchkey/core/relay-protocol";
import { describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import type { TlsFiles } from "../src/hosts/node-server.ts";
import { createJsonLog } from "../src/log.ts";
import { createRefusals } from "../src/refusals.ts";
import { AFTER, BEFORE, type Certificate } from "./certificates.ts";
import {
  dialRoom,
  joinRoom,
  makeEntry,
  makeRoom,
  randomOf,
  sha256,
  startTestRelay,
  temporaryFolder,
} from "./rig.ts";

const METRICS = { metrics: { host: "127.0.0.1", port: 0 } };

describe("metrics", () => {
  test("count what happened, in Prometheus' form, on an address of their own", async () => {
    const relay = await startTestRelay({}, METRICS);
    const room = makeRoom();
    const [a, b] = [await joinRoom(relay, room), await joinRoom(relay, room)];
    await a.put(makeEntry(room, 1), makeEntry(room, 2));
    await b.client.take("event");
    const stranger = dialRoom(relay, makeRoom().id);
    await stranger.take("hello");
    stranger.socket.send("nonsense");
    await stranger.closed;
    const response = await fetch(relay.metricsAddress as string);
    expect(response.headers.get("content-type")).toContain("text/plain; version=0.0.4");
    const text = await response.text();
    const value = (name: string): number | undefined => {
      const line = text.split("\n").find((one) => one.startsWith(`latchkey_relay_${name} `));
      return line === undefined ? undefined : Number(line.split(" ")[1]);
    };
    expect(value("sockets")).toBe(2);
    expect(value("rooms_open")).toBe(1);
    expect(value("joins_total")).toBe(2);
    expect(value("stored_entries_total")).toBe(2);
    expect(value("created_rooms_total")).toBe(1);
    expect(value('closes_total{reason="LK-RELAY-FRAME"}')).toBe(1);
    expect(value("commit_seconds_count")).toBe(1);
    expect(value('commit_seconds_bucket{le="+Inf"}')).toBe(1);
    expect(value("received_bytes_total")).toBeGreaterThan(400);
    expect(value("ready")).toBe(1);
    for (const line of text.trim().split("\n")) {
      expect(line).toMatch(
        /^(?:# (?:HELP|TYPE) latchkey_relay_[a-z_]+ .+|latchkey_relay_[a-z_]+(?:\{[a-z]+="[\w.+-]+"\})? [\d.e+-]+)$/,
      );
    }
    for (const secret of [encodeHex(room.id), Buffer.from(room.id).toString("base64url"), "127.0.0.1"]) {
      expect(text).not.toContain(secret);
    }
    expect((await fetch(new URL("/", relay.metricsAddress as string))).status).toBe(404);
    expect((await fetch(`${relay.address}/metrics`)).status).toBe(404);
  });

  test("are nowhere unless they are asked for", async () => {
    expect((await startTestRelay()).metricsAddress).toBeNull();
  });
});

describe("the log of refusals", () => {
  test("names an insistent source by a tag that is the same all day, another the next day, and never its address", () => {
    const lines: string[] = [];
    const refusals = createRefusals(
      createJsonLog((line) => lines.push(line), { now: () => 0 }),
      randomOf,
      sha256,
    );
    const [often, seldom] = ["192.0.2.1", "192.0.2.2"].map((key) => [{ key, factor: 1 }]);
    for (const day of [1, 1, 2]) {
      for (let i = 0; i < 25; i++) refusals.count(often!, "LK-RELAY-AUTH");
      refusals.count(seldom!, "LK-RELAY-AUTH");
      refusals.report(day);
    }
    const logged = lines.map(
      (line) => JSON.parse(line) as { event: string; source: string; refused: number },
    );
    expect(logged.map(({ event, refused }) => [event, refused])).toEqual(
      Array.from({ length: 3 }, () => ["refused-often", 25]),
    );
    const [first, second, third] = logged.map(({ source }) => source);
    expect(first).toMatch(/^tag:[0-9a-f]{8}$/);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
    expect(lines.join("")).not.toContain("192.0.2");
  });

  test("is written for a flood over the wire", async () => {
    const relay = await startTestRelay({ upgradeBurst: 1, upgradesPerMinute: 0 });
    for (let i = 0; i < 25; i++) {
      const client = dialRoom(relay, makeRoom().id);
      if (i > 0) await once(client.socket, "error");
    }
    relay.advance(61_000);
    await expect
      .poll(() => relay.lines.some((line) => line.includes("refused-often")), { timeout: 10_000 })
      .toBe(true);
  });
});

describe("TLS of its own", () => {
  const put = (folder: string, { cert, key }: Certificate): TlsFiles => {
    const files = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
    writeFileSync(files.cert, cert);
    writeFileSync(files.key, key);
    return files;
  };

  test("serves wss under an https origin, and takes a renewed certificate without a restart", async () => {
    const folder = temporaryFolder();
    const relay = await startTestRelay({}, { tls: put(folder, BEFORE) });
    expect(relay.origin).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const subjectNow = (): Promise<string> =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(roomSocketUrl(relay.origin, makeRoom().id), {
          rejectUnauthorized: false,
        });
        socket.on("upgrade", ({ socket: raw }) => {
          resolve((raw as import("node:tls").TLSSocket).getPeerCertificate().subject.CN as string);
          socket.terminate();
        });
        socket.on("error", reject);
      });
    expect(await subjectNow()).toBe("before");
    put(folder, AFTER);
    relay.reload();
    expect(await subjectNow()).toBe("after");
    put(folder, { ...AFTER, cert: "no certificate" });
    expect(() => relay.reload()).toThrow(expect.objectContaining({ code: "LK-RELAY-CONFIG" }));
    expect(await subjectNow()).toBe("after");
  });
});

describe("a connection that says nothing, or says it slowly", () => {
  test("is cut, and others are served", { timeout: 60_000 }, async () => {
    const relay = await startTestRelay();
    const port = Number(new URL(relay.address).port);
    const ends = ["", "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "].map(async (begin) => {
      const socket = connect(port, "127.0.0.1").on("error", () => {});
      socket.write(begin);
      socket.resume();
      await new Promise((resolve) => socket.once("close", resolve));
    });
    await Promise.all(ends);
    expect((await fetch(`${relay.address}/livez`)).status).toBe(200);
  });
});
