import { unwrap } from '../../sdk/index.ts';
import { EXIT } from './exit.ts';
import { running, type ServerOptions } from './target.ts';

export const RESOLUTIONS = ['retry', 'skip', 'abort'] as const;

/** Decides what becomes of a thread that waits. */
export async function resolveThread(
  workflowId: string,
  thread: string,
  resolution: (typeof RESOLUTIONS)[number],
  server: ServerOptions,
): Promise<number> {
  const { signalbox } = running(server);
  const wanted = resolution.toUpperCase() as Uppercase<typeof resolution>;
  const { status } = unwrap(await signalbox.resolveThreadFailure({ workflowId, thread, resolution: wanted }));
  console.log(`${workflowId} ${status}`);
  return EXIT.ok;
}
