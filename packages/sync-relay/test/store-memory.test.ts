/** The stores in memory keep their contracts. */
import { createMemoryMailboxes } from "../src/store/memory-mailboxes.ts";
import { createMemoryStore } from "../src/store/memory.ts";
import { describeMailboxContract } from "./mailbox-contract.ts";
import { bytesOf, randomOf } from "./rig.ts";
import { describeInviteContract, describeStoreContract } from "./store-contract.ts";

describeStoreContract("memory store", (limits) => createMemoryStore(bytesOf(16), limits));
describeInviteContract("memory store", (limits) => createMemoryStore(bytesOf(16), limits));
describeMailboxContract("mailboxes in memory", (limits, clock) => {
  const one = createMemoryMailboxes(limits, clock, randomOf);
  return { one, other: one };
});
