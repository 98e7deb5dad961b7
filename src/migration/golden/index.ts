/**
 * Golden: what a service answered once, and whether it still does. It knows the services, the scenarios and jobs; of
 * sessions it knows only what a conversation would leave in one.
 */
export { fromFile, toFile } from './file.ts';
export { Golden, type GoldenNeeds, type RecordGolden, type VerifyGolden } from './golden.ts';
export { goldenRunKind } from './run.ts';
export type { GoldenRegression, GoldenSuite, GoldenSuiteSummary } from './types.ts';
export { goldenTestFile, verifySuite } from './verifying.ts';
