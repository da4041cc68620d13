/** The store that nobody keeps keeps the port's contract while it lasts. */
// @boundaries-ignore the suites of test/contract are for every package
import { describeDeviceStore } from "../../../test/contract/device-store.ts";
import { createScratchStore } from "../src/scratch-store.ts";

describeDeviceStore("a scratch store", false, () => ({
  open: async () => createScratchStore(),
  dispose: async () => {},
}));
