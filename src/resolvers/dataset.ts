import type { Upload } from '../services/index.ts';
import type { Context } from './context.ts';

interface UploadInput {
  sessionId: string;
  file: Upload;
  name?: string | null | undefined;
}

export const dataset = (_: unknown, { id }: { id: string }, { load }: Context) => load.dataset.load(id);

export const uploadDataset = (
  _: unknown,
  { input }: { input: UploadInput },
  { datasets, viewer, signal }: Context,
) => datasets.upload(viewer, input, signal);
