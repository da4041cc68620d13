/** An import and an export of 10 000 passkeys, as the host does them: every key tried, sealed, saved; every key opened, seen to be its record's, written. */
import { startChild } from "./child.ts";
import type { Bench, Figure } from "./measure.ts";

const PASSKEYS = 10_000;
const PROGRAM = new URL("moving-process.ts", import.meta.url);

export async function measureMoving(bench: Bench): Promise<Figure[]> {
  bench.progress(`importing and exporting ${PASSKEYS} passkeys in a process of their own`);
  const child = startChild(PROGRAM);
  const { floor: alone } = await child.ask({ passkeys: PASSKEYS });
  const taken = await child.receive();
  const given = await child.receive();
  await child.stop();
  const perSecond = (ms: number): number => Math.round((PASSKEYS / ms) * 1000);
  const floor = { name: "parse + one signature a key", value: perSecond(alone as number) };
  return [
    {
      what: "import of 10 000 passkeys",
      unit: "/s",
      ours: perSecond(taken["taken"] as number),
      floor,
      target: null,
      note: `the whole process at its highest ${Math.round((taken["peak"] as number) / 1e6)} MB, with the file; in the end ${(taken["epoch"] as number) > 0 ? "the vault's keys are changed, for the log is long" : "the vault's keys are as they were"}`,
    },
    {
      what: "export of 10 000 passkeys as CXF",
      unit: "/s",
      ours: perSecond(given["given"] as number),
      floor,
      target: null,
      note: `the whole process at its highest ${Math.round((given["peak"] as number) / 1e6)} MB, after the import`,
    },
  ];
}
