import { unwrap } from '../../sdk/index.ts';
import { EXIT } from './exit.ts';
import { running, type ServerOptions } from './target.ts';

/** Stops a job. One that is over stays as it is. */
export async function cancel(id: string, server: ServerOptions): Promise<number> {
  const { signalbox } = running(server);
  const { status } = unwrap(await signalbox.cancel(id));
  console.log(
    status === 'COMPLETED' || status === 'FAILED' ? `${id} was over: ${status}` : `${id} ${status}`,
  );
  return EXIT.ok;
}
