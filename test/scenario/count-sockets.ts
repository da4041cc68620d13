/**
 * Preloaded into a process (`node --import`): notes every way in which Node reaches the network, and every process that it starts, which
 * could do so unseen. The list is sent to the parent when the process ends.
 *
 * Every TCP and TLS connection of Node, HTTP and WebSockets included, goes through `net.Socket.prototype.connect`.
 */
import childProcess from "node:child_process";
import dgram from "node:dgram";
import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";

/** `connect HOST:PORT`, `lookup NAME`, `datagram`, `listen`, `fetch`, `spawn`. */
const seen: string[] = [];

function note(target: object, name: string, describe: (args: readonly unknown[]) => string): void {
  const functions = target as Record<string, (...args: unknown[]) => unknown>;
  const original = functions[name];
  if (original === undefined) throw new Error(`Node has no ${name}`);
  functions[name] = function (this: unknown, ...args: unknown[]) {
    seen.push(describe(args));
    return Reflect.apply(original, this, args);
  };
}

/** Arguments come as they were given or, from within Node, as one normalised list. */
function describeConnect(args: readonly unknown[]): string {
  const [first, second] = (Array.isArray(args[0]) ? args[0] : args) as [unknown, unknown];
  if (typeof first === "object" && first !== null) {
    const { host, port, path } = first as { host?: string; port?: number; path?: string };
    return `connect ${path ?? `${host ?? "localhost"}:${port}`}`;
  }
  return `connect ${typeof second === "string" ? second : "localhost"}:${String(first)}`;
}

note(net.Socket.prototype, "connect", describeConnect);
note(net.Server.prototype, "listen", () => "listen");
for (const name of ["send", "bind", "connect"]) note(dgram.Socket.prototype, name, () => "datagram");
for (const resolver of [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype]) {
  for (const name of [
    "lookup",
    "lookupService",
    "resolve",
    "resolve4",
    "resolve6",
    "resolveTxt",
    "resolveSrv",
    "reverse",
  ]) {
    if (name in resolver) note(resolver, name, ([host]) => `lookup ${String(host)}`);
  }
}
note(globalThis, "fetch", ([url]) => `fetch ${String(url)}`);
for (const name of ["spawn", "spawnSync", "fork", "exec", "execSync", "execFile", "execFileSync"]) {
  note(childProcess, name, () => `spawn`);
}
syncBuiltinESMExports();

process.on("exit", () => process.send?.({ sockets: seen }));
