import type { Logger } from 'pino';
import type { ChatRequest, ChatService, ServiceVersion } from '../../services/chat/index.ts';
import { compareReplies } from '../comparing/index.ts';
import { ask } from './asking.ts';
import type { NewComparison } from './records.ts';
import { anonymous } from './requests.ts';
import type { ShadowFeature, ShadowResult } from './types.ts';

/** Characters of a reply; the router shows no longer ones either. */
const LONGEST_REPLY = 200_000;

interface Needs {
  services: Readonly<Record<ServiceVersion, ChatService>>;
  callMs: number;
  now: () => Date;
  log: Logger;
}

interface Question {
  feature: ShadowFeature;
  request: ChatRequest;
  /** Asks the legacy service twice. */
  control: boolean;
  /** What a service has answered already; the other one is asked. */
  known?: { version: ServiceVersion; result: ShadowResult };
}

/**
 * Asks the services side by side and compares what they say. Nothing is written, here or in a session that a service
 * may have.
 *
 * @throws The signal's reason.
 */
export async function compare(
  { feature, request, control, known }: Question,
  { services, callMs, now, log }: Needs,
  signal: AbortSignal,
): Promise<NewComparison> {
  const at = now();
  const result = async (version: ServiceVersion): Promise<ShadowResult> => {
    const terms = { signal, callMs, longest: LONGEST_REPLY, log };
    const { reply, error, durationMs } = await ask(services[version], version, anonymous(request), terms);
    return { reply, error, durationMs };
  };
  const [legacy, candidate, second] = await Promise.all([
    known?.version === 'LEGACY' ? known.result : result('LEGACY'),
    known?.version === 'NEW' ? known.result : result('NEW'),
    control ? result('LEGACY') : null,
  ]);
  const { sessionId, message, model } = request;
  return {
    sessionId,
    feature,
    at,
    message,
    model,
    live: known !== undefined,
    legacy,
    candidate,
    control: second,
    ...compareReplies(legacy, candidate),
  };
}
