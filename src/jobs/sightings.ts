import { channel } from 'node:diagnostics_channel';

/** What this process has learned of a job. */
export interface Sighting {
  jobId: string;
  /** The newest seq known of; infinite: the job is gone, or about to be. */
  seq: number;
  /** True where this process wrote it, in a transaction that may not have committed yet. */
  ours: boolean;
}

const sightings = channel('signalbox:job-sighted');

/** Every read and every write of a job or its log says here how far the job is known to be, before anybody else hears. */
export function sighted(jobId: string, seq: number, ours = false): void {
  if (sightings.hasSubscribers) sightings.publish({ jobId, seq, ours } satisfies Sighting);
}

/** Hears of them at once, in the middle of whoever reads or writes. @returns Stops it. */
export function watchSightings(hear: (sighting: Sighting) => void): () => void {
  const heard = (message: unknown) => hear(message as Sighting);
  sightings.subscribe(heard);
  return () => sightings.unsubscribe(heard);
}
