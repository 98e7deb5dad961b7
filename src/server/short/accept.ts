/** What we can answer with, as Yoga prefers it: the last that matches. */
const TYPES = ['application/graphql-response+json', 'application/json'] as const;

export type AnswerType = (typeof TYPES)[number];

/** By header; null for none. */
const known = new Map<string, AnswerType | null>();
const MOST = 100;

/**
 * The type to answer in, by the header `Accept`, chosen as Yoga does: of those that it names, the first that we have;
 * undefined where it names none of ours. Parameters but a foreign charset are ignored.
 */
export function answerType(accept: string | undefined): AnswerType | undefined {
  if (accept === undefined) return 'application/json';
  const before = known.get(accept);
  if (before !== undefined) return before ?? undefined;
  const chosen = choose(accept);
  if (accept.length <= LONGEST && known.size < MOST) known.set(accept, chosen ?? null);
  return chosen;
}

const LONGEST = 1_000;

function choose(accept: string): AnswerType | undefined {
  for (const range of (accept || '*/*').replace(/\s/g, '').toLowerCase().split(',')) {
    const [asked = '', ...parameters] = range.split(';');
    const charset = parameters.find((parameter) => parameter.includes('charset='));
    if (charset !== undefined && charset !== 'charset=utf-8') continue;
    const [kind, subtype] = asked.split('/');
    const matching = TYPES.filter(
      (type) =>
        (kind === '*' || kind === 'application') && (subtype === '*' || type === `application/${subtype}`),
    );
    if (matching.length > 0) return matching.at(-1);
  }
  return undefined;
}
