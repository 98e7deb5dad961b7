/**
 * Schema: what clients see, one file per noun. It is the API's documentation.
 * It knows resolvers and the shapes that services give; it decides nothing.
 */
import './analysis.ts';
import './background.ts';
import './dataset.ts';
import './errors.ts';
import './job-control.ts';
import './job-event.ts';
import './job.ts';
import './node.ts';
import './operations.ts';
import './scalars.ts';
import './session.ts';
import { builder } from './builder.ts';

export { exampleQuery } from './example.ts';

export const schema = builder.toSchema();
