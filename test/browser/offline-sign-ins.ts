/**
 * A browser, a vault and websites in a network of their own that has nothing but loopback: ten sign-ins, and what the kernel says of other
 * ways. A program of its own, started in that network; prints one line of JSON.
 */
import { networkInterfaces } from "node:os";
import { connect } from "node:net";
import { startRig, visitorOf } from "./extension-rig.ts";
import { register, signIn } from "./relying-party.ts";
import { SHOP } from "./test-sites.ts";

const outside = await new Promise<string>((resolve) => {
  const socket = connect({ host: "192.0.2.1", port: 443 });
  socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? ""));
  socket.on("connect", () => resolve("connected"));
});
const rig = await startRig();
try {
  const standing = await rig.look();
  const origin = rig.sites.origin(SHOP);
  const visitor = visitorOf(rig, await rig.open(origin));
  const known = await register(origin, visitor, -7, "required");
  let count = 0;
  for (; count < 10; count++)
    await signIn(origin, visitor, known, { listed: count % 2 === 0, comparesCounters: true });
  const faults = rig.faults.map(String);
  console.log(
    JSON.stringify({ outside, interfaces: Object.keys(networkInterfaces()), standing, count, faults }),
  );
} finally {
  await rig.close();
}
process.exit(0);
