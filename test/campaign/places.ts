import type { Entrance } from './entrance.ts';
import { GRAPH, type Place, TABLE } from './orders.ts';
import { type Plan, sessionsOf } from './plan.ts';

/** Sessions that are made at a time. */
const AT_ONCE = 8;

/** Makes the sessions, each with a graph and a table, before anything breaks. */
export async function prepare(plan: Plan, entrance: Entrance): Promise<Place[]> {
  const places: Place[] = [];
  const make = async () => {
    const { session } = await entrance.ask<{ session: { id: string } }>(
      'mutation { session: createSession { ... on Session { id } } }',
      {},
    );
    const { graph } = await entrance.ask<{ graph: { id: string } }>(
      'mutation($input: DefineDependenciesInput!) { graph: defineDependencies(input: $input) { ... on DependencyGraph { id } } }',
      { input: { sessionId: session.id, ...GRAPH } },
    );
    const { dataset } = await entrance.upload<{ dataset: { id: string } }>(
      'mutation($input: UploadDatasetInput!) { dataset: uploadDataset(input: $input) { ... on Dataset { id } } }',
      { sessionId: session.id },
      new File([TABLE], 'birds.csv'),
    );
    places.push({ sessionId: session.id, graphId: graph.id, datasetId: dataset.id });
  };
  for (let left = sessionsOf(plan); left > 0; left -= AT_ONCE)
    await Promise.all(Array.from({ length: Math.min(left, AT_ONCE) }, make));
  return places;
}
