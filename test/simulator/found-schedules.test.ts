/**
 * Schedules in which the simulator found a promise broken, as short as it made them, each under the name of what was wrong: red without the repair,
 * kept since. (What it found in situations that the design names stands with those: `named-schedules.test.ts`.)
 */
import { describe, expect, test } from "vitest";
import { runSchedule } from "./run.ts";
import { parseSchedule } from "./schedule.ts";

const found: Readonly<Record<string, string>> = {
  "a relay that went back in silence kept a device from the record of an epoch for ever":
    '{"seed":33,"devices":4,"relays":1,"steps":[{"do":"harm","with":{"device":892148,"harm":0,"oneIn":1},"pause":0},{"do":"lie","with":{"relay":694675,"lie":5,"draw":416737,"anew":0},"pause":0},{"do":"partition","with":{"device":60902,"relay":96509},"pause":0},{"do":"clear","with":{"device":875081,"passkey":1,"register":17},"pause":87},{"do":"removeDevice","with":{"device":573361,"victim":160347},"pause":102},{"do":"beacon","with":{"device":188414},"pause":9487},{"do":"edit","with":{"device":808610,"passkey":1,"register":13,"value":174447},"pause":0},{"do":"goBack","with":{"relay":34894,"writes":636071,"wiped":0,"asNew":0},"pause":0}]}',
  "an edit of a passkey was issued again before the passkey":
    '{"seed":128,"devices":2,"relays":2,"steps":[{"do":"clone","with":{"device":456028},"pause":51},{"do":"harm","with":{"device":385706,"harm":0,"oneIn":0},"pause":0},{"do":"add","with":{"device":114000,"number":1015911},"pause":93},{"do":"changeKeys","with":{"device":457931},"pause":4888},{"do":"healNetwork","with":{},"pause":0},{"do":"edit","with":{"device":467676,"passkey":1,"register":3,"value":780460},"pause":14953},{"do":"edit","with":{"device":550919,"passkey":0,"register":1,"value":205078},"pause":14287}]}',
};

describe("kept since the repair:", () => {
  test.each(Object.keys(found))("%s", async (name) => {
    const { violation } = await runSchedule(parseSchedule(found[name]!));
    expect(violation).toBeNull();
  });
});
