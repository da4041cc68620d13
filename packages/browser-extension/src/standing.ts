/**
 * Whether Latchkey answers the websites of this browser profile, and why not. It steps aside rather than to fail: while the host cannot
 * answer, the browser's own ways (security keys, phones, the system) go on working, for with the proxy attached they do not.
 */
import { api } from "./chrome-api.ts";
import type { Standing } from "./host-message.ts";
import type { HostPort } from "./host-port.ts";
import { readWish, writeWish } from "./wish.ts";

/** How long the browser's own ways have, when the person wants one of them. */
const ASIDE_MS = 60_000;

export interface StandingKeeper {
  readonly standing: Standing;
  /** Looks again at everything, and attaches or detaches. */
  settle(): Promise<Standing>;
  /** By hand; remembered. */
  switch(isOn: boolean): Promise<Standing>;
  /** Lets the browser's own ways answer for a minute. */
  stepAside(): Promise<Standing>;
}

export function createStandingKeeper(host: HostPort, onChange: (standing: Standing) => void): StandingKeeper {
  let standing: Standing = "starting";
  let asideUntil = 0;
  /** One settling after another: attaching and detaching must not overtake each other. */
  let turn: Promise<unknown> = Promise.resolve();

  async function decide(): Promise<Standing> {
    if (!(await readWish())) return "off";
    if (Date.now() < asideUntil) return "aside";
    const reached = await host.ask();
    return reached === "ready" ? attach() : reached;
  }

  async function settleNow(): Promise<Standing> {
    const next = await decide();
    if (next !== "answering") await detach();
    standing = next;
    host.send({ type: "standing", standing });
    onChange(standing);
    return standing;
  }

  function settle(): Promise<Standing> {
    const settled = turn.then(settleNow);
    turn = settled.catch(() => {});
    return settled;
  }

  return {
    get standing() {
      return standing;
    },
    settle,
    async switch(isOn) {
      await writeWish(isOn);
      if (isOn) asideUntil = 0;
      return settle();
    },
    stepAside() {
      asideUntil = Date.now() + ASIDE_MS;
      setTimeout(() => void settle(), ASIDE_MS + 1);
      return settle();
    },
  };
}

async function attach(): Promise<"answering" | "other-extension"> {
  try {
    return (await api.webAuthenticationProxy.attach()) === undefined ? "answering" : "other-extension";
  } catch {
    return "other-extension";
  }
}

async function detach(): Promise<void> {
  try {
    await api.webAuthenticationProxy.detach();
  } catch {
    // It was not attached.
  }
}
