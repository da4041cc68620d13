/** Every kind of action by its name in a schedule. */
import type { Action } from "./action.ts";
import { beacon } from "./actions/beacon.ts";
import { chooseEpoch } from "./actions/choose-rival.ts";
import * as epochs from "./actions/epochs.ts";
import * as items from "./actions/items.ts";
import * as life from "./actions/life.ts";
import * as network from "./actions/network.ts";
import * as page from "./actions/page.ts";
import { approve, pair, pairOnProbation } from "./actions/pair.ts";
import * as relay from "./actions/relay.ts";

const { REGISTERS: _, ...acts } = items;
const { change: _change, ...changes } = epochs;

export const ACTIONS: Readonly<Record<string, Action>> = {
  ...acts,
  ...life,
  ...changes,
  ...network,
  ...relay,
  ...page,
  beacon,
  chooseEpoch,
  approve,
  pair,
  pairOnProbation,
};
