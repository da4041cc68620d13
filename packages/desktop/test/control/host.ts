/** A host process on the socket argv[2]: says that it serves, or the code of what keeps it from serving. */
import { serveControl } from "../../src/control/serve-control.ts";

try {
  await serveControl({
    path: process.argv[2] as string,
    handle: async (method) => ({ method, pid: process.pid }),
    onFault: (error) => console.error(error),
  });
  console.log("serving");
} catch (error) {
  console.log((error as { code: string }).code);
}
