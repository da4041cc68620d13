/**
 * Our own class as Windows uses it: activated through COM, which starts its process if none runs, and asked for its lock status. For the
 * doctor alone: the calls wait for another process, so the process that serves the class must not make them.
 */
import { getNumber, release } from "./com-call.ts";
import { parseGuid } from "./guid.ts";
import { checkHresult } from "./hresult.ts";
import { createComRuntime } from "./ole32.ts";
import { requireSystemLibrary } from "./system-library.ts";

const IID_PLUGIN_AUTHENTICATOR = parseGuid("d26bcf6f-b54c-43ff-9f06-d5bf148625f7");
const CLSCTX_LOCAL_SERVER = 4;
const GET_LOCK_STATUS = 6;
const UNLOCKED = 1;

/** Throws `HresultError` when the class cannot be activated or does not answer. COM gives a server two minutes to appear. */
export function askOwnClass(clsid: Uint8Array): "locked" | "unlocked" {
  createComRuntime().enterApartment();
  const create = requireSystemLibrary("ole32.dll").get("CoCreateInstance", "int32_t", [
    "void *",
    "void *",
    "uint32_t",
    "void *",
    "void *",
  ]);
  const out = Buffer.alloc(8);
  const made = create(
    Buffer.from(clsid),
    null,
    CLSCTX_LOCAL_SERVER,
    Buffer.from(IID_PLUGIN_AUTHENTICATOR),
    out,
  ) as number;
  checkHresult(made, "CoCreateInstance");
  const object = out.readBigUInt64LE();
  try {
    return getNumber("GetLockStatus", object, GET_LOCK_STATUS) === UNLOCKED ? "unlocked" : "locked";
  } finally {
    release(object);
  }
}
