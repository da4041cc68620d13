/**
 * The provider over a real vault, called through COM: passkeys that a site's own library accepts, every kind of request that must be
 * refused, the person's verification in all its outcomes, and Windows' list of passkeys.
 */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { CeremonyKind } from "@latchkey/windows-provider/com/ceremony";
import { HRESULT } from "@latchkey/windows-provider/native/hresult";
import type { WebAuthnCredential } from "@simplewebauthn/server";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { CeremonyResult, ComClient } from "./com-client.ts";
import { deploy, type Deployment } from "./deployment.ts";
import { Site } from "./site.ts";
import { waitUntil } from "./wait-until.ts";
import { makeWindowsKey } from "./windows-keys.ts";
import type { Wine } from "./wine.ts";

/** The program that COM starts, and its worker. */
export const PROVIDER_ENTRIES = {
  main: join(import.meta.dirname, "servers", "provider-server.ts"),
  worker: join(import.meta.dirname, "servers", "mortal-worker.ts"),
};
const CALLS = join("fake", "calls.log");
const SCRIPT = join("fake", "script.ini");
const UV_SIGNATURE = join("fake", "uv-signature");
const WINDOW = 0xabcd;
const NOTHING = new Uint8Array();

const utf16 = (text: string): string => Buffer.from(text, "utf16le").toString("hex");
const idOf = (credential: WebAuthnCredential): Uint8Array =>
  new Uint8Array(Buffer.from(credential.id, "base64url"));
const makeTransaction = (): Uint8Array => new Uint8Array(randomBytes(16));

