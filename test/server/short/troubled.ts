import { buildSchema, GraphQLError, type GraphQLResolveInfo, type GraphQLSchema } from 'graphql';

const typeDefs = /* GraphQL */ `
  scalar Fussy
  enum Colour { RED GREEN }
  interface Thing { id: ID! name: String friend: Thing }
  type Person implements Thing { id: ID! name: String friend: Thing home: Place! places(first: Int! = 2, like: Like): [Place] }
  type Robot implements Thing { id: ID! name: String friend: Thing parts: [[Place!]]! }
  type Place { id: ID! size: Int! colour: Colour fussy: Fussy owner: Thing! any: Any anys: [Any!] }
  type Stray { id: ID! }
  input Like { colour: Colour! = GREEN sizes: [Int!] }
  union Any = Person | Place
  type Query {
    person: Person
    must: Person!
    thing: Thing
    things(first: Int = 3): [Thing!]
    anys: [Any]
    place(id: ID!): Place
    colours: [Colour!]!
    number(from: Int): Int
    text(of: Like): String!
  }
`;

/** What a resolver may do, by its type: most of the time what it should. */
type Behaviour =
  | 'well'
  | 'later'
  | 'null'
  | 'throws'
  | 'rejects'
  | 'error'
  | 'refuses'
  | 'wrong'
  | 'thenable';

const BEHAVIOURS: readonly Behaviour[] = [
  'null',
  'throws',
  'rejects',
  'error',
  'refuses',
  'wrong',
  'thenable',
];

/** A number from a text, the same each time. */
export function numberOf(text: string): number {
  let hash = 2_166_136_261;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16_777_619);
  return (hash ^ (hash >>> 13)) >>> 0;
}

export interface Trouble {
  seed: number;
  /** Of a hundred fields, how many go wrong. */
  percent: number;
}

/** A schema in which everything may fail, by a script: where and how depends on nothing but the field's path and the seed. */
export function troubledSchema(): GraphQLSchema {
  const schema = buildSchema(typeDefs);
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__') || !('getFields' in type)) continue;
    for (const [name, field] of Object.entries(type.getFields()))
      if ('args' in field && type.name !== 'Stray' && !(type.name === 'Person' && name === 'name'))
        Object.assign(field, { resolve });
  }
  Object.assign(schema.getType('Person')!, { isTypeOf: ({ kind }: Source) => kind === 'Person' });
  Object.assign(schema.getType('Place')!, {
    isTypeOf: ({ kind, i }: Source) => (i % 2 ? Promise.resolve(kind === 'Place') : kind === 'Place'),
  });
  Object.assign(schema.getType('Thing')!, {
    resolveType: ({ kind, i }: Source) => (i % 3 === 0 ? Promise.resolve(kind) : kind),
  });
  Object.assign(schema.getType('Fussy')!, {
    coerceOutputValue: (value: number) => {
      if (value % 3 === 0) throw new GraphQLError('No threes.', { extensions: { code: 'THREE' } });
      return value % 3 === 1 ? value : null;
    },
  });
  return schema;
}

interface Source {
  kind: string;
  i: number;
  name: string;
}

function resolve(
  _: unknown,
  args: Record<string, unknown>,
  { seed, percent }: Trouble,
  info: GraphQLResolveInfo,
) {
  const at = keys(info.path).join('.');
  const roll = numberOf(`${seed} ${at}`);
  const value = () => valueFor(String(info.returnType), roll, `${at} ${JSON.stringify(args)}`, seed, percent);
  const behaviour: Behaviour =
    roll % 100 < percent ? BEHAVIOURS[(roll >> 7) % BEHAVIOURS.length]! : roll % 3 ? 'well' : 'later';
  return behave(behaviour, at, value);
}

function behave(behaviour: Behaviour, at: string, value: () => unknown): unknown {
  switch (behaviour) {
    case 'well':
      return value();
    case 'later':
      return Promise.resolve().then(value);
    case 'null':
      return at.length % 2 ? null : Promise.resolve(undefined);
    case 'throws':
      throw new Error(`thrown at ${at}`);
    case 'rejects':
      return rejected(`rejected at ${at}`);
    case 'error':
      return new Error(`given at ${at}`);
    case 'refuses':
      throw new GraphQLError(`refused at ${at}`, { extensions: { code: 'REFUSED', at } });
    case 'wrong':
      return Symbol.for(at);
    case 'thenable':
      return later(value);
  }
}

function valueFor(type: string, roll: number, at: string, seed: number, percent: number): unknown {
  if (type.endsWith('!')) return valueFor(type.slice(0, -1), roll, at, seed, percent);
  if (type.startsWith('[')) {
    const items = Array.from({ length: roll % 4 }, (_, i) => {
      const itemRoll = numberOf(`${seed} ${at} ${i}`);
      const item = () => valueFor(type.slice(1, -1), itemRoll, `${at} ${i}`, seed, percent);
      const fails = itemRoll % 100 < percent;
      const behaviour = fails
        ? BEHAVIOURS[(itemRoll >> 7) % BEHAVIOURS.length]!
        : itemRoll % 4
          ? 'well'
          : 'later';
      return behaviour === 'throws' || behaviour === 'refuses'
        ? behave('rejects', at, item)
        : behave(behaviour, at, item);
    });
    // Where something fails beside a stream, graphql itself leaves rejections behind that nobody handles.
    return roll % 7 === 0 && percent === 0 ? streamed(items) : roll % 5 === 0 ? new Set(items) : items;
  }
  switch (type) {
    case 'Int':
    case 'Fussy':
      return roll % 1_000;
    case 'Colour':
      return roll % 9 ? ['RED', 'GREEN'][roll % 2] : 'BLUE';
    case 'ID':
    case 'String':
      return at;
    default: {
      const kinds: Record<string, string[]> = {
        Thing: [
          'Person',
          'Robot',
          'Person',
          'Robot',
          roll % 11 ? 'Robot' : (['Stray', 'Nobody', 'Colour'][roll % 3] ?? ''),
        ],
        Any: ['Person', 'Place', roll % 11 ? 'Place' : 'Robot'],
      };
      const [kind = type] = kinds[type]
        ? [kinds[type][roll % kinds[type].length]]
        : [roll % 50 ? type : 'Stray'];
      return { kind, i: roll, name: at } satisfies Source;
    }
  }
}

/** No promise, and yet as promises go: graphql itself trips over a thenable that answers while it is asked. */
const later = (value: () => unknown): PromiseLike<unknown> => ({
  // biome-ignore lint/suspicious/noThenProperty: what resolvers may give
  then: (...given) =>
    Promise.resolve()
      .then(value)
      .then(...given),
});

/** Some wait behind an item that fails, in a stream that nobody reads on. */
function rejected(message: string): Promise<never> {
  const promise = Promise.reject(new Error(message));
  promise.catch(() => {});
  return promise;
}

async function* streamed(items: unknown[]) {
  yield* items;
}

const keys = (path: GraphQLResolveInfo['path'] | undefined): (string | number)[] =>
  path ? [...keys(path.prev), path.key] : [];
