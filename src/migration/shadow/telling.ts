import type { Logger } from 'pino';
import type { ShadowComparison } from './types.ts';

const MESSAGE_CHARACTERS = 50;
const DIFFERENCES = 5;

/** Says in the log what came of a comparison, in the words of the legacy system's own test. */
export function tell(log: Logger, comparison: ShadowComparison): void {
  const { id, feature, message, matches, differences, similarity } = comparison;
  const context = { comparison: id, function: feature.toLowerCase(), message: beginning(message) };
  if (matches) log.info(context, 'Shadow test passed - results match');
  else
    log.warn(
      { ...context, similarity, count: differences.length, differences: differences.slice(0, DIFFERENCES) },
      'Differences found',
    );
}

/** Whole characters of it. */
function beginning(message: string): string {
  const characters = [...message.slice(0, 2 * MESSAGE_CHARACTERS + 2)];
  return characters.length > MESSAGE_CHARACTERS
    ? `${characters.slice(0, MESSAGE_CHARACTERS).join('')}…`
    : message;
}
