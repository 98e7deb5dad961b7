import { expect, it } from 'vitest';
import { conversationsOf } from '../services/conversations/client.ts';
import { answering, configured } from '../services/conversations/services.ts';
import { startGateway } from '../support/gateway.ts';
import { type Behaviour, failing, startProvider } from '../support/provider.ts';

const noModel = failing(404, {}, { message: 'The model nope does not exist', code: 'model_not_found' });

const answeringKnownModels: Behaviour = (exchange, response) =>
  (exchange.body.model === 'nope' ? noModel : answering())(exchange, response);

it('who asks for a model that there is not takes the new service from nobody else', async () => {
  await using provider = await startProvider(answeringKnownModels);
  await using gateway = await startGateway({ environment: configured(provider) });
  const { send } = conversationsOf(gateway.ask);
  const stubborn = await gateway.openSession();
  for (let message = 0; message < 8; message += 1)
    expect(await send(stubborn, 'Hello?', { model: 'nope' })).toMatchObject({ __typename: 'UpstreamError' });

  expect(await send(await gateway.openSession(), 'Hello')).toMatchObject({
    status: 'COMPLETED',
    servedBy: 'NEW',
    fellBack: false,
  });
  const { data } = await gateway.ask(
    'query($id: ID!) { routing(feature: CHAT, sessionId: $id) { version } }',
    { id: stubborn },
  );
  expect(data.routing.version).toBe('NEW');
});
