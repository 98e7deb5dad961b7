import { RateLimitedError } from '../../errors.ts';
import type { FeatureName, ReplyEvent, ServiceVersion } from '../../services/chat/types.ts';
import { type CallTime, ModelQuotaError } from '../../services/models/index.ts';
import type { ServiceCall } from './service-calls.ts';

/** One call as each of the two services would answer it. */
export type Ways<Piece> = Readonly<
  Record<ServiceVersion, (signal: AbortSignal, time: CallTime) => AsyncIterable<Piece>>
>;

export type Served = Extract<ReplyEvent, { served: ServiceVersion }>;

/** What is known of a call before it is made. */
export interface Asked {
  feature: FeatureName;
  sessionId: string;
  model: string;
  /** A service that says nothing for so long has failed, by the service. */
  silenceMs: Readonly<Record<ServiceVersion, number>>;
  /** Whether the legacy service answers where the new one failed, `said` or not. */
  mayStandIn: (error: unknown, said: boolean) => boolean;
  /** Hears of a call that ended well. */
  onWhole?: (call: ServiceCall) => void;
}

export const isServed = (event: object): event is Served => 'served' in event;

/** Whether the caller has something of the answer with it. */
export const says = (piece: object): boolean => ('text' in piece ? piece.text !== '' : !('usage' in piece));

/** Two ways to the same account: what is spent for one is spent for the other, and our own limits count both. */
export const isOfBothWays = (error: unknown): boolean =>
  error instanceof ModelQuotaError || error instanceof RateLimitedError;
