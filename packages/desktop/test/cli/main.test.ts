/** The command line from arguments to exit code. */
import { resolve } from "node:path";
import { VaultError } from "@latchkey/core/errors";
import { describe, expect, test } from "vitest";
import { GLOBAL_OPTIONS } from "../../src/cli/global-options.ts";
import { COMMANDS } from "../../src/cli/commands.ts";
import { runMain, TEST_COMMANDS } from "./harness.ts";

describe("a command line", () => {
  test("prints a command's text, or its data with --json", async () => {
    expect(await runMain(["item", "show", "a"])).toEqual({ exit: 0, stdout: "item a\n", stderr: "" });
    const { exit, stdout } = await runMain(["item", "show", "a", "--json", "--vault", "v"]);
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      schema: 1,
      ok: true,
      vault: resolve("v"),
      item: "a",
      way: null,
      rest: [],
      site: null,
      tags: [],
      dryRun: false,
    });
  });

  test.for([
    [["--vault", "item", "item", "show", "a"], { vault: resolve("item"), item: "a" }],
    [["item", "--vault=v", "show", "a"], { vault: resolve("v"), item: "a" }],
    [["item", "show", "a", "long", "b", "c"], { way: "long", rest: ["b", "c"] }],
    [["item", "show", "a", "--tag", "x", "--tag=y", "-n"], { tags: ["x", "y"], dryRun: true }],
    [["item", "show", "-qn", "a"], { dryRun: true }],
    [["item", "show", "--", "--site"], { item: "--site", site: null }],
    [["item", "show", "--site=-x", "-"], { item: "-", site: "-x" }],
    [["item", "show", "--site", "", "a"], { site: "" }],
  ] as const)("reads %j", async ([args, expected]) => {
    const { stdout } = await runMain(["--json", ...args]);
    expect(JSON.parse(stdout)).toMatchObject(expected);
  });

  test("prints the fields that --json names", async () => {
    const { exit, stdout } = await runMain(["item", "list", "--json=id"]);
    expect(JSON.parse(stdout)).toEqual({ schema: 1, ok: true, items: [{ id: "a" }] });
    // The command's own exit code.
    expect(exit).toBe(8);
  });

  test.for([
    [[], "latchkey needs a command", "see latchkey --help"],
    [["item"], "latchkey item needs a command", "see latchkey item --help"],
    [["itme"], "unknown command itme", "did you mean latchkey item"],
    [["item", "lst"], "unknown command item lst", "did you mean latchkey item list"],
    [["item", "zzz"], "unknown command item zzz", "see latchkey item --help"],
    [["item", "show"], "<item> is missing", "see latchkey item show --help"],
    [
      ["item", "list", "a", "b"],
      "latchkey item list takes no argument, 2 given",
      "see latchkey item list --help",
    ],
    [["item", "show", "a", "--sit", "b"], "unknown option --sit", "did you mean --site"],
    [["item", "show", "a", "--xyzzy"], "unknown option --xyzzy", "see latchkey item show --help"],
    [["item", "show", "a", "-x"], "unknown option -x", "see latchkey item show --help"],
    [["item", "show", "a", "--site"], "option --site needs a value", "write it as --site=<site>"],
    [["item", "show", "a", "--site", "-n"], "option --site needs a value", "write it as --site=<site>"],
    [
      ["item", "show", "a", "--dry-run=yes"],
      "option --dry-run takes no value",
      "see `latchkey --help`, or `latchkey <command> --help`",
    ],
    [
      ["item", "show", "a", "--site=b", "--site=c"],
      "option --site is given twice",
      "see `latchkey --help`, or `latchkey <command> --help`",
    ],
    [["item", "show", "a", "--kind=odd"], '--kind cannot be "odd"', "did you mean old"],
    [["item", "show", "a", "sideways"], '<way> cannot be "sideways"', "choose one of short, long"],
    [["item", "show", "a", "--timeout", "soon"], "--timeout soon is not a time", "write it as 30s, 2m or 1h"],
    [["item", "show", "a", "--timeout=0"], "--timeout 0 is not a time", "write it as 30s, 2m or 1h"],
    [
      ["item", "show", "a", "--passphrase-fd=3", "--passphrase-stdin"],
      "--passphrase-stdin and --passphrase-fd exclude each other",
      "see `latchkey --help`, or `latchkey <command> --help`",
    ],
    [["item", "show", "a", "--constructor"], "unknown option --constructor", "see latchkey item show --help"],
  ] as const)("refuses %j", async ([args, error, hint]) => {
    expect(await runMain(args)).toEqual({
      exit: 2,
      stdout: "",
      stderr: `latchkey: error: ${error}\nlatchkey: hint: ${hint}\n`,
    });
  });

  test("reports a command line that it cannot read as data, too", async () => {
    const { stdout } = await runMain(["item", "show", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 1,
      ok: false,
      code: "LK-CLI-USAGE",
      message: "<item> is missing",
    });
  });
});

