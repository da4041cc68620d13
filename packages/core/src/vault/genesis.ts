/**
 * The root that every vault grows from: one change with a fixed actor and time 0, byte-identical everywhere, for roots that devices
 * make apart do not merge. It makes every container there will ever be (sync-protocol.md § 3).
 */
import * as Automerge from "@automerge/automerge";
import { encodeHex, encodeUtf8 } from "../bytes/text.ts";
import { SCHEMA_VERSION, shardName, SHARDS } from "./schema.ts";

/** The document inside WebAssembly. Its plain reads and writes cost a tenth of the JavaScript proxies around it. */
export type Backend = ReturnType<typeof Automerge.getBackend>;

const ACTOR = encodeHex(encodeUtf8("latchkey-genesis"));
/** Operation 1 sets `schema`, 2 to 65 make the shards, 66 makes `settings`. */
const FIRST_SHARD_OPERATION = 2;

/** The object ids of the containers: the same in every vault. */
export const SHARD_OBJECTS: readonly string[] = Array.from(
  { length: SHARDS },
  (_, shard) => `${FIRST_SHARD_OPERATION + shard}@${ACTOR}`,
);
export const SETTINGS_OBJECT = `${FIRST_SHARD_OPERATION + SHARDS}@${ACTOR}`;
export const SCHEMA_KEY = "schema";
export const SETTINGS_KEY = "settings";

/** The genesis change, 337 bytes. */
export function makeGenesisChange(): Uint8Array {
  const make = (key: string) => ({ action: "makeMap", obj: "_root", key, pred: [] });
  return Automerge.encodeChange({
    actor: ACTOR,
    author: null,
    seq: 1,
    startOp: 1,
    time: 0,
    message: null,
    deps: [],
    ops: [
      { action: "set", obj: "_root", key: SCHEMA_KEY, value: SCHEMA_VERSION, datatype: "uint", pred: [] },
      ...SHARD_OBJECTS.map((_, shard) => make(shardName(shard))),
      make(SETTINGS_KEY),
    ],
  });
}

/** An empty backend, without even genesis. */
export const createBackend = (): Backend => Automerge.getBackend(Automerge.init());

/** SHA-256 of the genesis change, in hex. A test keeps it equal to what `makeGenesisChange` makes. */
export const GENESIS_HASH = "71af3cc49b3377ee9259d52a93bcd8c1673539c339d1ef1b7c1cc7f3aea1214f";

/** Whether every container is the one that genesis made, and nothing else. */
export function hasGenesis(backend: Backend): boolean {
  if (backend.getChangeMetaByHash(GENESIS_HASH) === null) return false;
  return (
    isContainer(backend, SETTINGS_KEY, SETTINGS_OBJECT) &&
    SHARD_OBJECTS.every((object, shard) => isContainer(backend, shardName(shard), object))
  );
}

function isContainer(backend: Backend, key: string, object: string): boolean {
  const all = backend.getAll("_root", key);
  return all.length === 1 && all[0]?.[0] === "map" && all[0][1] === object;
}
