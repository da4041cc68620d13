/** The machine that the figures come from. */
import { closeSync, fsyncSync, openSync, rmSync, writeSync } from "node:fs";
import { arch, availableParallelism, cpus, loadavg, platform, totalmem } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { percentile } from "./measure.ts";

export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  /** Of one page of 4 KiB in the folder that is measured in; milliseconds. */
  readonly fsyncP50: number;
  readonly fsyncP95: number;
  /** Processes that wanted to run, over the last minute: more than the cores means that others were busy. */
  readonly load: number;
  /** ISO 8601. */
  readonly date: string;
}

const FSYNCS = 100;

export function describeMachine(folder: string): Machine {
  const fsyncs = measureFsyncs(folder);
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${arch()}`,
    node: process.versions.node,
    fsyncP50: percentile(fsyncs, 0.5),
    fsyncP95: percentile(fsyncs, 0.95),
    load: loadavg()[0] ?? 0,
    date: new Date().toISOString().slice(0, 10),
  };
}

export function formatMachine(machine: Machine): string {
  const { cores, cpu, memoryGiB, system, node, load } = machine;
  const fsync = `fsync p50 ${machine.fsyncP50.toFixed(2)} ms, p95 ${machine.fsyncP95.toFixed(2)} ms`;
  return `${machine.date} · ${cores} cores ${cpu}, ${memoryGiB} GiB · ${system} · Node ${node} · ${fsync} · load ${load.toFixed(1)} at the start`;
}

function measureFsyncs(folder: string): number[] {
  const path = join(folder, "fsync");
  const file = openSync(path, "w");
  const page = Buffer.alloc(4096, 1);
  try {
    return Array.from({ length: FSYNCS }, () => {
      const start = performance.now();
      writeSync(file, page);
      fsyncSync(file);
      return performance.now() - start;
    });
  } finally {
    closeSync(file);
    rmSync(path);
  }
}
