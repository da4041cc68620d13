/** The policy LogSink: what a folder of an organization gets of a vault's activity log, and what it does not. */
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { verifyAuditFile } from "@latchkey/core/audit/audit-json";
import { readPolicyValues } from "@latchkey/core/policy/policy";
import { afterEach, beforeEach, expect, test } from "vitest";
import { watchPolicy } from "../../src/policy/watch-policy.ts";
import { register } from "../commands/program.ts";
import { foundHost, makeFolder, openHost, withPassphrase } from "../host/hosts.ts";

let folder: ReturnType<typeof makeFolder>;
beforeEach(() => (folder = makeFolder()));
afterEach(() => folder.remove());

const vault = () => join(folder.path, "vault.latchkey");
const sink = () => join(folder.path, "sink");
const read = () =>
  readdirSync(sink())
    .map((name) => readFileSync(join(sink(), name), "utf8"))
    .join("");
const kinds = () =>
  read()
    .trimEnd()
    .split("\n")
    .map((row) => (JSON.parse(row) as { kind: string }).kind);

async function use(values: Readonly<Record<string, unknown>>, faults: unknown[] = []): Promise<void> {
  const host = openHost(vault());
  watchPolicy(host, readPolicyValues(values, "policy.json"), (fault) => faults.push(fault));
  await host.unlock(withPassphrase());
  await register(host, "example.org", "ana");
  // As in life: what the rules have noted comes with the next line, or the end.
  await host.notebook.flush();
  await host.close();
}

test("gets every line, signed, without a name of a site or an account", async () => {
  await (await foundHost(vault(), "Desk", [])).close();
  mkdirSync(sink());
  await use({ LogSink: sink() });
  expect(kinds()).toEqual(["unlock", "create", "policy-changed"]);
  expect(read()).not.toMatch(/example|ana|Desk/);
  expect(verifyAuditFile(read().split("\n"))).toMatchObject({ problems: [], statement: null, lines: 3 });
  await use({ LogSink: sink() });
  expect(kinds()).toEqual(["unlock", "create", "policy-changed", "unlock", "create"]);
});

test("that cannot be written stops nothing, is told, and is brought up to date later", async () => {
  await (await foundHost(vault(), "Desk", [])).close();
  const faults: unknown[] = [];
  await use({ LogSink: sink() }, faults);
  expect(faults.length).toBeGreaterThan(0);
  mkdirSync(sink());
  await use({ LogSink: sink() });
  expect(kinds().slice(0, 3)).toEqual(["unlock", "create", "policy-changed"]);
  expect(verifyAuditFile(read().split("\n")).problems).toEqual([]);
  rmSync(sink(), { recursive: true });
});

test("is not there where nobody wants it, and a change of rules is noted once", async () => {
  await (await foundHost(vault(), "Desk", [])).close();
  await use({});
  mkdirSync(sink());
  await use({ AutoLockMinutes: 5 });
  await use({ AutoLockMinutes: 5 });
  expect(readdirSync(sink())).toEqual([]);
  await use({ AutoLockMinutes: 5, LogSink: sink() });
  expect(kinds().filter((kind) => kind === "policy-changed")).toHaveLength(2);
});
