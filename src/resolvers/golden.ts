import type { Job } from '../jobs/index.ts';
import {
  type RecordGolden,
  goldenTestFile as testFile,
  toFile,
  type VerifyGolden,
} from '../migration/index.ts';
import type { Context } from './context.ts';

export const suite = (job: Job, _: unknown, { golden }: Context) => golden.suiteOf(job);

export const service = (job: Job, _: unknown, { golden }: Context) => golden.serviceOf(job);

export const regressions = (job: Job, _: unknown, { load }: Context) => load.regressions.load(job);

export const goldenSuites = (_: unknown, __: unknown, { golden }: Context) => golden.suites();

export const goldenSuiteFile = async (_: unknown, { name }: { name: string }, { golden }: Context) => {
  const suite = await golden.find(name);
  return suite && toFile(suite);
};

export const goldenTestFile = async (
  _: unknown,
  { name, suiteFile }: { name: string; suiteFile: string },
  { golden }: Context,
) => {
  const suite = await golden.find(name);
  return suite && testFile(suite, { suiteFile });
};

export const recordGolden = (_: unknown, { input }: { input: RecordGolden }, { golden, signal }: Context) =>
  golden.record(input, signal);

export const importGolden = (_: unknown, { file }: { file: string }, { golden }: Context) =>
  golden.fromFile(file);

export const verifyGolden = (_: unknown, { input }: { input: VerifyGolden }, { golden, viewer }: Context) =>
  golden.start(viewer, input);
