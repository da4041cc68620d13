/**
 * The class itself, between two processes: activation, marshalling, cancel and lock status while a ceremony blocks, busy answers, and every
 * way in which one side dies. Ceremonies are scripted (`servers/scripted-server.ts`).
 */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { MAX_RESPONSE_BYTES } from "@latchkey/windows-provider/com/ceremony-channel";
import { HRESULT } from "@latchkey/windows-provider/native/hresult";
import { MAX_REQUEST_BYTES } from "@latchkey/windows-provider/native/operation-memory";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { ComClient } from "./com-client.ts";
import { deploy, type Deployment } from "./deployment.ts";
import type { ScriptedServerOptions } from "./servers/scripted-server.ts";
import { toWindowsPath, type Wine } from "./wine.ts";

/** HRESULTs of RPC itself, when the other process has gone. */
const SERVER_UNAVAILABLE = 0x800706ba | 0;
const CALL_FAILED = 0x800706be | 0;

const ENTRIES = {
  main: join(import.meta.dirname, "servers", "scripted-server.ts"),
  worker: join(import.meta.dirname, "servers", "mortal-worker.ts"),
};
const PROBE = { main: join(import.meta.dirname, "servers", "windows-probe.ts") };
const LONG_MS = 600_000;

const start = (wine: Wine, options: Partial<ScriptedServerOptions> = {}): Promise<Deployment> =>
  deploy(wine, ENTRIES, {
    "server.json": JSON.stringify({ idleMs: LONG_MS, deadlineMs: LONG_MS, ...options }),
  });

const ask = (script: string, rest: Uint8Array = new Uint8Array()) => ({
  transactionId: new Uint8Array(randomBytes(16)),
  encoded: new Uint8Array(Buffer.concat([Buffer.from(script), rest])),
});

/** The line that a ceremony writes when it waits. */
const waiting = ({ transactionId }: { readonly transactionId: Uint8Array }): RegExp =>
  new RegExp(`waiting ${Buffer.from(transactionId).toString("hex")}`);

const textOf = (response: Uint8Array): string => Buffer.from(response).toString();

