import type { ConversationKind, Session } from '../services/index.ts';
import type { Context } from './context.ts';
import { argument } from './limits.ts';

interface Settings {
  chatModel?: string | null | undefined;
  selectedVoice?: string | null | undefined;
  currentScenario?: string | null | undefined;
  preferences?: unknown;
}

export const session = (_: unknown, { id }: { id: string }, { load }: Context) =>
  load.visitedSession.load(id);

export function history(
  session: Session,
  { kind, last }: { kind: ConversationKind; last: number },
  { load }: Context,
) {
  argument(last >= 0 && last <= 1_000, 'last', 'must be 0 to 1000');
  return load.history.load({ sessionId: session.id, conversation: kind, last });
}

export const exported = (session: Session, _: unknown, { load }: Context) => load.exported.load(session);

export const createSession = (
  _: unknown,
  { input }: { input: Settings & { legacyId?: string | null | undefined } },
  { sessions, viewer }: Context,
) => sessions.create(viewer, input);

export const updateSession = (
  _: unknown,
  { input: { id, ...settings } }: { input: Settings & { id: string } },
  { sessions, viewer }: Context,
) => sessions.update(viewer, id, settings);

export const clearSession = (
  _: unknown,
  { input }: { input: { id: string; history?: ConversationKind[] | null | undefined } },
  { sessions, viewer }: Context,
) => sessions.clear(viewer, input.id, input.history ?? []);

export const closeSession = (
  _: unknown,
  { input }: { input: { id: string; waitSeconds: number } },
  { sessions, viewer }: Context,
) => sessions.close(viewer, input.id, input.waitSeconds);