describe("secrets", () => {
  test.for([
    [["unlock", "--passphrase", "hunter2"], "--passphrase"],
    [["unlock", "--passphrase=hunter2"], "--passphrase"],
    [["--password", "hunter2", "item", "list"], "--password"],
    [["item", "list", "--pin=hunter2"], "--pin"],
    [["item", "list", "--Secret=hunter2"], "--Secret"],
  ] as const)("in %j are refused and not repeated", async ([args, option]) => {
    const { exit, stderr } = await runMain([...args, "--verbose"]);
    expect(exit).toBe(2);
    expect(stderr).toContain(`LK-CLI-SECRET-EXPOSED: option ${option} would show a secret`);
    expect(stderr).not.toContain("hunter2");
  });

  test.for(["LATCHKEY_PASSPHRASE", "LATCHKEY_PASSWORD", "latchkey_pin"])(
    "in the environment variable %s are refused and not repeated",
    async (name) => {
      const { exit, stderr } = await runMain(["item", "list"], { env: { [name]: "hunter2" } });
      expect(exit).toBe(2);
      expect(stderr).toContain(`LK-CLI-SECRET-EXPOSED: environment variable ${name} shows a secret`);
      expect(stderr).not.toContain("hunter2");
    },
  );

  test("written where a file descriptor belongs are refused and not repeated", async () => {
    const { exit, stderr } = await runMain(["item", "list", "--passphrase-fd", "hunter2"]);
    expect(exit).toBe(2);
    expect(stderr).toContain("LK-CLI-SECRET-EXPOSED");
    expect(stderr).not.toContain("hunter2");
  });

  test("may be an argument after --, where no option is", async () => {
    expect((await runMain(["item", "show", "--", "--password"])).exit).toBe(0);
  });
});

describe("help", () => {
  test.for([[["--help"]], [["-h"]], [["help"]], [["--quiet", "--help"]]])(
    "%j lists commands and groups",
    async ([args]) => {
      const { exit, stdout, stderr } = await runMain(args as string[]);
      expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
      expect(stdout).toMatch(/^latchkey: /);
      expect(stdout).toMatch(/^ {2}item +see items$/m);
      expect(stdout).toMatch(/^ {2}completion +print a script/m);
      for (const option of Object.keys(GLOBAL_OPTIONS)) expect(stdout).toContain(`--${option}`);
    },
  );

  test.for([[["item", "--help"]], [["help", "item"]]])("%j lists the commands of a group", async ([args]) => {
    const { stdout } = await runMain(args as string[]);
    expect(stdout).toMatch(/^ {2}show +show an item\n {2}list +show an item$/m);
  });

  test.for([
    [["item", "show", "--help"]],
    [["item", "show", "-h", "too", "sideways"]],
    [["help", "item", "show"]],
  ])("%j describes a command", async ([args]) => {
    const { exit, stdout } = await runMain(args as string[]);
    expect(exit).toBe(0);
    expect(stdout).toContain("latchkey item show <item> [<way>] [<rest>…] [--site <site>]");
    expect(stdout).toMatch(/^ {2}<way> +how \(short, long\)$/m);
    expect(stdout).toMatch(/^ {2}-n, --dry-run +only say what would be done$/m);
    expect(stdout).toContain("  latchkey item show x");
  });
});

describe("the command table", () => {
  const ALL = [...new Set([...COMMANDS, ...TEST_COMMANDS])];

  test("holds no command that begins another", () => {
    const names = ALL.map(({ spec }) => spec.name);
    expect(names.filter((name) => names.some((other) => other.startsWith(`${name} `)))).toEqual([]);
  });

  test("speaks in the command line's voice, in words that need no quoting in a shell", () => {
    const WORD = /^[a-z][a-z0-9-]*$/;
    for (const { spec } of ALL) {
      const described = [spec, ...spec.positionals, ...Object.values(spec.options)];
      for (const { summary } of described) expect(summary).toMatch(/^[a-z].*[^.]$/);
      const choices = [...spec.positionals, ...Object.values(spec.options)].flatMap(
        (option) => option.choices ?? [],
      );
      for (const word of [...spec.name.split(" "), ...Object.keys(spec.options), ...choices]) {
        expect(word).toMatch(WORD);
      }
      expect(Object.keys(spec.options).filter((name) => name in GLOBAL_OPTIONS)).toEqual([]);
      const shorts = [...Object.values(GLOBAL_OPTIONS), ...Object.values(spec.options)].flatMap((option) =>
        "short" in option && option.short !== undefined ? [option.short] : [],
      );
      expect(new Set(shorts).size).toBe(shorts.length);
    }
  });
});

describe("ending", () => {
  test("comes when --timeout is over", async () => {
    const { exit, stderr } = await runMain(["wait", "--timeout=20ms"]);
    expect(exit).toBe(1);
    expect(stderr).toContain("LK-CLI-TIMEOUT: not done within 20 ms");
  });

  test("by a signal is exit 130", async () => {
    const interruption = AbortSignal.abort(new VaultError("LK-CLI-CANCELLED", "interrupted"));
    const ended = await runMain(["consent"], { interruption });
    expect(ended.exit).toBe(130);
  });

  test("with a question that nobody can be asked is exit 2, unless --yes was given", async () => {
    expect(await runMain(["consent", "--no-input"])).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining("LK-CLI-NO-INPUT: nobody can be asked: erase everything? [y/N]"),
    });
    expect((await runMain(["consent", "--no-input", "--yes"])).exit).toBe(0);
  });
});
