/**
 * The one object that knows which nameplate leads to which mailbox: it gives out the numbers, and finds the mailbox of one for the Worker.
 * Whether a number can still be claimed, and by whom, its mailbox judges. Lookups are counted here, because every guess comes here.
 */
import { createHmac } from "node:crypto";
import {
  encodeHex,
  formatId,
  type MailboxId,
  MAX_MAILBOX_TTL_SECONDS,
  type Nameplate,
} from "@latchkey/core/relay-protocol";
import { groupOf, type IpGroup } from "../address.ts";
import { drawNameplate, NAMEPLATE_TRIES } from "../store/nameplate.ts";
import { callerOf, clock, idOf, random, readSettings } from "./cloudflare-relay.ts";
import type { Env, ObjectState } from "./cloudflare-types.ts";

const MS_PER_HOUR = 3_600_000;
const MAILBOX_ID_BYTES = 16;
const KEY_BYTES = 32;
const PLACE = "https://nameplates.invalid/";

export class RelayNameplates {
  readonly #state: ObjectState;
  readonly #lookupsPerHour: number;

  constructor(state: ObjectState, env: Env) {
    this.#state = state;
    this.#lookupsPerHour = readSettings(env).limits.nameplateClaimsPerIpGroupPerHour;
    state.storage.sql.exec(
      `CREATE TABLE IF NOT EXISTS nameplate (number INTEGER PRIMARY KEY, mailbox TEXT, ends INTEGER);
       CREATE TABLE IF NOT EXISTS lookups (tag TEXT PRIMARY KEY, ends INTEGER);
       CREATE TABLE IF NOT EXISTS tag_key (key TEXT)`,
    );
  }

  /** `POST /?mailbox=…` gives a number; `GET /<number>` its mailbox. 404: there is none. */
  async fetch(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const mailbox = url.searchParams.get("mailbox");
    if (mailbox !== null) return answer(await this.#draw(mailbox));
    const waitMs = await this.#countLookup(groupOf(callerOf(request).address));
    if (waitMs > 0) {
      return new Response(null, {
        status: 429,
        headers: { "retry-after": String(Math.ceil(waitMs / 1000)) },
      });
    }
    return answer(this.#find(Number(url.pathname.slice(1))));
  }

  /** Nothing outlives its minutes. */
  async alarm(): Promise<void> {
    const { sql } = this.#state.storage;
    for (const table of ["nameplate", "lookups"])
      sql.exec(`DELETE FROM ${table} WHERE ends <= ?`, clock.now());
    sql.exec("DELETE FROM tag_key WHERE NOT EXISTS (SELECT 1 FROM lookups)");
    await this.#wake();
  }

  /** When the next row is over. */
  async #wake(): Promise<void> {
    const rows = "SELECT ends FROM nameplate UNION SELECT ends FROM lookups";
    const [next] = [...this.#state.storage.sql.exec(`SELECT min(ends) AS ends FROM (${rows})`)];
    if (typeof next?.["ends"] === "number") await this.#state.storage.setAlarm(next["ends"]);
  }

  /**
   * Counts a lookup, or says how many milliseconds it is too early. The same rate as everywhere (`rate.ts`), as one time for each source:
   * when all that it looked up is paid for. In the storage, because this object sleeps, and whoever guesses would only have to wait for that;
   * under a hash whose key goes when there is nothing left to count.
   */
  async #countLookup(group: IpGroup): Promise<number> {
    const { sql } = this.#state.storage;
    const now = clock.now();
    sql.exec(
      "INSERT INTO tag_key SELECT ? WHERE NOT EXISTS (SELECT 1 FROM tag_key)",
      encodeHex(random(KEY_BYTES)),
    );
    const tagKey = String([...sql.exec("SELECT key FROM tag_key")][0]?.["key"]);
    const paid = group.map(({ key, factor }) => {
      const tag = createHmac("sha256", tagKey).update(key).digest("hex");
      const [row] = [...sql.exec("SELECT ends FROM lookups WHERE tag = ?", tag)];
      return {
        tag,
        ends: Math.max(now, Number(row?.["ends"] ?? 0)) + MS_PER_HOUR / (this.#lookupsPerHour * factor),
      };
    });
    const waitMs = Math.max(...paid.map(({ ends }) => ends - now - MS_PER_HOUR));
    if (waitMs > 0) return Math.min(waitMs, MS_PER_HOUR);
    for (const { tag, ends } of paid) sql.exec("INSERT OR REPLACE INTO lookups VALUES (?, ?)", tag, ends);
    await this.#wake();
    return 0;
  }

  #find(number: number): string | null {
    const found = this.#state.storage.sql.exec(
      "SELECT mailbox FROM nameplate WHERE number = ? AND ends > ?",
      number,
      clock.now(),
    );
    return ([...found][0]?.["mailbox"] as string | undefined) ?? null;
  }

  async #draw(mailbox: string): Promise<Nameplate | null> {
    const { sql } = this.#state.storage;
    const ends = clock.now() + MAX_MAILBOX_TTL_SECONDS * 1000;
    sql.exec("DELETE FROM nameplate WHERE ends <= ? OR mailbox = ?", clock.now(), mailbox);
    const [count] = [...sql.exec("SELECT count(*) AS alive FROM nameplate")];
    for (let tries = 0; tries < NAMEPLATE_TRIES; tries++) {
      const number = drawNameplate(random, Number(count?.["alive"]));
      if (this.#find(number) !== null) continue;
      sql.exec("INSERT INTO nameplate VALUES (?, ?, ?)", number, mailbox, ends);
      await this.#wake();
      return number;
    }
    return null;
  }
}

const answer = (found: string | number | null): Response =>
  found === null ? new Response(null, { status: 404 }) : new Response(String(found));

const directoryOf = ({ NAMEPLATES }: Env) => NAMEPLATES.get(NAMEPLATES.idFromName("all"));

/** A number for this mailbox; `null`: none is free. */
export async function askNumber(env: Env, mailbox: string): Promise<Nameplate | null> {
  const response = await directoryOf(env).fetch(`${PLACE}?mailbox=${mailbox}`, { method: "POST" });
  return response.ok ? (Number(await response.text()) as Nameplate) : null;
}

/** Hands a socket's upgrade to the object that it is for. A number that nobody has leads to a mailbox that nobody has. */
export async function routeSocket(env: Env, request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const id = idOf(request);
  const objectOf = (objects: Env["ROOMS"], name: string) => objects.get(objects.idFromName(name));
  if (pathname.startsWith("/v1/rooms/")) return objectOf(env.ROOMS, id).fetch(request);
  if (pathname.startsWith("/v1/mailboxes/")) return objectOf(env.MAILBOXES, id).fetch(request);
  const headers = { "cf-connecting-ip": callerOf(request).address };
  const found = await directoryOf(env).fetch(`${PLACE}${id}`, { headers });
  if (found.status === 429) return found;
  const mailbox = found.ok ? await found.text() : formatId(random(MAILBOX_ID_BYTES) as MailboxId);
  return objectOf(env.MAILBOXES, mailbox).fetch(request);
}
