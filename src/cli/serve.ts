import { pino } from 'pino';
import { EXIT, tell } from './exit.ts';
import { gatewayCode } from './gateway-code.ts';
import { Interrupt } from './interrupt.ts';

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
  await gateway.close();
  log.info('stopped');
  return EXIT.ok;
}
