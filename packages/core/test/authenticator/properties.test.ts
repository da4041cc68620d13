/** Properties of the authenticator over random requests. */
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { concatBytes } from "../../src/bytes/concat.ts";
import { encodeCbor } from "../../src/cbor/codec.ts";
import { VaultError } from "../../src/errors.ts";
import { STATUS } from "../../src/authenticator/status.ts";
import {
  createTestAuthenticator,
  descriptor,
  flagsOf,
  getAssertionMap,
  idOf,
  isSigned,
  makeCredentialMap,
  map,
  register,
  stored,
  type TestAuthenticator,
} from "./support.ts";

const runs = process.env["SLOW"] ? 2000 : 40;
const optionalFlag = fc.constantFrom(undefined, true, false);
const statuses = new Set<number>(Object.values(STATUS));

/** A members map with the options that are not undefined. */
const optionsMap = (options: Readonly<Record<string, boolean | undefined>>) =>
  map(
    ...Object.entries(options).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    ),
  );

describe("the authenticator", () => {
  test("signs with what it made, and sets the flags to what was done, for every mix of options", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ rk: optionalFlag, uv: optionalFlag }),
        fc.record({ up: optionalFlag, uv: optionalFlag }),
        fc.boolean(),
        fc.boolean(),
        fc.uint8Array({ minLength: 1, maxLength: 64 }),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        async (create, get, listed, real, userId, hash) => {
          const authenticator = createTestAuthenticator({ real });
          const registered = await register(authenticator, { 3: map(["id", userId]), 7: optionsMap(create) });
          const verifiedAtCreate = real || create.uv === true;
          expect(registered.flags).toBe(verifiedAtCreate ? 0x5d : 0x59);

          const list = listed ? [descriptor(registered.id)] : undefined;
          const request = getAssertionMap({ 2: hash, 3: list, 5: optionsMap(get) });
          const answer = await authenticator.send(0x02, request);
          if (!listed && create.rk !== true) {
            expect(answer.status).toBe(0x2e);
          } else if (real && get.up === false) {
            expect(answer.status).toBe(0x36);
          } else {
            const gesture = get.up === false ? 0 : real || get.uv === true ? 0x05 : 0x01;
            expect(flagsOf(answer)).toBe(0x18 | gesture);
            expect(isSigned(answer, registered, hash)).toBe(true);
          }
        },
      ),
      { numRuns: runs },
    );
  });

  test("never uses, shows or counts a passkey of one site for another", async () => {
    const authenticator = createTestAuthenticator();
    const site = fc.constantFrom("a.example", "b.example", "sub.a.example", "A.example", "example", "");
    const owner = new Map<string, string>();
    const count = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(site, site, fc.boolean(), async (from, to, rk) => {
        const userId = encodeCbor(owner.size);
        const registered = await register(authenticator, {
          2: map(["id", from]),
          3: map(["id", userId]),
          7: map(["rk", rk]),
        });
        owner.set(String(registered.id), from);
        if (rk) count.set(from, (count.get(from) ?? 0) + 1);

        const listed = await authenticator.send(
          0x02,
          getAssertionMap({ 1: to, 3: [descriptor(registered.id)] }),
        );
        expect(listed.status).toBe(from === to ? 0 : 0x2e);
        const discovered = await authenticator.send(0x02, getAssertionMap({ 1: to }));
        const accounts = count.get(to) ?? 0;
        expect(discovered.status).toBe(accounts === 0 ? 0x2e : 0);
        if (accounts === 0) return;
        expect(discovered.map.get(5) ?? 1).toBe(accounts);
        expect(owner.get(String(idOf(discovered)))).toBe(to);
        for (let i = 1; i < accounts; i++) {
          expect(owner.get(String(idOf(await authenticator.send(0x08))))).toBe(to);
        }
      }),
      { numRuns: Math.min(runs, 100) },
    );
  });

  describe("answers whatever it is sent", () => {
    let authenticator: TestAuthenticator;
    let requests: readonly Uint8Array[];
    beforeAll(async () => {
      authenticator = createTestAuthenticator();
      const { id } = await register(authenticator);
      const lists = { 3: [descriptor(id)], 4: map(["prf", map()]), 6: new Uint8Array(4), 7: 1 };
      requests = [
        concatBytes(Uint8Array.of(0x01), encodeCbor(makeCredentialMap({ 5: [descriptor(id)], 6: map() }))),
        concatBytes(Uint8Array.of(0x02), encodeCbor(getAssertionMap(lists))),
      ];
    });

    async function expectAnswer(request: Uint8Array): Promise<void> {
      const { status, bytes } = await authenticator.sendBytes(request);
      expect(statuses).toContain(status);
      expect(bytes.length === 1 || status === 0).toBe(true);
      expect(authenticator.faults).toEqual([]);
    }

    test("a request with one byte changed", async () => {
      await fc.assert(
        fc.asyncProperty(fc.nat(1), fc.nat(), fc.integer({ min: 1, max: 255 }), async (which, at, flip) => {
          const request = (requests[which] as Uint8Array).slice();
          request[at % request.length]! ^= flip;
          await expectAnswer(request);
        }),
        { numRuns: runs * 10 },
      );
    });

    test("a thousand broken requests, and a vault whose person refuses stays as it is", async () => {
      const real = createTestAuthenticator({ real: true });
      const { id } = await register(real);
      await register(real, { 3: map(["id", Uint8Array.of(9)]) });
      const before = await stored(real);
      real.person = async () => {
        throw new VaultError("LK-AUTH-DENIED", "no");
      };
      const salt = new Uint8Array(32);
      const prf = map(["prf", map(["eval", map(["first", salt])])], ["credProtect", 2], ["credBlob", salt]);
      const write = map(["largeBlob", map(["write", Uint8Array.of(3, 0)], ["originalSize", 0])]);
      const whole = [
        concatBytes(Uint8Array.of(0x01), encodeCbor(makeCredentialMap({ 5: [descriptor(id)], 6: prf }))),
        concatBytes(Uint8Array.of(0x02), encodeCbor(getAssertionMap({ 3: [descriptor(id)], 4: write }))),
        concatBytes(Uint8Array.of(0x06), encodeCbor(map([1, 2], [2, 2]))),
        Uint8Array.of(0x07),
        Uint8Array.of(0x08),
      ];
      const broken = fc.record({
        which: fc.nat(whole.length - 1),
        at: fc.nat(),
        flip: fc.integer({ min: 0, max: 255 }),
        cut: fc.option(fc.nat()),
        tail: fc.uint8Array({ maxLength: 8 }),
      });
      for (const { which, at, flip, cut, tail } of fc.sample(broken, 1000)) {
        const request = (whole[which] as Uint8Array).slice();
        request[at % request.length]! ^= flip;
        const part = request.subarray(0, cut === null ? request.length : cut % request.length);
        const { status, map: answer } = await real.sendBytes(concatBytes(part, tail));
        expect(statuses).toContain(status);
        // No signature without the person.
        expect(answer.has(3) && answer.get(3) instanceof Uint8Array && answer.get(1) instanceof Map).toBe(
          false,
        );
      }
      expect(await stored(real)).toEqual(before);
      expect(real.faults).toEqual([]);
    });

    test("a request cut short, or random bytes behind a command", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.nat(1),
          fc.nat(),
          fc.uint8Array({ maxLength: 40 }),
          async (which, length, tail) => {
            const request = requests[which] as Uint8Array;
            const start = request.subarray(0, length % request.length);
            await expectAnswer(start);
            await expectAnswer(concatBytes(start, tail));
            await expectAnswer(tail);
          },
        ),
        { numRuns: runs * 5 },
      );
    });
  });
});
