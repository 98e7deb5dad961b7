import type { Random } from './random.ts';

/** A job that a client wants, and keeps asking for until it has it. */
export interface Order {
  kind: 'chat' | 'workflow' | 'background' | 'analysis';
  /** The idempotency key. */
  key: string;
  /** What is said or asked; no other order says the same. */
  text: string;
  mutation: string;
  input: Record<string, unknown>;
}

/** A session, and what was prepared in it. */
export interface Place {
  sessionId: string;
  graphId: string;
  datasetId: string;
}

/** Analyses are few: each of them starts a sandbox, which is half a second of a processor's time. */
const MIX: readonly Order['kind'][] = [
  ...Array<'chat'>(78).fill('chat'),
  ...Array<'workflow'>(12).fill('workflow'),
  ...Array<'background'>(7).fill('background'),
  ...Array<'analysis'>(3).fill('analysis'),
];

const mutation = (name: string, input: string) =>
  `mutation($input: ${input}!) { started: ${name}(input: $input) { __typename ... on Job { id } ... on Error { message } } }`;

const MUTATIONS = {
  chat: mutation('sendMessage', 'SendMessageInput'),
  workflow: mutation('startWorkflow', 'StartWorkflowInput'),
  background: mutation('startBackgroundTask', 'StartBackgroundTaskInput'),
  analysis: mutation('startAnalysis', 'StartAnalysisInput'),
};

/** The `number`th order of a campaign. The first of each hundred kinds come in turn, so that a short one has them all. */
export function orderOf(number: number, seed: number, places: readonly Place[], random: Random): Order {
  const kinds = Object.keys(MUTATIONS) as Order['kind'][];
  const kind = number < kinds.length ? kinds[number]! : random.pick(MIX);
  const { sessionId, graphId, datasetId } = random.pick(places);
  const text = `Order ${number} of campaign ${seed}`;
  const inputs: Record<Order['kind'], Record<string, unknown>> = {
    chat: { sessionId, message: text, wait: false },
    workflow: { graphId, input: { question: text }, onBusy: 'ENQUEUE' },
    background: { sessionId, question: text },
    analysis: {
      sessionId,
      datasetId,
      message: `Average weight by species. ${text}`,
      model: 'builtin',
      onBusy: 'ENQUEUE',
    },
  };
  const key = `order-${seed}-${number}`;
  return {
    kind,
    key,
    text,
    mutation: MUTATIONS[kind],
    input: { ...inputs[kind], idempotencyKey: key },
  };
}

/** A diamond: three expressions, and a child job that asks a model. */
export const GRAPH = {
  threads: [
    { name: 'begin', kind: 'TRANSFORM', input: { expression: "{'n': 1}" } },
    { name: 'left', kind: 'TRANSFORM', input: { expression: "{'n': 2}" } },
    { name: 'right', kind: 'BACKGROUND_TASK', input: { question: '${input.question}' } },
    { name: 'end', kind: 'TRANSFORM', input: { expression: "{'n': 4}" } },
  ],
  dependencies: [
    ['begin', 'left'],
    ['begin', 'right'],
    ['left', 'end'],
    ['right', 'end'],
  ].map(([source, target]) => ({ source, target, type: 'SEQUENTIAL' })),
};

export const TABLE = [
  'species,weight',
  ...Array.from({ length: 24 }, (_, row) => `${['owl', 'crow', 'wren'][row % 3]},${100 + 7 * row}`),
].join('\n');
