/** The memory store keeps the contract. */
import { createMemoryStore } from "../src/store/memory.ts";
import { bytesOf } from "./rig.ts";
import { describeInviteContract, describeStoreContract } from "./store-contract.ts";

describeStoreContract("memory store", (limits) => createMemoryStore(bytesOf(16), limits));
describeInviteContract("memory store", (limits) => createMemoryStore(bytesOf(16), limits));
