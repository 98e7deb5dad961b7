import { describe, expect, it } from 'vitest';
import { readMeasured } from '../../bench/scale/costs.ts';
import { usualSystem } from '../../bench/scale/load.ts';
import { filled, readPage } from '../../bench/scale/page.ts';
import { SETTINGS } from '../../src/config/index.ts';
import { defaultLimits } from '../../src/server/limits.ts';

/** Its tables are two dozen simulations: some seconds, on a quiet machine. */
const PATIENCE_MS = 300_000;

describe('docs/scale.md', () => {
  it('has the tables that follow from what was measured', { timeout: PATIENCE_MS }, () => {
    const page = readPage();
    expect(page).toBe(filled(page, readMeasured()));
  });

  it('assumes the settings that there are', () => {
    expect(String(usualSystem.connections)).toBe(SETTINGS.DATABASE_CONNECTIONS.default);
    expect(usualSystem.maxSockets).toBe(defaultLimits.connections);
  });
});