export function describeClass(getWine: () => Wine): void {
  describe("the class, called from another process", () => {
    let server: Deployment;
    let client: ComClient;
    let objects = 0;

    beforeAll(async () => {
      server = await start(getWine());
      client = server.connect();
    });
    afterAll(() => server?.close());

    /** Windows makes a fresh object for every operation, and so do the cases. */
    async function makeObject(): Promise<string> {
      const name = `object-${objects++}`;
      expect(await client.create(name)).toMatchObject({ hr: HRESULT.ok });
      return name;
    }

    test("is started by COM, with COM's own parameter", async () => {
      await makeObject();
      await server.waitForLine("server.log", /started -PluginActivated -Embedding/);
      await server.waitForLine("server.log", /registered/);
    });

    test("is reached by the doctor, who really activates it", async () => {
      const probe = await deploy(getWine(), PROBE);
      try {
        const main = toWindowsPath(join(probe.folder, "main.mjs"));
        const text = await getWine().runNode([main, "doctor", server.clsid]);
        expect(text).toContain('"ownClass":{"value":"locked"}');
      } finally {
        await probe.close();
      }
    });

    test("tells its lock status as the very first thing, and again when it changes", async () => {
      const name = await makeObject();
      expect(await client.lockStatus(name)).toMatchObject({ hr: HRESULT.ok, status: 0 });
      server.put("unlocked", "");
      expect(await client.lockStatus(name)).toMatchObject({ hr: HRESULT.ok, status: 1 });
      server.remove("unlocked");
    });

    test.for(["make-credential", "get-assertion"] as const)(
      "gets every field of a request for %s over real marshalling",
      async (kind) => {
        const request = {
          ...ask("e", randomBytes(50)),
          window: 0x1_0000_0abc,
          type: 3,
          signature: new Uint8Array(randomBytes(96)),
        };
        const { hr, response } = await client.ceremony(await makeObject(), kind, request);
        expect(hr).toBe(HRESULT.ok);
        expect(JSON.parse(textOf(response))).toEqual({
          kind,
          window: String(request.window),
          transactionId: Buffer.from(request.transactionId).toString("hex"),
          signature: Buffer.from(request.signature).toString("hex"),
          type: 3,
          length: request.encoded.length,
          encoded: Buffer.from(request.encoded).toString("hex"),
        });
      },
    );

    test("takes a request of the greatest size and refuses one byte more", async () => {
      const fill = (bytes: number) => ask("e", new Uint8Array(bytes - 1));
      const most = await client.ceremony(await makeObject(), "get-assertion", fill(MAX_REQUEST_BYTES));
      expect(JSON.parse(textOf(most.response))).toMatchObject({ length: MAX_REQUEST_BYTES });
      const more = await client.ceremony(await makeObject(), "get-assertion", fill(MAX_REQUEST_BYTES + 1));
      expect(more).toMatchObject({ hr: HRESULT.invalidArgument, response: new Uint8Array() });
    });

    test("refuses a NULL request", async () => {
      const request = { transactionId: new Uint8Array(16), encoded: null };
      const result = await client.ceremony(await makeObject(), "make-credential", request);
      expect(result).toMatchObject({ hr: HRESULT.invalidArgument, response: new Uint8Array() });
    });

    test("gives a response of the greatest size whole, and fails with one byte more", async () => {
      const most = await client.ceremony(await makeObject(), "get-assertion", ask("l"));
      expect(most.response).toHaveLength(MAX_RESPONSE_BYTES);
      expect(new Set(most.response)).toEqual(new Set([0x5a]));
      const more = await client.ceremony(await makeObject(), "get-assertion", ask("L"));
      expect(more).toMatchObject({ hr: HRESULT.fail, response: new Uint8Array() });
    });

    test.for([
      ["throws", "t", HRESULT.fail],
      ["gives nothing", "u", HRESULT.fail],
      ["refuses", "h", HRESULT.badSignature],
    ] as const)("fails, with no bytes, when the ceremony %s", async ([, script, hr]) => {
      const result = await client.ceremony(await makeObject(), "make-credential", ask(script));
      expect(result).toMatchObject({ hr, response: new Uint8Array() });
    });

    test("answers lock status, a second ceremony and a cancel while a ceremony blocks, each from an object of its own", async () => {
      const first = ask("w");
      const blocked = client.ceremony(await makeObject(), "get-assertion", first);
      await server.waitForLine("server.log", waiting(first));
      // Nothing else can end the first ceremony: if these had to wait for it, the test would not come to its end.
      expect(await client.lockStatus(await makeObject())).toMatchObject({ hr: HRESULT.ok });
      const second = await client.ceremony(await makeObject(), "make-credential", ask("e"));
      expect(second).toMatchObject({ hr: HRESULT.busy, response: new Uint8Array() });
      expect(await client.cancel(await makeObject(), new Uint8Array(16))).toMatchObject({
        hr: HRESULT.notFound,
      });
      expect(await client.cancel(await makeObject(), first.transactionId)).toMatchObject({ hr: HRESULT.ok });
      expect(await blocked).toMatchObject({ hr: HRESULT.userCancelled, response: new Uint8Array() });
      await server.waitForLine("server.log", /cancelled/);
      expect(await client.cancel(await makeObject(), first.transactionId)).toMatchObject({
        hr: HRESULT.notFound,
      });
    });

    test("lets the first of two ceremonies finish as if there had been no second", async () => {
      const request = ask("f");
      const first = client.ceremony(await makeObject(), "get-assertion", request);
      await server.waitForLine("server.log", waiting(request));
      const other = server.connect();
      await other.create("a");
      expect(await other.ceremony("a", "get-assertion", ask("e"))).toMatchObject({ hr: HRESULT.busy });
      server.put("finish", "");
      expect(await first).toMatchObject({ hr: HRESULT.ok });
      server.remove("finish");
    });

    test("goes on for others when a client is killed in a ceremony", async () => {
      const doomed = server.connect();
      const request = ask("w");
      await doomed.create("a");
      void doomed.ceremony("a", "get-assertion", request);
      await server.waitForLine("server.log", waiting(request));
      await doomed.kill();
      // The transaction is still known: whoever cancels it frees the desk.
      const { hr } = await client.cancel(await makeObject(), request.transactionId);
      expect(hr).toBe(HRESULT.ok);
      const next = await client.ceremony(await makeObject(), "get-assertion", ask("e"));
      expect(next).toMatchObject({ hr: HRESULT.ok });
    });

    test("answers a thousand ceremonies without growing", async () => {
      const calls = process.env["SLOW"] === "1" ? 10_000 : 1_000;
      const name = await makeObject();
      const pid = Number(textOf((await client.ceremony(name, "get-assertion", ask("p"))).response));
      const rounds = async (count: number): Promise<void> => {
        for (let index = 0; index < count; index++) {
          const { hr } = await client.ceremony(name, "get-assertion", ask("e"));
          expect(hr).toBe(HRESULT.ok);
        }
      };
      await rounds(100);
      const before = await client.usage(pid);
      await rounds(calls);
      const after = await client.usage(pid);
      expect(after.handles - before.handles).toBeLessThan(20);
      expect(after.bytes - before.bytes).toBeLessThan(48 * 1024 * 1024);
    });
  });

  describe("a server process", () => {
    const servers = new Set<Deployment>();
    afterEach(async () => {
      await Promise.all([...servers].map((server) => server.close()));
      servers.clear();
    });

    async function startServer(options: Partial<ScriptedServerOptions> = {}): Promise<Deployment> {
      const server = await start(getWine(), options);
      servers.add(server);
      return server;
    }

    async function startWithClient(options: Partial<ScriptedServerOptions> = {}) {
      const server = await startServer(options);
      const client = server.connect();
      expect(await client.create("a")).toMatchObject({ hr: HRESULT.ok });
      return { server, client };
    }

    const pidOf = async (client: ComClient): Promise<number> =>
      Number(textOf((await client.ceremony("a", "get-assertion", ask("p"))).response));

    test("started twice by two clients at once serves both, and ceremonies of two processes exclude one another", async () => {
      const server = await startServer();
      const clients = [server.connect(), server.connect()];
      const created = await Promise.all(clients.map((client) => client.create("a")));
      expect(created.map(({ hr }) => hr)).toEqual([HRESULT.ok, HRESULT.ok]);
      const [one, two] = clients as [ComClient, ComClient];
      const request = ask("w");
      const blocked = one.ceremony("a", "get-assertion", request);
      await server.waitForLine("server.log", waiting(request));
      expect(await two.ceremony("a", "get-assertion", ask("e"))).toMatchObject({ hr: HRESULT.busy });
      await one.cancel("a", request.transactionId);
      await blocked;
    });

    test("answers busy while another process has a ceremony, and may begin when that process is killed", async () => {
      const one = await startWithClient();
      const two = await startWithClient();
      const request = ask("w");
      const pid = await pidOf(one.client);
      const blocked = one.client.ceremony("a", "get-assertion", request);
      await one.server.waitForLine("server.log", waiting(request));
      expect(await two.client.ceremony("a", "get-assertion", ask("e"))).toMatchObject({ hr: HRESULT.busy });
      await one.client.terminate(pid);
      expect([CALL_FAILED, SERVER_UNAVAILABLE]).toContain((await blocked).hr);
      expect(await two.client.ceremony("a", "get-assertion", ask("e"))).toMatchObject({ hr: HRESULT.ok });
    });

    test("answers at its deadline when the provider does not", async () => {
      const { client } = await startWithClient({ deadlineMs: 300 });
      const result = await client.ceremony("a", "get-assertion", ask("f"));
      expect(result).toMatchObject({ hr: HRESULT.timeout, response: new Uint8Array() });
    });

    test("ends when nobody calls, and is started again by the next who does", async () => {
      // Longer than the second between two looks of Wine for a new process.
      const { server, client } = await startWithClient({ idleMs: 4_000 });
      await client.release("a");
      await server.waitForLine("server.log", /ended idle/);
      expect(await client.create("b")).toMatchObject({ hr: HRESULT.ok });
      expect(server.lines("server.log").filter((line) => line.includes("started"))).toHaveLength(2);
    });

    test.for([
      ["that stops of itself in a ceremony", "s", /ended stopped/],
      ["with a bug outside of any slot", "x", /ended broken/],
    ] as const)("%s leaves its caller a clean failure", async ([, script, line]) => {
      const { server, client } = await startWithClient();
      const result = await client.ceremony("a", "get-assertion", ask(script));
      expect(result).toMatchObject({ hr: HRESULT.fail, response: new Uint8Array() });
      await server.waitForLine("server.log", line);
      expect(await client.create("b")).toMatchObject({ hr: HRESULT.ok });
    });

    test("whose ceremony worker dies ends, and the next activation starts another", async () => {
      const { server, client } = await startWithClient();
      server.put("kill-workers", "");
      await server.waitForLine("server.log", /ended broken/);
      server.remove("kill-workers");
      expect(await client.create("b")).toMatchObject({ hr: HRESULT.ok });
      expect(await client.ceremony("b", "get-assertion", ask("e"))).toMatchObject({ hr: HRESULT.ok });
    });
  });
}
