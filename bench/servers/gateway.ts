/** A gateway as `npm start` runs it, that also says what it has on its heap. */
import { pino } from 'pino';
import { readConfig } from '../../src/config/index.ts';
import { createGateway } from '../../src/gateway.ts';
import { takeOrders, tell } from './answering.ts';

const config = readConfig({ ...process.env, PORT: '0' });
const gateway = await createGateway(config, { log: pino({ level: 'warn' }, process.stderr) });
takeOrders({});
process.on('SIGTERM', () => void gateway.close().then(() => process.exit(0)));
tell(gateway.url ?? '');
