import * as resolve from '../resolvers/node.ts';
import { builder } from './builder.ts';

export const Node = builder.interfaceRef<{ id: string }>('Node').implement({
  description: 'Anything that has an id of its own.',
  resolveType: (thing) => resolve.typeNameOf(thing),
  fields: (t) => ({ id: t.exposeID('id') }),
});

builder.queryField('node', (t) =>
  t.field({
    type: Node,
    nullable: true,
    description: 'Whatever the id is of; null where it is not there, or belongs to somebody else.',
    args: { id: t.arg.id({ required: true }) },
    resolve: resolve.node,
  }),
);
