/**
 * Schema: what clients see, one file per noun. It is the API's documentation.
 * It knows resolvers and the shapes that services give; it decides nothing.
 */
import './analysis.ts';
import './background.ts';
import './comparison-report.ts';
import './conversation.ts';
import './dataset.ts';
import './errors.ts';
import './feature.ts';
import './golden.ts';
import './job-control.ts';
import './job-event.ts';
import './job.ts';
import './migration-task.ts';
import './node.ts';
import './operations.ts';
import './rollout.ts';
import './scalars.ts';
import './session.ts';
import './shadow.ts';
import './workflow-errors.ts';
import './workflow.ts';
import { builder } from './builder.ts';
import { printableJsonDefaults } from './json-defaults.ts';

export { exampleQuery } from './example.ts';

export const schema = printableJsonDefaults(builder.toSchema());
