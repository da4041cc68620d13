import { describe, expect, test } from "vitest";
import fc from "fast-check";
import {
  checkRelayAllowed,
  checkUnmanaged,
  listOverdue,
  MAX_POLICY_LENGTH,
  NO_POLICY,
  readPolicyText,
  readPolicyValues,
} from "../../src/policy/policy.ts";
import { POLICY_SETTINGS } from "../../src/policy/settings.ts";

const read = (values: unknown) => readPolicyText(JSON.stringify(values), "policy.json");

describe("a policy", () => {
  test("has each setting under its name, and says which are set", () => {
    const all = {
      DisableProvider: true,
      AutoLockMinutes: 10,
      ForceRelay: "https://relay.example",
      ForbidPlainExport: true,
      ForbidAddingDevices: true,
      RequireSecondDevice: true,
      MaxPageAgeDays: 365,
      MaxDrillAgeDays: 180,
      LogSink: "/var/log/latchkey",
    };
    expect(read(all)).toEqual({
      policy: {
        disableProvider: true,
        autoLockMinutes: 10,
        forceRelay: { origin: "https://relay.example", token: null },
        forbidPlainExport: true,
        forbidAddingDevices: true,
        requireSecondDevice: true,
        maxPageAgeDays: 365,
        maxDrillAgeDays: 180,
        logSink: "/var/log/latchkey",
      },
      managed: Object.keys(POLICY_SETTINGS),
      problems: [],
    });
  });

  test("that is empty sets nothing", () => expect(read({})).toEqual(NO_POLICY));

  test("with a switch that is off makes no difference", () => {
    expect(read({ DisableProvider: false })).toEqual(NO_POLICY);
  });

  test("has switches as the registry writes them", () => {
    const values = (value: number) => readPolicyValues({ DisableProvider: value }, "registry");
    expect(values(1).policy.disableProvider).toBe(true);
    expect(values(0).policy.disableProvider).toBe(false);
    expect(values(2)).toMatchObject({ managed: [], problems: [expect.stringContaining("DisableProvider")] });
  });

  test.each([
    ["a switch that is a word", { DisableProvider: "yes" }, "DisableProvider"],
    ["no minutes at all", { AutoLockMinutes: 0 }, "AutoLockMinutes"],
    ["more minutes than a day has", { AutoLockMinutes: 1_441 }, "AutoLockMinutes"],
    ["a part of a minute", { AutoLockMinutes: 1.5 }, "AutoLockMinutes"],
    ["minutes as text", { AutoLockMinutes: "10" }, "AutoLockMinutes"],
    ["a relay that is no address", { ForceRelay: "relay.example" }, "ForceRelay"],
    ["a relay that is nothing", { ForceRelay: null }, "ForceRelay"],
    ["a page that may be no day old", { MaxPageAgeDays: 0 }, "MaxPageAgeDays"],
    ["a test in eleven years", { MaxDrillAgeDays: 3_651 }, "MaxDrillAgeDays"],
    ["a folder that is relative", { LogSink: "log" }, "LogSink"],
    ["a folder with a line's end in it", { LogSink: "/var/log\n" }, "LogSink"],
    ["a folder that is a switch", { LogSink: true }, "LogSink"],
  ])("with %s does not count there, and says so", (_, values, name) => {
    const { policy, managed, problems } = read({ ...values });
    expect(policy).toEqual(NO_POLICY.policy);
    expect(managed).toEqual([]);
    expect(problems).toEqual([
      expect.stringMatching(new RegExp(`^policy\\.json sets ${name} to what is not `)),
    ]);
  });

  test("with one wrong value keeps the others", () => {
    const { policy, managed, problems } = read({ AutoLockMinutes: -1, DisableProvider: true });
    expect(policy.disableProvider).toBe(true);
    expect(managed).toEqual(["DisableProvider"]);
    expect(problems).toHaveLength(1);
  });

  test("names what this version does not know, harmlessly", () => {
    const { problems } = read({ ["Forbid\u001b[31mEverything"]: 1, constructor: 2, DisableProvider: true });
    expect(problems).toEqual([
      String.raw`policy.json sets "Forbid\u001b[31mEverything", which this version does not know`,
      `policy.json sets "constructor", which this version does not know`,
    ]);
  });

  test.each([
    ["no JSON", "{", "is not JSON"],
    ["a list", "[]", "is not an object"],
    ["nothing", "null", "is not an object"],
    ["too long", `"${"x".repeat(MAX_POLICY_LENGTH)}"`, "limit"],
  ])("that is %s counts for nothing, and says so", (_, text, problem) => {
    const reading = readPolicyText(text, "policy.json");
    expect(reading).toMatchObject({ policy: NO_POLICY.policy, managed: [] });
    expect(reading.problems).toEqual([expect.stringContaining(problem)]);
  });

  test.each(["/var/log", "C:\\\\Logs", "c:/logs", String.raw`\\server\share`])(
    "takes the folder %s",
    (folder) => {
      expect(read({ LogSink: folder }).policy.logSink).toBe(folder);
    },
  );

  test("forbids what is set, and nothing else", () => {
    const reading = read({ ForbidPlainExport: 1, ForbidAddingDevices: 0 });
    expect(() => checkUnmanaged(reading, "ForbidPlainExport")).toThrow("policy ForbidPlainExport is set");
    checkUnmanaged(reading, "ForbidAddingDevices");
    checkUnmanaged(undefined, "ForbidPlainExport");
  });

  test("allows the one relay that is forced", () => {
    const reading = read({ ForceRelay: "https://relay.example" });
    checkRelayAllowed(reading, "https://relay.example");
    expect(() => checkRelayAllowed(reading, "https://other.example")).toThrow("ForceRelay");
    checkRelayAllowed(NO_POLICY, "https://other.example");
  });

  test("finds a page, or its test, that is older than it may be, or missing", () => {
    const day = 86_400_000;
    const reading = read({ MaxPageAgeDays: 365, MaxDrillAgeDays: 30 });
    const at = (madeAt: number, testedAt: number | null) =>
      listOverdue(
        reading,
        { madeAt: madeAt * day, testedAt: testedAt === null ? null : testedAt * day },
        1_000 * day,
      );
    expect(at(900, 990)).toEqual([]);
    expect(at(900, 969)).toEqual(["MaxDrillAgeDays"]);
    expect(at(634, 990)).toEqual(["MaxPageAgeDays"]);
    expect(at(900, null)).toEqual(["MaxDrillAgeDays"]);
    expect(listOverdue(reading, null, 0)).toEqual(["MaxPageAgeDays", "MaxDrillAgeDays"]);
    expect(listOverdue(NO_POLICY, null, 0)).toEqual([]);
  });

  test("never throws, whatever it is", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const { managed, problems } = readPolicyText(text, "policy.json");
        expect(managed.length === 0 || problems.length >= 0).toBe(true);
      }),
    );
    const names = Object.keys(POLICY_SETTINGS) as (keyof typeof POLICY_SETTINGS)[];
    const values = fc.record(Object.fromEntries(names.map((name) => [name, fc.anything()])), {
      requiredKeys: [],
    });
    fc.assert(
      fc.property(values, (some) => {
        const { managed, problems } = readPolicyValues(some, "registry");
        // Everything that is there is either set, a switch that is off, or complained of.
        const off = names.filter(
          (name) => POLICY_SETTINGS[name].kind === "boolean" && [false, 0].includes(some[name] as number),
        ).length;
        expect(managed.length + problems.length + off).toBe(Object.keys(some).length);
      }),
    );
  });
});
