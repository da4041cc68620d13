/** Passkeys whose answer may not have arrived are offered for deletion; all others are not. */
import { describeUnconfirmed } from "@latchkey/desktop/host/unconfirmed";
import { openHost, makeProtector } from "@latchkey/desktop/test/hosts";
import { afterEach, describe, expect, test } from "vitest";
import { Site } from "../windows-under-wine/site.ts";
import { openWindowsHost, type SentCeremony, type WindowsHost } from "./windows-host.ts";

let there: WindowsHost;
afterEach(() => there.close());

const LONG_MS = 600_000;
const TX = new Uint8Array(16).fill(9);

async function make(site: Site, sending: SentCeremony = {}) {
  const asked = site.create({ userName: "ana" });
  const { response } = await there.send("make-credential", asked.encoded, { transactionId: TX, ...sending });
  return asked.judge(response as Uint8Array);
}

describe("a passkey", () => {
  test("counts as received when nobody has cancelled for a while", async () => {
    there = await openWindowsHost({ confirmMs: 1 });
    await make(new Site("example.com"));
    await expect.poll(() => describeUnconfirmed(there.host), { timeout: 10_000 }).toEqual([]);
  });

  test.for<[string, SentCeremony, (there: WindowsHost) => unknown]>([
    ["nobody took its answer", { isTaken: false }, () => {}],
    ["its transaction was cancelled after the answer", {}, ({ desk }) => desk.cancel(TX)],
  ])("is offered for deletion when %s", async ([, sending, after]) => {
    there = await openWindowsHost({ confirmMs: 500 });
    await make(new Site("example.com"), sending);
    after(there);
    // One that is received, after it: when that one is struck out, the first one's while is over, too.
    await make(new Site("later.example"), { transactionId: TX.with(0, 1) });
    const sites = async () => (await describeUnconfirmed(there.host)).map(({ site }) => site);
    await expect.poll(sites, { timeout: 10_000 }).not.toContain("later.example");
    expect(await sites()).toEqual(["example.com"]);
  });

  test("is offered for deletion when the process died before the while was over", async () => {
    there = await openWindowsHost({ confirmMs: LONG_MS });
    await make(new Site("example.com"));
    await there.host.close();
    const next = openHost(there.host.path);
    await next.unlock(async () => makeProtector());
    expect(await describeUnconfirmed(next)).toMatchObject([{ site: "example.com" }]);
    await next.close();
  });

  test("is no longer offered after a sign-in with it: the site knows it", async () => {
    there = await openWindowsHost({ confirmMs: LONG_MS });
    const [one, two] = [new Site("one.example"), new Site("two.example")];
    const credential = await make(one);
    await make(two, { transactionId: TX.with(0, 1) });
    await there.send("get-assertion", one.signIn([credential]).encoded);
    expect(await describeUnconfirmed(there.host)).toMatchObject([{ site: "two.example" }]);
  });

  test("that was deleted is not offered again", async () => {
    there = await openWindowsHost({ confirmMs: LONG_MS });
    await make(new Site("example.com"));
    const device = await there.host.device();
    const { deletePasskey } = await import("@latchkey/core/device/passkey-acts");
    for (const { id } of device.state.document.list()) await deletePasskey(device, id);
    expect(await describeUnconfirmed(there.host)).toEqual([]);
  });
});
