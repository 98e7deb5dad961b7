import type { Call, ComparisonReport, MemorySample } from '../../../src/migration/verdicts/index.ts';
import { compare } from '../../../src/migration/verdicts/index.ts';
import { Chance } from './chance.ts';

export const since = new Date('2026-05-01T00:00:00Z');
export const until = new Date('2026-05-01T06:00:00Z');

interface Service {
  /** Errors per call. */
  errors?: number;
  /** Around which its times are. */
  ms?: number;
  sigma?: number;
  firstText?: number;
}

interface Plan {
  seed?: number;
  requests?: number;
  callsPerSession?: number;
  /** The new service's share when so much of the traffic, 0 to 1, has passed. */
  share?: (passed: number) => number;
  legacy?: Service;
  candidate?: Service;
}

/** Sessions one after the other, each with its calls, evenly over the period. */
export function traffic({
  seed = 1,
  requests = 4_000,
  callsPerSession = 4,
  share = () => 0.5,
  legacy = {},
  candidate = {},
}: Plan = {}): Call[] {
  const chance = new Chance(seed);
  const step = (until.getTime() - since.getTime()) / requests;
  return Array.from({ length: Math.ceil(requests / callsPerSession) }).flatMap((_, session) => {
    const promised = share((session * callsPerSession) / requests);
    const version = chance.happens(promised) ? ('NEW' as const) : ('LEGACY' as const);
    const { errors = 0, ms = 800, sigma = 0.4, firstText = 0.25 } = version === 'NEW' ? candidate : legacy;
    return Array.from({ length: callsPerSession }, (_, i): Call => {
      const durationMs = chance.lognormal(sigma, ms);
      return {
        version,
        sessionId: `session_${session}`,
        at: new Date(since.getTime() + Math.floor(step * (session * callsPerSession + i))),
        durationMs,
        firstTextMs: firstText * durationMs,
        outcome: chance.happens(errors) ? 'error' : 'ok',
        share: promised,
      };
    });
  });
}

/** Every ten seconds one of each service. */
export const memorySamples = (
  count: number,
  bytesOf: (version: 'LEGACY' | 'NEW', i: number) => number,
  uptimeSeconds = 3_600,
): MemorySample[] =>
  Array.from({ length: count }).flatMap((_, i) =>
    (['LEGACY', 'NEW'] as const).map((version) => ({
      version,
      at: new Date(since.getTime() + 10_000 * i),
      bytes: bytesOf(version, i),
      uptimeSeconds: uptimeSeconds + 10 * i,
    })),
  );

export const report = (
  calls: readonly Call[],
  {
    memory = [],
    steps = 1,
    expectedShare = null,
    language = 'en',
  }: {
    memory?: readonly MemorySample[];
    steps?: number;
    expectedShare?: number | null;
    language?: 'en' | 'ja';
  } = {},
): ComparisonReport =>
  compare({ feature: 'CHAT', calls, memory, since, until, steps, expectedShare, language });
