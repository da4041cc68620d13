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
  "a device that was added while the keys were changed heard of no epoch after the next":
    '{"seed":3058,"devices":3,"relays":1,"steps":[{"do":"removeDevice","with":{"device":92009,"victim":289619},"pause":0},{"do":"pair","with":{"device":616234,"joins":5},"pause":3418},{"do":"changeKeys","with":{"device":847462},"pause":1862}]}',
  "a device that was put out let another one into an epoch that had ended":
    '{"seed":24,"devices":3,"relays":1,"steps":[{"do":"changeKeys","with":{"device":324263},"pause":117},{"do":"pair","with":{"device":785157,"joins":1},"pause":15702},{"do":"removeDevice","with":{"device":560062,"victim":557055},"pause":117}]}',
  "a device that was added while a passkey was erased found no way into a third epoch":
    '{"seed":749,"devices":2,"relays":1,"steps":[{"do":"harm","with":{"device":13511,"harm":1,"oneIn":2},"pause":0},{"do":"edit","with":{"device":1010078,"passkey":1,"register":15,"value":420272},"pause":85},{"do":"edit","with":{"device":171643,"passkey":1,"register":8,"value":994330},"pause":91},{"do":"pair","with":{"device":415083,"joins":6},"pause":0},{"do":"purge","with":{"device":819264,"passkey":66333},"pause":0},{"do":"rest","with":{"ms":1310157},"pause":0},{"do":"changeKeys","with":{"device":290658},"pause":0},{"do":"lie","with":{"relay":720485,"lie":5,"draw":357451,"anew":0},"pause":16106}]}',
  "a snapshot that was damaged on its way to the relay stood there for ever":
    '{"seed":138,"devices":3,"relays":1,"steps":[{"do":"edit","with":{"device":342312,"passkey":0,"register":5,"value":63005},"pause":7720},{"do":"harm","with":{"device":752372,"harm":4,"oneIn":5},"pause":0},{"do":"cut","with":{"device":54911,"relay":121064,"late":42472},"pause":11281},{"do":"start","with":{"device":502091},"pause":15781},{"do":"edit","with":{"device":417655,"passkey":0,"register":5,"value":846132},"pause":12},{"do":"edit","with":{"device":189409,"passkey":0,"register":10,"value":658196},"pause":65},{"do":"changeKeys","with":{"device":439912},"pause":22},{"do":"removeDevice","with":{"device":290527,"victim":607661},"pause":88},{"do":"edit","with":{"device":185227,"passkey":0,"register":0,"value":1026328},"pause":54}]}',
  "an edit of a passkey that a removed device had made too late waited for that passkey":
    '{"seed":252,"devices":4,"relays":2,"steps":[{"do":"removeDevice","with":{"device":943560,"victim":461024},"pause":0},{"do":"add","with":{"device":139304,"number":514506},"pause":36},{"do":"edit","with":{"device":267327,"passkey":1,"register":10,"value":98008},"pause":0}]}',
  "a value was kept by one copy of a device and replaced by the other":
    '{"seed":177,"devices":3,"relays":1,"steps":[{"do":"lie","with":{"relay":117099,"lie":1,"draw":855717,"anew":0},"pause":0},{"do":"edit","with":{"device":65870,"passkey":0,"register":16,"value":735041},"pause":0},{"do":"lock","with":{"device":994145,"back":7918},"pause":26},{"do":"clone","with":{"device":1008980},"pause":0},{"do":"edit","with":{"device":878476,"passkey":0,"register":10,"value":317388},"pause":73},{"do":"add","with":{"device":982355,"number":552184},"pause":26},{"do":"resolve","with":{"device":334085,"passkey":487261,"index":0},"pause":0},{"do":"edit","with":{"device":139010,"passkey":0,"register":13,"value":15457},"pause":15317},{"do":"pair","with":{"device":521465,"joins":2},"pause":37},{"do":"edit","with":{"device":877497,"passkey":1,"register":11,"value":682874},"pause":0}]}',
  "a copy of an entry with a damaged signature stood at the relay in the place of the true one":
    '{"seed":781,"devices":2,"relays":1,"steps":[{"do":"edit","with":{"device":1016007,"passkey":0,"register":1,"value":903494},"pause":0},{"do":"edit","with":{"device":897305,"passkey":0,"register":4,"value":963006},"pause":113},{"do":"harm","with":{"device":531860,"harm":4,"oneIn":1},"pause":0},{"do":"add","with":{"device":109902,"number":905022},"pause":82},{"do":"edit","with":{"device":299780,"passkey":1,"register":9,"value":1037449},"pause":0},{"do":"cut","with":{"device":463461,"relay":759952,"late":3367},"pause":5912},{"do":"crash","with":{"device":225172,"back":8278},"pause":0},{"do":"start","with":{"device":223578},"pause":0},{"do":"resolve","with":{"device":600761,"passkey":506121,"index":2},"pause":109}]}',
  "a device that came back into an epoch looked after its log as one that it had left":
    '{"seed":1453,"devices":3,"relays":2,"steps":[{"do":"removeDevice","with":{"device":989219,"victim":41156},"pause":82},{"do":"harm","with":{"device":166037,"harm":4,"oneIn":1},"pause":16517},{"do":"healNetwork","with":{},"pause":0},{"do":"cut","with":{"device":598487,"relay":878377,"late":19365},"pause":3591},{"do":"changeKeys","with":{"device":388312},"pause":0},{"do":"changeKeys","with":{"device":476500},"pause":11811},{"do":"goBack","with":{"relay":759545,"writes":999704,"wiped":0,"asNew":1},"pause":5360},{"do":"add","with":{"device":826278,"number":233413},"pause":0},{"do":"edit","with":{"device":602622,"passkey":0,"register":10,"value":808021},"pause":19474},{"do":"add","with":{"device":588665,"number":681529},"pause":0}]}',
};

describe("kept since the repair:", () => {
  test.each(Object.keys(found))("%s", async (name) => {
    const { violation } = await runSchedule(parseSchedule(found[name]!));
    expect(violation).toBeNull();
  });
});
