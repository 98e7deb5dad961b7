import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { EXIT, tell } from './exit.ts';
import { gatewayCode } from './gateway-code.ts';
import { Interrupt } from './interrupt.ts';

/** Longer than stopping in good order takes, and shorter than whoever told us to waits before it kills. */
const STOP_MS = 25_000;

/** Runs a gateway until it is told to stop. Its log goes to stdout, a line of JSON each. */
export async function serve(): Promise<number> {
  using interrupt = new Interrupt();
  const { createGateway, readConfig } = await gatewayCode();
  const config = readConfig(process.env);
  const log = pino({ level: config.LOG_LEVEL });
  const gateway = await createGateway(config, { log });

  log.info({ url: gateway.url, role: config.ROLE }, 'ready');
  tell(
    gateway.url ? `Signalbox answers at ${gateway.url}` : 'Signalbox works; it answers no clients (ROLE).',
  );

  await interrupt.heard();
  log.info('stopping');
  const stopped = gateway.close().then(() => true);
  if (!(await Promise.race([stopped, delay(STOP_MS, false, { ref: false })]))) {
    // A database that is silent may be waited for without an end. Other processes take over what ran here.
    log.error('could not stop in time');
    process.exit(EXIT.failure);
  }
  log.info('stopped');
  return EXIT.ok;
}
