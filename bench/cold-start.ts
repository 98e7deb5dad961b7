/** From nothing to a gateway that is ready. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { compared, type Line, type Measurement, takingTurns } from './harness.ts';
import { ServerProcess, startGateway } from './processes.ts';
import { createEmbedded, createOnServer, type Database } from './stores.ts';

export const coldStart: Measurement = {
  name: 'cold-start',
  async measure({ rounds }) {
    await using embedded = createEmbedded();
    await using bare = createEmbedded();
    await using server = await createOnServer();
    const { DATA_DIR } = bare.environment;

    const fresh = await takingTurns(rounds, {
      'bare node:http': untilReady(bareNode),
      'bare PGlite, an empty folder': async () => {
        empty(DATA_DIR);
        return untilReady(() => barePglite(DATA_DIR))();
      },
      'Signalbox, an empty folder': async () => {
        empty(embedded.environment.DATA_DIR);
        return gatewayOn(embedded)();
      },
    });
    const again = await takingTurns(rounds, {
      'bare node:http': untilReady(bareNode),
      'bare PGlite, the same folder': untilReady(() => barePglite(DATA_DIR)),
      'Signalbox, the same folder': gatewayOn(embedded),
      ...(server && { 'Signalbox, Postgres': gatewayOn(server) }),
    });
    return [...lines('first start until ready', fresh), ...lines('start again until ready', again)];
  },
};

const lines = (what: string, results: Parameters<typeof compared>[2]): Line[] =>
  compared(what, 'ms', results);

const bareNode = () => ServerProcess.start(new URL('./servers/bytes.ts', import.meta.url));
const barePglite = (DATA_DIR: string) =>
  ServerProcess.start(new URL('./servers/pglite.ts', import.meta.url), { environment: { DATA_DIR } });

const gatewayOn = ({ environment }: Database) =>
  untilReady(
    () => startGateway(environment),
    (url) => new URL('/health', url).href,
  );

/** Milliseconds from the spawn to the first good answer. The process is ended behind it. */
function untilReady(start: () => Promise<ServerProcess>, address = (url: string) => url) {
  return async (): Promise<number> => {
    const began = performance.now();
    await using server = await start();
    const response = await fetch(address(server.url));
    if (!response.ok) throw new Error(`${server.url} answers ${response.status}.`);
    return performance.now() - began;
  };
}

const empty = (directory: string): void => {
  for (const inside of ['postgres', 'files'])
    rmSync(join(directory, inside), { recursive: true, force: true });
};
