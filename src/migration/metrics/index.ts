/**
 * Metrics: what operators watch, as Prometheus reads it. The names are in docs/migration.md, and a dashboard that uses
 * them in docs/grafana-dashboard.json.
 */
export { figuresOf, type Watched } from './figures.ts';
export { type Figure, Metrics } from './metrics.ts';
export { watchRequests } from './requests.ts';
export { metricsRoute } from './route.ts';
