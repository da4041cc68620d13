/** The vault file and the store in memory keep the contract of the `DeviceStore` port. */
// @boundaries-ignore the suites of test/contract are for every package
import { describeDeviceStore } from "../../../../test/contract/device-store.ts";
import { createMemoryStore } from "../../src/vault-file/vault-file.ts";
import { createVaultFileHarness } from "./harness.ts";

describeDeviceStore("the vault file", true, createVaultFileHarness);
describeDeviceStore("the store in memory", false, () => ({
  open: async () => createMemoryStore(),
  dispose: async () => {},
}));
