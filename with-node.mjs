/**
 * Runs Node 24 whatever Node the machine has: `node with-node.mjs <options and script for node>`.
 *
 * The lockfile brings Node as a platform package. npm 11 links it into node_modules/.bin, so that scripts find it; npm 10 and older
 * lose that link (the packages of all platforms carry a program of one name). Where no such package exists, as on macOS, the machine's
 * own Node is taken and has to be new enough. Plain JavaScript for old Nodes; nothing but this file may depend on it.
 */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";

/** What is tested; crypto.argon2 came with 24.7. */
const LEAST = [24, 21];

function findNode() {
  const program = process.platform === "win32" ? "bin/node.exe" : "bin/node";
  const name = process.platform === "win32" ? "win" : process.platform;
  try {
    return createRequire(import.meta.url).resolve(`node-${name}-${process.arch}/${program}`);
  } catch {
    return process.execPath;
  }
}

const node = findNode();
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (node === process.execPath && (major < LEAST[0] || (major === LEAST[0] && minor < LEAST[1]))) {
  console.error(
    `latchkey needs Node ${LEAST.join(".")} or newer, this is ${process.version}: run "npm ci", or install Node 24`,
  );
  process.exit(1);
}

const child = spawn(node, process.argv.slice(2), { stdio: "inherit" });
// The terminal sends an interrupt to both; the child decides what comes of it.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => child.kill("SIGTERM"));
child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));