export function describeProvider(getWine: () => Wine): void {
  describe("the provider over a vault", () => {
    const operationKey = makeWindowsKey("P-384");
    const verificationKey = makeWindowsKey("P-256");
    const site = new Site("example.com");
    const passkeys: WebAuthnCredential[] = [];
    let server: Deployment;
    let client: ComClient;
    let objects = 0;

    beforeAll(async () => {
      server = await deploy(getWine(), PROVIDER_ENTRIES, { "relays.json": "[]" });
      server.put(join("fake", "op-key"), operationKey.blob);
      server.put(join("fake", "uv-key"), verificationKey.blob);
      client = server.connect();
      expect(await client.create("first")).toMatchObject({ hr: HRESULT.ok });
      await server.waitForLine("server.log", /ready/);
    }, 120_000);
    afterAll(() => server?.close());
    afterEach(() => {
      server.remove(SCRIPT);
      server.remove(join("fake", "release"));
    });

    interface Sending {
      readonly transactionId?: Uint8Array;
      readonly signature?: Uint8Array;
      readonly verification?: Uint8Array;
      readonly type?: number;
    }

    /** One operation as Windows does it: a fresh object, a signed request, a person who agrees. */
    async function send(
      kind: CeremonyKind,
      encoded: Uint8Array,
      sending: Sending = {},
    ): Promise<CeremonyResult> {
      const name = `object-${objects++}`;
      server.put(UV_SIGNATURE, sending.verification ?? verificationKey.sign(encoded));
      await client.create(name);
      const result = await client.ceremony(name, kind, {
        transactionId: sending.transactionId ?? makeTransaction(),
        window: WINDOW,
        signature: sending.signature ?? operationKey.sign(encoded),
        type: sending.type ?? 1,
        encoded,
      });
      await client.release(name);
      return result;
    }

    const prompts = (): number =>
      server.lines(CALLS).filter((line) => line.startsWith("PerformUserVerification ")).length;
    const faults = (): readonly string[] =>
      server.lines("server.log").filter((line) => line.includes("fault"));

    async function make(of: Site, wishes = {}): Promise<WebAuthnCredential> {
      const asked = of.create(wishes);
      const { hr, response } = await send("make-credential", asked.encoded);
      expect([hr, faults()]).toEqual([HRESULT.ok, []]);
      const credential = await asked.judge(response);
      passkeys.push(credential);
      return credential;
    }

    test("makes a passkey that a site accepts, with one prompt over the window of the program that asked", async () => {
      const before = prompts();
      await make(site, { userName: "alice" });
      expect(prompts()).toBe(before + 1);
      const prompt = server.lines(CALLS).findLast((line) => line.startsWith("PerformUserVerification "));
      expect(prompt).toContain(`window=${WINDOW}`);
      expect(prompt).toContain(`hint=${utf16("make a passkey for example.com as alice")}`);
    });

    test("signs in with it, with one prompt", async () => {
      const before = prompts();
      const asked = site.signIn(passkeys);
      const { hr, response } = await send("get-assertion", asked.encoded);
      expect(hr).toBe(HRESULT.ok);
      expect(await asked.judge(response)).toBe(passkeys[0]?.id);
      expect(prompts()).toBe(before + 1);
    });

    test("makes an RSA passkey where a site wants one, and signs in with it", async () => {
      const other = new Site("rsa.example");
      const credential = await make(other, { algorithms: [-257] });
      const asked = other.signIn([credential], [idOf(credential)]);
      const { response } = await send("get-assertion", asked.encoded);
      expect(await asked.judge(response)).toBe(credential.id);
    });

    test("signs with the account that Windows' picker chose, of several", async () => {
      const other = new Site("several.example");
      const made = [
        await make(other, { userName: "a" }),
        await make(other, { userName: "b" }),
        await make(other, { userName: "c" }),
      ];
      for (const credential of made) {
        const asked = other.signIn(made, [idOf(credential)]);
        const { response } = await send("get-assertion", asked.encoded);
        expect(await asked.judge(response)).toBe(credential.id);
      }
    });

    test("refuses a second passkey where the site excludes the one that is here, after the person's consent", async () => {
      const before = prompts();
      const asked = site.create({ excluded: passkeys.slice(0, 1).map(idOf) });
      const result = await send("make-credential", asked.encoded);
      expect(result).toMatchObject({ hr: HRESULT.exists, response: NOTHING });
      expect(prompts()).toBe(before + 1);
    });

    test("has nothing for a site without a passkey, and asks nobody", async () => {
      const before = prompts();
      const result = await send("get-assertion", new Site("unknown.example").signIn([]).encoded);
      expect(result).toMatchObject({ hr: HRESULT.notFound, response: NOTHING });
      expect(prompts()).toBe(before);
    });

    test.for<[string, (encoded: Uint8Array) => Uint8Array]>([
      ["no signature", () => NOTHING],
      ["a signature of another request", () => operationKey.sign(site.signIn([]).encoded)],
      ["a signature by another key", (encoded) => makeWindowsKey("P-384").sign(encoded)],
      ["a signature cut short", (encoded) => operationKey.sign(encoded).slice(0, 95)],
      ["a byte changed in the signature", (encoded) => operationKey.sign(encoded).with(50, 0)],
    ])("refuses a request with %s, and asks nobody", async ([, makeSignature]) => {
      const before = prompts();
      for (const kind of ["make-credential", "get-assertion"] as const) {
        const { encoded } = kind === "get-assertion" ? site.signIn(passkeys) : site.create();
        const result = await send(kind, encoded, { signature: makeSignature(encoded) });
        expect(result).toMatchObject({ hr: HRESULT.badSignature, response: NOTHING });
      }
      expect(prompts()).toBe(before);
    });

    test.for<[string, (encoded: Uint8Array) => Uint8Array]>([
      ["cut short", (encoded) => encoded.slice(0, -1)],
      ["with a byte too many", (encoded) => Uint8Array.from([...encoded, 0])],
      ["empty", () => NOTHING],
      ["no map", () => Uint8Array.of(0x80)],
    ])("refuses a request that is signed and %s, and asks nobody", async ([, spoil]) => {
      const before = prompts();
      const encoded = spoil(site.signIn(passkeys).encoded);
      const result = await send("get-assertion", encoded);
      expect(result).toMatchObject({ hr: HRESULT.invalidParameter, response: NOTHING });
      expect(prompts()).toBe(before);
    });

    test("refuses a request of another type", async () => {
      const result = await send("get-assertion", site.signIn(passkeys).encoded, { type: 2 });
      expect(result).toMatchObject({ hr: HRESULT.invalidParameter, response: NOTHING });
    });

    test.for([
      ["refused", HRESULT.userCancelled, HRESULT.userCancelled],
      ["refused, as older builds say it", HRESULT.cancelled, HRESULT.userCancelled],
      ["refused, as some builds say it", HRESULT.abort, HRESULT.userCancelled],
      ["not possible in a remote session", HRESULT.notSupported, HRESULT.notSupported],
      ["not allowed without package identity", HRESULT.accessDenied, HRESULT.accessDenied],
      ["not there, for nobody is registered", HRESULT.notFound, HRESULT.notFound],
    ] as const)("signs nothing when Windows Hello is %s", async ([, scripted, expected]) => {
      server.put(SCRIPT, `[PerformUserVerification]\r\nhresult=0x${(scripted >>> 0).toString(16)}\r\n`);
      const result = await send("get-assertion", site.signIn(passkeys).encoded);
      expect(result).toMatchObject({ hr: expected, response: NOTHING });
    });

    test("signs nothing when the verification is signed for another request", async () => {
      const { encoded } = site.signIn(passkeys);
      const verification = verificationKey.sign(site.signIn(passkeys).encoded);
      const result = await send("get-assertion", encoded, { verification });
      expect(result).toMatchObject({ hr: HRESULT.badSignature, response: NOTHING });
    });

    test.for(["P-256", "RSA"] as const)(
      "takes a key of the kind %s for requests and one for verifications, when Windows has made its keys anew",
      async (kind) => {
        const [operation, verification] = [makeWindowsKey(kind), makeWindowsKey(kind)];
        server.put(join("fake", "op-key"), operation.blob);
        server.put(join("fake", "uv-key"), verification.blob);
        try {
          const asked = site.signIn(passkeys);
          const { encoded } = asked;
          const sending = { signature: operation.sign(encoded), verification: verification.sign(encoded) };
          const { hr, response } = await send("get-assertion", encoded, sending);
          expect(hr).toBe(HRESULT.ok);
          expect(await asked.judge(response)).toBe(passkeys[0]?.id);
          expect(await send("get-assertion", encoded)).toMatchObject({ hr: HRESULT.badSignature });
        } finally {
          server.put(join("fake", "op-key"), operationKey.blob);
          server.put(join("fake", "uv-key"), verificationKey.blob);
        }
      },
    );

    test("leaves at once when it is cancelled while Windows Hello stands open, and the next ceremony waits for that prompt", async () => {
      server.put(SCRIPT, "[Verification]\r\nwait=1\r\n");
      const before = prompts();
      const answered = server
        .lines(CALLS)
        .filter((line) => line.startsWith("UserVerificationAnswered")).length;
      const transactionId = makeTransaction();
      const first = send("make-credential", new Site("cancelled.example").create().encoded, {
        transactionId,
      });
      await waitUntil("the prompt", () => prompts() > before);
      await client.create("canceller");
      expect(await client.cancel("canceller", transactionId)).toMatchObject({ hr: HRESULT.ok });
      expect(await first).toMatchObject({ hr: HRESULT.userCancelled, response: NOTHING });
      // The fake's prompt still stands.
      expect(server.lines(CALLS).filter((line) => line.startsWith("UserVerificationAnswered"))).toHaveLength(
        answered,
      );
      const asked = site.signIn(passkeys);
      const second = send("get-assertion", asked.encoded);
      server.put(join("fake", "release"), "");
      expect(await asked.judge((await second).response)).toBe(passkeys[0]?.id);
      const nothing = await send("get-assertion", new Site("cancelled.example").signIn([]).encoded);
      expect(nothing).toMatchObject({ hr: HRESULT.notFound });
    });

    test("has each new passkey in Windows' list, with names that are never empty", async () => {
      await make(new Site("nameless.example"), { userName: "" });
      const lines = await waitUntil("the passkey in the list", () => {
        const added = server.lines(CALLS).filter((line) => line.startsWith("AddCredentials"));
        return added.some((line) => line.includes(`rpId=${utf16("nameless.example")}`)) ? added : null;
      });
      const listed = lines.find((line) => line.includes(`rpId=${utf16("nameless.example")}`));
      expect(listed).toContain(`userName=${utf16("(no name)")}`);
      expect(listed).toContain(`displayName=${utf16("(no name)")}`);
      expect(lines.some((line) => line.includes(`userName=${utf16("alice")}`))).toBe(true);
      expect(server.lines(CALLS).filter((line) => line.startsWith("RemoveAllCredentials"))).toEqual([]);
    });

    test("gives back all memory that Windows has lent", async () => {
      await waitUntil(
        "the last free",
        () =>
          server
            .lines(CALLS)
            .findLast((line) => line.includes("live="))
            ?.endsWith(" live=0") ?? false,
      );
    });

    test("keeps a vault that a killed process leaves whole, and what was in it", async () => {
      const { groups } = await server.waitForLine("server.log", /^(?<pid>\d+) ready/);
      await client.terminate(Number(groups?.["pid"]));
      const other = await deploy(getWine(), PROVIDER_ENTRIES, { "relays.json": "[]" });
      try {
        other.adopt(server, [
          "vault.latchkey",
          "vault.latchkey-wal",
          join("fake", "op-key"),
          join("fake", "uv-key"),
        ]);
        const again = other.connect();
        expect(await again.create("a")).toMatchObject({ hr: HRESULT.ok });
        await other.waitForLine("server.log", /ready/);
        const asked = site.signIn(passkeys);
        other.put(UV_SIGNATURE, verificationKey.sign(asked.encoded));
        const { response } = await again.ceremony("a", "get-assertion", {
          transactionId: makeTransaction(),
          signature: operationKey.sign(asked.encoded),
          encoded: asked.encoded,
        });
        expect(await asked.judge(response)).toBe(passkeys[0]?.id);
      } finally {
        await other.close();
      }
    });
  });
}
