/**
 * The files of `deploy/` say what the relay understands: every setting exists and has a value that it takes, every path and port is the one
 * that is used, every option of `latchkey` is one. Checked further where the tools are: units by systemd.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { COMMANDS } from "@latchkey/desktop/cli/commands";
import { parseInput } from "@latchkey/desktop/cli/parse";
import { findCommand } from "@latchkey/desktop/cli/find-command";
import { readConfig, SETTINGS, variableOf } from "@latchkey/sync-relay/config";
import { DEFAULT_LIMITS, type LimitName } from "@latchkey/sync-relay/limits";
import { describe, expect, onTestFinished, test } from "vitest";
import { filesOf, readText, ROOT } from "./tree.ts";

const FILES = filesOf("deploy/**/*");
const KNOWN = new Set([...SETTINGS, ...(Object.keys(DEFAULT_LIMITS) as LimitName[]).map(variableOf)]);

/** A setting with its value, as YAML, TOML, JSON, a unit or an env file write it. */
const SETTING = /(LATCHKEY_RELAY_[A-Z0-9_]+)"?(?:,? value:|:| ?=) *(?:"([^"\n]*)"|([^\s"}][^\n"}]*))/g;
/** What compose fills in. */
const EXAMPLES: Readonly<Record<string, string>> = { RELAY_HOST: "relay.example", APP_HOST: "app.example" };

const fill = (text: string): string =>
  text.replaceAll(/\$\{(\w+)(?::\?[^}]*)?\}/g, (_whole, name: string) => EXAMPLES[name] ?? `unknown ${name}`);

function settingsOf(file: string): Record<string, string> {
  const found = [...fill(readText(file)).matchAll(SETTING)];
  return Object.fromEntries(
    found.map(([, name = "", quoted, plain]) => [name, (quoted ?? plain ?? "").trim()]),
  );
}

