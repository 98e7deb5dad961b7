import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { makeImage } from './image.ts';
import { findServers, type Servers } from './servers.ts';

declare module 'vitest' {
  interface ProvidedContext {
    servers: Servers;
    /** File with an embedded database that has all tables, to start from in a tenth of the time. */
    image: string;
  }
}

export default async function setup(project: TestProject): Promise<() => void> {
  const image = join(tmpdir(), `signalbox-image-${process.pid}.tar`);
  writeFileSync(image, await makeImage());
  project.provide('image', image);
  project.provide('servers', await findServers());
  return () => rmSync(image, { force: true });
}
