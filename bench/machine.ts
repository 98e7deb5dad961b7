/** Where figures come from: without it they say nothing. */
import { cpus, loadavg, totalmem } from 'node:os';

export const load = (): string => (loadavg()[0] ?? 0).toFixed(1);

export function machine(loadAtStart: string): string {
  const [cpu] = cpus();
  return [
    `${cpu?.model.trim() ?? 'unknown CPU'}, ${cpus().length} cores`,
    `${Math.round(totalmem() / 2 ** 30)} GiB`,
    `${process.platform}`,
    `Node ${process.versions.node}`,
    `load average ${loadAtStart} before, ${load()} after`,
  ].join('; ');
}