/** The command lines of `latchkey` in a file: its arguments, without what runs it. */
const LINES: readonly (readonly [file: string, args: readonly string[]])[] = [
  ...["deploy/Dockerfile", "deploy/kubernetes/relay.yaml"].map((file) => {
    const list = /^(?:CMD|\s+args:) (\["relay".*\])$/m.exec(readText(file))?.[1] ?? "[]";
    return [file, JSON.parse(list) as string[]] as const;
  }),
  ...FILES.filter((file) => file.endsWith(".service")).map((file) => {
    const line = /latchkey\.js (relay [^'\n]*)/.exec(readText(file))?.[1] ?? "";
    return [file, line.replaceAll('"', "").split(" ")] as const;
  }),
];

describe("deployment files", () => {
  test("set nothing that the relay does not know", () => {
    const unknown = [...FILES, "docs/operating.md"].flatMap((file) =>
      [...readText(file).matchAll(/LATCHKEY_RELAY_[A-Z0-9_]*[A-Z0-9]/g)]
        .map(([name]) => name)
        .filter((name) => !KNOWN.has(name))
        .map((name) => `${file}: ${name}`),
    );
    expect(unknown).toEqual([]);
  });

  test.each(["deploy/compose.yaml", "deploy/fly.toml", "deploy/kubernetes/relay.yaml"])(
    "%s gives the relay settings that it takes",
    (file) => {
      const settings = settingsOf(file);
      expect(Object.keys(settings)).toContain("LATCHKEY_RELAY_ORIGINS");
      const config = readConfig(settings);
      expect(config.origins.every((origin) => origin.startsWith("https://"))).toBe(true);
      expect(config.admission.mode).not.toBe("open");
      expect(config.proxies.trusted.length).toBeGreaterThan(0);
    },
  );

  test.each(LINES)("%s runs a command that there is", (_file, args) => {
    const { command, rest } = findCommand(args, COMMANDS);
    expect(command?.spec.name).toMatch(/^relay /);
    expect(parseInput(command!.spec, rest)).toBeDefined();
  });

  test("name the objects that the Worker has, and an admission that they can keep", () => {
    const text = readText("deploy/wrangler.jsonc").replaceAll(/^\s*\/\/.*$/gm, "");
    const wrangler = JSON.parse(text.replaceAll(/,(\s*[}\]])/g, "$1")) as {
      main: string;
      durable_objects: { bindings: { name: string; class_name: string }[] };
      migrations: { new_sqlite_classes: string[] }[];
      vars: Record<string, string>;
    };
    const entry = join("deploy", wrangler.main);
    const { bindings } = wrangler.durable_objects;
    expect(wrangler.migrations.flatMap((step) => step.new_sqlite_classes)).toEqual(
      bindings.map((binding) => binding.class_name),
    );
    for (const { name, class_name: object } of bindings) {
      expect(readText(entry)).toMatch(new RegExp(`export .*\\b${object}\\b`));
      expect(readText("packages/sync-relay/src/hosts/cloudflare-types.ts")).toContain(`readonly ${name}:`);
    }
    const { admission, origins } = readConfig(wrangler.vars);
    expect([admission.mode, origins.length]).toEqual(["pow", 1]);
  });

  test("ask for health where the relay listens", () => {
    const dockerfile = readText("deploy/Dockerfile");
    expect(dockerfile).toContain('"--listen", "0.0.0.0:4480"');
    expect(dockerfile).toContain("EXPOSE 4480");
    expect(dockerfile).toContain("http://127.0.0.1:4480/readyz");
    expect(dockerfile).toMatch(/^USER 10001:10001$/m);
    expect(readText("deploy/Caddyfile")).toContain("reverse_proxy relay:4480");
    expect(readText("deploy/fly.toml")).toContain("internal_port = 4480");
    for (const file of ["deploy/fly.toml", "deploy/kubernetes/relay.yaml"])
      expect(readText(file)).toContain("/readyz");
  });

  test("run the Node that the command needs", () => {
    const needed = /const NEEDED = \[(\d+), (\d+)\]/.exec(readText("packages/desktop/bin/latchkey.js"));
    const [, major, minor] = needed ?? [];
    const images = [...readText("deploy/Dockerfile").matchAll(/^FROM node:(\d+)\.(\d+)\.\d+-/gm)];
    expect(images).toHaveLength(2);
    for (const image of images) expect(image.slice(1)).toEqual([major, minor]);
  });

  test("serve the relay and the phone app on two origins, and log no path", () => {
    const caddy = readText("deploy/Caddyfile");
    expect(caddy.match(/^\{\$\w+\} \{$/gm)).toEqual(["{$RELAY_HOST} {", "{$APP_HOST} {"]);
    expect(caddy).toContain("exclude http.log.access http.log.error");
  });

  const hasCaddy = spawnSync("caddy", ["version"]).status === 0;
  test.runIf(hasCaddy)("give Caddy a file that it understands", () => {
    const { status, stderr } = spawnSync(
      "caddy",
      ["validate", "--adapter", "caddyfile", "--config", join(ROOT, "deploy/Caddyfile")],
      { encoding: "utf8", env: { ...process.env, RELAY_HOST: "relay.example", APP_HOST: "app.example" } },
    );
    expect({ status, stderr: status === 0 ? "" : stderr }).toEqual({ status: 0, stderr: "" });
  });

  test("watch metrics that there are", () => {
    const source =
      readText("packages/sync-relay/src/metrics.ts") + readText("packages/sync-relay/src/relay.ts");
    const names = [...readText("deploy/alerts.yaml").matchAll(/latchkey_relay_(\w+)/g)].map(
      ([, name = ""]) => name,
    );
    expect(names.length).toBeGreaterThan(3);
    expect(names.filter((name) => !source.includes(name.replace(/_bucket$/, "")))).toEqual([]);
  });

  test("keep the backup's file where the relay has it", () => {
    expect(readText("deploy/latchkey-relay.service")).toContain("StateDirectory=latchkey-relay");
    expect(readText("deploy/latchkey-relay-backup.service")).toContain(
      "/var/lib/private/latchkey-relay/relay.sqlite",
    );
  });

  const hasSystemd = spawnSync("systemd-analyze", ["--version"]).status === 0;
  test.runIf(hasSystemd)("are units that systemd understands", () => {
    const folder = mkdtempSync(join(tmpdir(), "latchkey-units-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const units = FILES.filter((file) => /\.(?:service|timer)$/.test(file)).map((file) => {
      const unit = join(folder, file.slice("deploy/".length));
      cpSync(join(ROOT, file), unit);
      return unit;
    });
    expect(units).toHaveLength(3);
    const { status, stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", ...units], {
      encoding: "utf8",
    });
    // A machine without a Node of its own is none of the unit's business.
    const said = stderr
      .split("\n")
      .filter((line) => line !== "" && !line.includes("/usr/bin/node is not executable"));
    expect({ status: said.length === 0 ? 0 : status, said }).toEqual({ status: 0, said: [] });
  });
});
