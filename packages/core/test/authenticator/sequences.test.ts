/**
 * Any sequence of requests, valid ones and broken ones, keeps the invariants: no signature without the gesture that its flags tell and
 * the host demands, no passkey of another site, backup flags as they were made, names withheld, nothing stored by who refuses.
 * A model beside the authenticator knows what was made; imported passkeys have other backup flags.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CredentialProtection } from "../../src/authenticator/credential-source.ts";
import { createUserVerifier } from "../../src/authenticator/user-verifier.ts";
import { NEVER_CANCELLED } from "../../src/authenticator/cancellation.ts";
import { concatBytes } from "../../src/bytes/concat.ts";
import { encodeHex } from "../../src/bytes/text.ts";
import { type CborMap, decodeCbor, encodeCbor } from "../../src/cbor/codec.ts";
import { VaultError } from "../../src/errors.ts";
import {
  type Answer,
  approve,
  CLIENT_DATA_HASH,
  createTestAuthenticator,
  descriptor,
  flagsOf,
  getAssertionMap,
  idOf,
  isSigned,
  makeCredentialMap,
  map,
  readAttestation,
  type TestAuthenticator,
} from "./support.ts";

const runs = process.env["SLOW"] ? 3000 : 60;
const SITES = ["a.example", "b.example", "sub.a.example"] as const;
const [UP, UV, BACKUP] = [0x01, 0x04, 0x18];

const site = fc.constantFrom(...SITES);
const flag = fc.constantFrom(undefined, true, false);
const protection = fc.constantFrom<CredentialProtection>(1, 2, 3);
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant("create"),
      site,
      user: fc.nat(2),
      rk: flag,
      uv: flag,
      protection,
      excludes: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("import"),
      site,
      user: fc.nat(2),
      rk: fc.boolean(),
      backup: fc.constantFrom(0, 0x08, 0x18),
      protection,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant("get"),
      site,
      up: flag,
      uv: flag,
      listed: fc.option(fc.array(fc.nat(), { maxLength: 4 })),
    }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("next") }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant("broken"),
      site,
      create: fc.boolean(),
      cut: fc.nat(),
      tail: fc.uint8Array({ maxLength: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("person"), refuses: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant("other"), command: fc.constantFrom(0x04, 0x07, 0x0b, 0x40) }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type StepOf<T extends string> = Extract<Step, { type: T }>;

/** What the model knows of a passkey. */
interface Made {
  readonly id: Uint8Array;
  readonly site: string;
  readonly user: number;
  readonly rk: boolean;
  readonly backup: number;
  readonly protection: CredentialProtection;
  readonly publicKey: CborMap;
}

class Model {
  readonly authenticator: TestAuthenticator;
  readonly #real: boolean;
  #made: Made[] = [];
  #refuses = false;
  /** The accounts that getNextAssertion may still answer with, and how the person took part. */
  #next: { left: Made[]; gesture: number } | null = null;

