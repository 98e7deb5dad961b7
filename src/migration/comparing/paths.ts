import type { Path } from './types.ts';

const PLAIN_KEY = /^[\p{L}_$][\p{L}\p{N}_$-]*$/u;

/** `items[0].name`; keys that are no plain words are quoted, as in `items["a b"]`. */
export const pathText = (path: Path): string =>
  path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    if (!PLAIN_KEY.test(step)) return `${text}[${JSON.stringify(step)}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');

/**
 * A test of paths by a pattern: steps with dots between them, where `*` is any one step and `**` any number of them.
 * `timestamp`, `messages.*.id`, `**.createdAt`. A pattern matches a whole path.
 */
export function pathPattern(pattern: string): (path: Path) => boolean {
  const steps = pattern.split('.');
  // The places in the pattern that the path so far may have come to, so that no path is walked twice.
  const settle = (places: readonly number[]): number[] => {
    const reached = new Set<number>();
    for (const place of places)
      for (let at = place; ; at += 1) {
        reached.add(at);
        if (steps[at] !== '**') break;
      }
    return [...reached];
  };
  const start = settle([0]);
  return (path) => {
    let places = start;
    for (const step of path)
      places = settle(
        places.flatMap((at) => {
          if (steps[at] === '**') return at;
          return steps[at] === '*' || steps[at] === String(step) ? at + 1 : [];
        }),
      );
    return places.includes(steps.length);
  };
}
