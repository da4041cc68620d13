#!/usr/bin/env node
/** The native messaging host of the browser extension. Browsers start it through the launcher that `latchkey browser install` writes. */
const { runNativeHost } = await import("../src/browser/run-native-host.ts");
await runNativeHost(process);
