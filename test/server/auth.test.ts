import { describe, expect, it } from 'vitest';
import { authenticateWith } from '../../src/server/index.ts';
import { startWorld } from './world.ts';

const withHeader = (authorization?: string) => new Headers(authorization ? { authorization } : {});

describe('a gateway without tokens', () => {
  it('takes every caller for the owner `local`', () => {
    expect(authenticateWith(new Map())(withHeader('Bearer anything'))).toEqual({ owner: 'local' });
  });
});

describe('a gateway with tokens', () => {
  const authenticate = authenticateWith(
    new Map([
      ['token-a', 'ann'],
      ['token-b', 'bob'],
    ]),
  );

  it('knows owners by their token, in a header or in connection parameters of any case', () => {
    expect(authenticate(withHeader('Bearer token-a'))).toEqual({ owner: 'ann' });
    expect(authenticate(withHeader(), { Authorization: 'Bearer token-b' })).toEqual({ owner: 'bob' });
    expect(authenticate(withHeader(), { authorization: 'bearer token-b' })).toEqual({ owner: 'bob' });
  });

  it.each([undefined, 'Bearer token-c', 'Basic token-a', 'token-a', 'Bearer', 'Bearer token-a token-b'])(
    'refuses %s',
    (header) => {
      expect(() => authenticate(withHeader(header))).toThrow(/token/);
    },
  );

  it('answers strangers with 401 before it reads what they send', async () => {
    await using world = await startWorld({ authenticate });
    const response = await world.post({ query: '{ viewer }' });

    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await response.json()).toEqual({
      errors: [{ message: 'A Bearer token is required.', extensions: { code: 'UNAUTHENTICATED' } }],
    });
    const known = await world.post({ query: '{ viewer }' }, { authorization: 'Bearer token-b' });
    expect(await known.json()).toEqual({ data: { viewer: 'bob' } });
  });
});