  constructor(real: boolean) {
    this.#real = real;
    this.authenticator = createTestAuthenticator({ real });
    this.authenticator.person = async (prompt, cancellation) => {
      if (this.#refuses) throw new VaultError("LK-AUTH-DENIED", "no");
      return approve(prompt, cancellation);
    };
  }

  async take(next: Step): Promise<void> {
    this.authenticator.prompts.length = 0;
    this.authenticator.time += 1000;
    switch (next.type) {
      case "create":
        await this.#create(next);
        break;
      case "import":
        await this.#import(next);
        break;
      case "get":
        await this.#get(next);
        break;
      case "next":
        await this.#getNext();
        break;
      case "broken":
        await this.#sendBroken(next);
        break;
      case "person":
        this.#refuses = next.refuses;
        break;
      case "other":
        await this.#sendOther(next);
        break;
    }
    await this.#expectStored();
    expect(this.authenticator.faults).toEqual([]);
  }

  async #create({ site: rpId, user, rk, uv, protection: level, excludes }: StepOf<"create">): Promise<void> {
    this.#next = null;
    const verified = this.#real || uv === true;
    const here = this.#made.filter((made) => made.site === rpId);
    const hit = excludes && here.some((made) => made.protection !== 3 || verified);
    const answer = await this.authenticator.send(
      0x01,
      makeCredentialMap({
        2: map(["id", rpId]),
        3: map(["id", Uint8Array.of(user)], ["name", `name of ${user}`]),
        5: excludes ? this.#made.map(({ id }) => descriptor(id)).slice(-32) : undefined,
        6: map(["credProtect", level]),
        7: optionsOf({ rk, uv }),
      }),
    );
    expect(this.authenticator.prompts).toHaveLength(1);
    if (this.#refuses) return expectStatus(answer, 0x27);
    if (hit) return expectStatus(answer, 0x19);
    const authData = answer.map.get(2) as Uint8Array;
    const { id, publicKey } = readAttestation(authData.slice(0, 55 + 32 + 77));
    expect(authData[32]).toBe(0x80 | 0x40 | BACKUP | UP | (verified ? UV : 0));
    if (rk === true)
      this.#made = this.#made.filter((made) => !(made.rk && made.site === rpId && made.user === user));
    this.#made.push({ id, site: rpId, user, rk: rk === true, backup: BACKUP, protection: level, publicKey });
  }

  /** Straight into the store, as an import or another device does it. */
  async #import({ site: rpId, user, rk, backup, protection: level }: StepOf<"import">): Promise<void> {
    const { crypto, store, clock } = this.authenticator.host;
    const { privateKey, publicKey } = await crypto.makeKeyPair(-7);
    const id = Uint8Array.of(
      this.#made.length,
      ...concatBytes(new TextEncoder().encode(rpId)),
      clock.now() & 0xff,
    );
    const { proof } = await createUserVerifier(approve).verify(
      { operation: "get-assertion", rpId, accounts: [], verification: true },
      NEVER_CANCELLED,
    );
    const source = {
      id,
      rpId,
      rpName: null,
      userHandle: Uint8Array.of(user),
      userName: `name of ${user}`,
      userDisplayName: null,
      algorithm: -7,
      publicKey,
      discoverable: rk,
      protection: level,
      backupEligible: (backup & 0x08) !== 0,
      backedUp: (backup & 0x10) !== 0,
      createdAt: clock.now(),
    } as const;
    await store.create(
      { source, privateKey, prfSeeds: new Uint8Array(64), credBlob: null, replaces: [] },
      proof,
    );
    this.#made.push({
      id,
      site: rpId,
      user,
      rk,
      backup,
      protection: level,
      publicKey: decodeCbor(publicKey) as CborMap,
    });
  }

  async #get({ site: rpId, up, uv, listed }: StepOf<"get">): Promise<void> {
    this.#next = null;
    const list = listed === null ? [] : listed.flatMap((n) => this.#made[n % (this.#made.length || 1)] ?? []);
    const answer = await this.authenticator.send(
      0x02,
      getAssertionMap({
        1: rpId,
        3: listed === null ? undefined : list.map(({ id }) => descriptor(id)),
        5: optionsOf({ up, uv }),
      }),
    );
    const present = up !== false;
    const verified = present && (this.#real || uv === true);
    const named = list.length > 0;
    const accounts = this.#made
      .filter((made) => made.site === rpId && (named ? list.includes(made) : made.rk))
      .filter((made) => made.protection === 1 || verified || (made.protection === 2 && named))
      .reverse();
    const asked = accounts.length > 0 && present;
    expect(this.authenticator.prompts).toHaveLength(asked ? 1 : 0);
    if (accounts.length === 0) return expectStatus(answer, 0x2e);
    if (!present && this.#real) return expectStatus(answer, 0x36);
    if (asked && this.#refuses) return expectStatus(answer, 0x27);
    const gesture = present ? UP | (verified ? UV : 0) : 0;
    const counted = !named && present && accounts.length > 1;
    this.#expectSigned(answer, accounts[0] as Made, gesture, counted);
    expect(answer.map.get(5)).toBe(counted ? accounts.length : undefined);
    if (counted) this.#next = { left: accounts.slice(1), gesture };
  }

  async #getNext(): Promise<void> {
    const answer = await this.authenticator.send(0x08);
    expect(this.authenticator.prompts).toEqual([]);
    const account = this.#next?.left.shift();
    if (this.#next === null || account === undefined) {
      this.#next = null;
      return expectStatus(answer, 0x30);
    }
    this.#expectSigned(answer, account, this.#next.gesture, true);
    expect(answer.map.has(5)).toBe(false);
  }

  #expectSigned(answer: Answer, made: Made, gesture: number, counted: boolean): void {
    expect(answer.status).toBe(0);
    expect(encodeHex(idOf(answer))).toBe(encodeHex(made.id));
    expect(flagsOf(answer)).toBe(made.backup | gesture);
    const { publicKey, id } = made;
    expect(isSigned(answer, { publicKey, id, flags: 0, authData: id }, CLIENT_DATA_HASH)).toBe(true);
    const user = answer.map.get(4) as CborMap | undefined;
    expect(user?.get("id")).toEqual(made.rk ? Uint8Array.of(made.user) : undefined);
    const showsName = made.rk && counted && (gesture & UV) !== 0;
    expect(user?.get("name")).toBe(showsName ? `name of ${made.user}` : undefined);
  }

  /** A request that is cut, or has bytes behind it: never a whole one. */
  async #sendBroken({ site: rpId, create, cut, tail }: StepOf<"broken">): Promise<void> {
    this.#next = null;
    const whole = create
      ? concatBytes(Uint8Array.of(0x01), encodeCbor(makeCredentialMap({ 2: map(["id", rpId]) })))
      : concatBytes(Uint8Array.of(0x02), encodeCbor(getAssertionMap({ 1: rpId })));
    const part = tail.length > 0 ? concatBytes(whole, tail) : whole.subarray(0, cut % whole.length);
    const answer = await this.authenticator.sendBytes(part);
    expect([0x03, 0x12, 0x14]).toContain(answer.status);
    expect(answer.bytes).toHaveLength(1);
    expect(this.authenticator.prompts).toEqual([]);
  }

  async #sendOther({ command }: StepOf<"other">): Promise<void> {
    this.#next = null;
    const answer = await this.authenticator.send(command);
    const asks = command === 0x0b || (command === 0x07 && !this.#real);
    expect(this.authenticator.prompts).toHaveLength(asks ? 1 : 0);
    if (command === 0x40) return expectStatus(answer, 0x01);
    if (command === 0x07 && this.#real) return expectStatus(answer, 0x27);
    if (asks && this.#refuses) return expectStatus(answer, 0x27);
    expect(answer.status).toBe(0);
    if (command === 0x07) this.#made = [];
  }

  /** The store holds what the model says, with the flags and levels that each was made with. */
  async #expectStored(): Promise<void> {
    for (const rpId of SITES) {
      const stored = await this.authenticator.host.store.findByRpId(rpId);
      expect(
        stored.map((source) => [
          encodeHex(source.id),
          source.discoverable,
          (source.backupEligible ? 0x08 : 0) | (source.backedUp ? 0x10 : 0),
          source.protection,
        ]),
      ).toEqual(
        this.#made
          .filter((made) => made.site === rpId)
          .map((made) => [encodeHex(made.id), made.rk, made.backup, made.protection])
          .reverse(),
      );
    }
  }
}

const optionsOf = (options: Readonly<Record<string, boolean | undefined>>): CborMap =>
  map(
    ...Object.entries(options).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    ),
  );

function expectStatus(answer: Answer, status: number): void {
  expect(answer.bytes).toEqual(Uint8Array.of(status));
}

describe("any sequence of requests", () => {
  test.for([
    { name: "a real vault, which verifies always", real: true },
    { name: "a throw-away one", real: false },
  ])("keeps the invariants of $name", async ({ real }) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        const model = new Model(real);
        for (const each of steps) await model.take(each);
      }),
      { numRuns: runs },
    );
  });
});
