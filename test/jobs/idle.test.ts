import { describe, expect, it } from 'vitest';
import { IdleTopics } from '../../src/jobs/idle.ts';
import { Topic } from '../../src/jobs/topic.ts';

/** A log whose newest event was written here. It is never read. */
function topicOf(jobId: string, characters: number): Topic {
  const topic = new Topic(undefined as never, jobId);
  const text = 'x'.repeat(characters);
  topic.writing()([
    { jobId, seq: 1, at: new Date(0), type: 'JobTextAppended', stream: 'out', offset: 0, text },
  ]);
  return topic;
}

describe('logs that nobody follows any more', () => {
  it('are let go, the oldest first, where they take too much together', () => {
    const gone: string[] = [];
    const idle = new IdleTopics(({ jobId }) => gone.push(jobId));
    const topics = Array.from({ length: 400 }, (_, i) => topicOf(`job ${i}`, 60_000));
    for (const topic of topics) idle.add(topic);
    const kept = topics.length - gone.length;
    expect(kept * topics[0]!.weight).toBeLessThanOrEqual(16 * 1024 ** 2);
    expect(kept).toBeGreaterThan(150);
    expect(gone).toEqual(topics.slice(0, gone.length).map(({ jobId }) => jobId));

    idle.clear();
    expect(new Set(gone)).toEqual(new Set(topics.map(({ jobId }) => jobId)));
    expect(gone).toHaveLength(topics.length);
  });

  it('stay for those who follow them again', () => {
    const gone: string[] = [];
    const idle = new IdleTopics(({ jobId }) => gone.push(jobId));
    const topics = ['first', 'second', 'third'].map((jobId) => topicOf(jobId, 10));
    for (const topic of topics) idle.add(topic);
    idle.take(topics[1]!);
    idle.clear();
    expect(gone).toEqual(['first', 'third']);
  });
});
