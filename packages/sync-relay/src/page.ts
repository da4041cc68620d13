/** The page at `/`: what this server is, in plain words, with what is true of it now. Nothing in it comes from a request. */
import type { RelayInfo } from "./relay.ts";

const WHO_MAY_JOIN: Readonly<Record<string, string>> = {
  open: "Anybody may keep a vault here, within limits.",
  invite: "New vaults need an invitation from whoever runs it.",
  allowlist: "New vaults need a token from whoever runs it.",
  pow: "Anybody may keep a vault here whose device does some work for it first.",
  hook: "Whoever runs it decides about new vaults.",
};

const escape = (text: string): string =>
  text.replaceAll(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

export function renderPage({ software, admission, contact, limits }: RelayInfo, sockets: number): string {
  const [mode = ""] = admission.split(":");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>A mailbox for Latchkey</title>
<style>body { font: 1.05rem/1.5 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem }</style>
<h1>A mailbox for Latchkey</h1>
<p>This server forwards and keeps sealed changes between the devices of one person, for as long as they are not online together.
It has no accounts, holds no key and can open nothing.</p>
<h2>What it cannot see</h2>
<p>Sites, user names, passkeys, notes, names of devices, whose vault it is, what was changed.</p>
<h2>What it can see</h2>
<ul>
<li>for each vault a random number, and by which invitation it came here
<li>how many devices it has, each under a number that means nothing elsewhere
<li>how much each of them wrote, in padded sizes, and on which days
<li>the network address of a device while it is connected, and when it is; neither is written down
</ul>
<h2>What it does with it</h2>
<p>It forgets a vault that no device asked for in ${limits.roomIdleDays} days. Backups are kept for ${limits.backupDays} days.
${WHO_MAY_JOIN[mode] ?? ""} Each device holds everything itself: if this server is lost, they fill another one.</p>
<p>Now: ${sockets} connected, ${escape(software)}. <a href="/v1/info">All its limits</a>.
${contact === null ? "" : `Run by: ${escape(contact)}`}</p>
</html>
`;
}
