import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { describeBesideFlask } from '../services/conversations/flask.ts';
import { startGateway } from '../support/gateway.ts';

const guide = readFileSync(new URL('../../docs/conversations.md', import.meta.url), 'utf8');
const blocks = [...guide.matchAll(/^```graphql\n([\s\S]*?)^```/gm)].map(([, code]) => code ?? '');
/** The guide's block that says so. */
const block = (words: string): string => {
  const found = blocks.filter((code) => code.includes(words));
  if (found.length !== 1) throw new Error(`${found.length} blocks of the guide say ${words}.`);
  return found[0] ?? '';
};

it('the guide to conversations does what it says', async () => {
  await using gateway = await startGateway();
  const sessionId = await gateway.openSession();
  const ids: Record<string, string> = { session: sessionId };
  const run = async (words: string) => {
    const { data, errors } = await gateway.ask(
      block(words).replace(/(\w+)_…/g, (_, kind) => ids[kind] ?? ''),
    );
    expect(errors).toBeUndefined();
    const [value] = Object.values(data) as [{ id?: string; message?: string }];
    expect(value.message).toBeUndefined();
    if (value.id?.startsWith('job_')) ids.job = value.id;
    return value;
  };
  const follow = async () => {
    const events = [];
    for await (const { data } of gateway.follow(block('ReplyServed').replace('job_…', ids.job ?? '')))
      events.push(data.jobProgress);
    return events;
  };

  expect(await run('How do I say no')).toMatchObject({
    status: 'COMPLETED',
    reply: expect.stringContaining('How do I say no to my boss?'),
    fellBack: false,
  });
  const followed = await run('And if she insists?');
  expect(await run('And if she insists?')).toEqual(followed);
  const events = await follow();
  expect(events).toContainEqual(expect.objectContaining({ servedBy: 'LEGACY' }));
  expect(events.at(-1)).toMatchObject({
    job: { status: 'COMPLETED', reply: expect.stringContaining('insists') },
  });
  expect(await run('kind: CHAT')).toMatchObject({ history: { length: 4 } });
  expect(await run('cancelJob')).toEqual({ status: 'COMPLETED' });

  expect(await run('scenarios {')).toHaveLength(12);
  expect(await run('updateSession')).toEqual({ currentScenario: 'salary-negotiation' });
  expect(await run('conversation: SCENARIO')).toMatchObject({ reply: expect.any(String) });
  expect(await run('startWatch')).toMatchObject({ turns: 6, scenario: { personas: { length: 2 } } });
  const lines = (await follow()).filter(({ text }) => text);
  expect(lines).toHaveLength(6);
});

describeBesideFlask('the guide’s session of the legacy application', (startFlask) => {
  it('goes on', async () => {
    await using flask = await startFlask();
    const [, id = ''] = /legacyId: "([^"]+)"/.exec(block('legacyId')) ?? [];
    await flask.request(id, (session) => {
      session.chat_history = [{ role: 'user', content: 'from there' }];
    });
    await using gateway = await startGateway({
      environment: { ...flask.environment, USE_NEW_SESSION: 'false' },
    });
    const { data } = await gateway.ask(block('legacyId'));
    const { data: read } = await gateway.ask('query($id: ID!) { session(id: $id) { history { content } } }', {
      id: data.createSession.id,
    });
    expect(read.session.history).toEqual([{ content: 'from there' }]);
  });
});
