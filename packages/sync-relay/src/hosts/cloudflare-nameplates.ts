/**
 * The one object that knows which nameplate leads to which mailbox: it gives out the numbers, and finds the mailbox of one for the Worker.
 * Whether a number can still be claimed, and by whom, its mailbox judges. Lookups are counted here, because every guess comes here.
 */
import {
  formatId,
  type MailboxId,
  MAX_MAILBOX_TTL_SECONDS,
  type Nameplate,
} from "@latchkey/core/relay-protocol";
import { groupOf } from "../address.ts";
import { createBuckets } from "../rate.ts";
import { drawNameplate, NAMEPLATE_TRIES } from "../store/nameplate.ts";
import { callerOf, clock, idOf, random, readSettings } from "./cloudflare-relay.ts";
import type { Env, ObjectState } from "./cloudflare-types.ts";

const SECONDS_PER_HOUR = 3600;
const MAILBOX_ID_BYTES = 16;
const PLACE = "https://nameplates.invalid/";

export class RelayNameplates {
  readonly #state: ObjectState;
  readonly #lookups: ReturnType<typeof createBuckets>;

  constructor(state: ObjectState, env: Env) {
    this.#state = state;
    const { nameplateClaimsPerIpGroupPerHour: perHour } = readSettings(env).limits;
    this.#lookups = createBuckets(perHour, perHour / SECONDS_PER_HOUR, clock);
    state.storage.sql.exec(
      "CREATE TABLE IF NOT EXISTS nameplate (number INTEGER PRIMARY KEY, mailbox TEXT, ends INTEGER)",
    );
  }

  /** `POST /?mailbox=…` gives a number; `GET /<number>` its mailbox. 404: there is none. */
  async fetch(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const mailbox = url.searchParams.get("mailbox");
    if (mailbox !== null) return answer(await this.#draw(mailbox));
    this.#lookups.prune();
    const waitMs = this.#lookups.take(groupOf(callerOf(request).address));
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
    sql.exec("DELETE FROM nameplate WHERE ends <= ?", clock.now());
    const [left] = [...sql.exec("SELECT max(ends) AS ends FROM nameplate")];
    if (typeof left?.["ends"] === "number") await this.#state.storage.setAlarm(left["ends"]);
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
      await this.#state.storage.setAlarm(ends);
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
