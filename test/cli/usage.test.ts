import { describe, expect, it } from 'vitest';
import about from '../../package.json' with { type: 'json' };
import { nobody } from '../sdk/proxy.ts';
import { penguins, run } from './command.ts';

describe('asking for help', () => {
  it('explains every command and exit code', async () => {
    const { code, stdout } = await run(['--help']);
    expect(code).toBe(0);
    for (const word of [
      'serve',
      'demo',
      'analyze',
      'workflow',
      'rollback',
      'report',
      'rollout',
      'jobs',
      'watch',
      'cancel',
      'Exit codes',
      '130',
    ])
      expect(stdout).toContain(word);
  });

  it('says its version', async () => {
    expect(await run(['--version'])).toMatchObject({ code: 0, stdout: `${about.version}\n` });
  });
});

describe('wrong usage ends with 2, and says on stderr what is wrong', () => {
  it.each([
    ['no command', [], 'Usage:'],
    ['an unknown command', ['dance'], 'unknown command'],
    ['a missing argument', ['analyze', penguins], 'question'],
    ['a report of an unknown kind', ['analyze', penguins, 'why?', '--report', 'out.pdf'], '.html or .md'],
    ['an unknown language', ['analyze', penguins, 'why?', '--language', 'xx'], 'en, ja'],
    ['a limit that is no number', ['jobs', '--limit', 'many'], 'integer from 1 to 100'],
    ['an unknown status', ['jobs', '--status', 'LOST'], 'COMPLETED'],
    ['a server that is no URL', ['jobs', '--server', 'localhost'], 'must be a URL'],
  ])('%s', async (_, args, words) => {
    const { code, stdout, stderr } = await run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(words);
  });

  it('a wrong setting', async () => {
    const { code, stderr } = await run(['serve'], { PORT: 'front door' });
    expect(code).toBe(2);
    expect(stderr).toContain('PORT=front door: must be an integer from 0 to 65535.');
  });
});

describe('what cannot be done ends with 1', () => {
  it('no gateway answers', async () => {
    const url = await nobody();
    const { code, stdout, stderr } = await run(['jobs'], { SIGNALBOX_URL: url });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`${url} cannot be reached`);
    expect(stderr).toContain('signalbox serve');
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it.each([
    ['there is no file', 'nowhere.csv', 'there is no such file'],
    ['the file is a folder', '.', 'this is not a file'],
  ])('%s', async (_, file, words) => {
    const { code, stderr } = await run(['analyze', file, 'why?', '--json']);
    expect(code).toBe(1);
    expect(stderr).toContain(words);
  });
});
