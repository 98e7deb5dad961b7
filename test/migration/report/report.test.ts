import { marked } from 'marked';
import { describe, expect, it } from 'vitest';
import {
  distributionSvg,
  reportJson,
  reportMarkdown,
  reportText,
} from '../../../src/migration/report/index.ts';
import { memorySamples, report, traffic } from '../verdicts/traffic.ts';

const calls = traffic({ requests: 6_000, legacy: { errors: 0.01 }, candidate: { errors: 0.15, ms: 1_000 } });
const memory = memorySamples(95, (version) => (version === 'NEW' ? 300 : 200) * 2 ** 20);
const english = report(calls, { memory });
const japanese = report(calls, { memory, language: 'ja' });
const empty = report([]);

describe('a report as Markdown', () => {
  it('says first what to do, and why', () => {
    const markdown = reportMarkdown(english);
    expect(markdown).toContain('# Legacy and new service compared: CHAT\n');
    expect(markdown).toContain('**NOT READY**: Resolve the following problems.');
    expect(markdown).toContain('| Error rate | The error rate has gone up. | confirmed |');
    expect(markdown).toContain('**Action**: ROLLBACK: go back to the legacy service');
    expect(markdown).toContain('- Confirmed, chance does not explain it: The error rate has gone up.');
  });

  it('speaks Japanese where the report does, in the words of the legacy dashboard', () => {
    const markdown = reportMarkdown(japanese);
    expect(markdown).toContain('# 新旧サービスの比較: CHAT');
    expect(markdown).toContain('以下の問題を解決してください');
    for (const words of ['レスポンスタイムが10%以上劣化', 'エラー率が増加', 'メモリ使用量が20%以上増加'])
      expect(markdown).toContain(words);
    expect(markdown).not.toMatch(/\b(Legacy|Calls|Evidence|confirmed|unknown)\b/);
  });

  it('has its figures in tables', () => {
    const { legacy, candidate } = english.responseTime;
    const markdown = reportMarkdown(english);
    expect(markdown).toContain(`| Calls | ${legacy.requests} | ${candidate.requests} |`);
    expect(markdown).toMatch(/\| Response time p95 \| 1\.\d+ s \| 1\.\d+ s \| -\d+\.\d % \|/);
    expect(markdown).toMatch(/\| Error rate \| \d\.\d\d % \| 1\d\.\d % \| -\d+\.\d % \|/);
    expect(markdown).toContain('| Memory usage | 200 MiB | 300 MiB | -50.0 % |');
    expect(markdown).toContain('Memory: 3 windows; the new service held too much in 3 in a row at most.');
    expect(markdown).toMatch(
      /Split: \d+ of 1500 sessions got the new service; the flag promised 750 \(p = 0\.\d+\)\./,
    );
  });

  it('survives a renderer: three tables, and the drawing untouched', () => {
    const html = marked.parse(reportMarkdown(english), { async: false });
    expect(html.match(/<table>/g)).toHaveLength(3);
    expect(html).toContain(distributionSvg(english));
    expect(html).not.toContain('&lt;');
  });

  it('needs no calls to be written', () => {
    const markdown = reportMarkdown(empty);
    expect(markdown).toContain('The new service needs 300 more calls and 50 more sessions.');
    expect(markdown).toContain('| Response time p95 | – | – | – |');
    expect(markdown).not.toContain('<svg');
    expect(markdown).not.toMatch(/NaN|Infinity|undefined|null/);
  });
});

describe('the drawing of the distribution', () => {
  const svg = distributionSvg(english);
  const attribute = (name: string) =>
    [...svg.matchAll(new RegExp(`\\b${name}="(-?[\\d.]+)"`, 'g'))].map(([, value]) => Number(value));

  it('has a bar for each bin with calls, and a line at each p95', () => {
    const filled = [...english.distribution.legacy, ...english.distribution.candidate].filter(
      (count) => count > 0,
    );
    // Two more are the legend's.
    expect(svg.match(/<rect /g)).toHaveLength(filled.length + 2);
    expect(svg.match(/stroke-dasharray/g)).toHaveLength(2);
  });

  it('stays inside its frame', () => {
    for (const x of [...attribute('x'), ...attribute('x1'), ...attribute('x2')]) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(720);
    }
    for (const y of [...attribute('y'), ...attribute('y1'), ...attribute('y2')]) {
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y).toBeLessThanOrEqual(300);
    }
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('is well-formed, without blank lines, scripts, or anything from outside', () => {
    const open: string[] = [];
    for (const [, closing, name, , alone] of svg.matchAll(
      /<(\/?)([a-z]+)((?:\s[a-z0-9:-]+="[^"<]*")*)(\/?)>/gi,
    )) {
      if (closing) expect(open.pop()).toBe(name);
      else if (!alone) open.push(name!);
    }
    expect(open).toEqual([]);
    expect(svg.match(/</g)?.length).toBe(svg.match(/<\/?[a-z]+(?:\s[a-z0-9:-]+="[^"<]*")*\/?>/gi)?.length);
    expect(svg).not.toContain('\n\n');
    expect(svg).not.toMatch(/<script|<image|href|url\(/);
  });

  it('tells who cannot see it what it is, in the report’s language', () => {
    expect(svg).toContain('aria-label="Distribution of the response times"');
    expect(distributionSvg(japanese)).toContain('<title>レスポンスタイムの分布</title>');
  });

  it('is possible for a single call, and none for none', () => {
    const one = report(traffic({ requests: 1, callsPerSession: 1 }));
    expect(distributionSvg(one)).not.toMatch(/NaN|Infinity|undefined/);
    expect(distributionSvg(empty)).toBe('');
  });
});

describe('a report in a terminal', () => {
  it('has the same verdict, and a histogram: a line per bin', () => {
    const text = reportText(english);
    expect(text).toContain('NOT READY: Resolve the following problems.\n');
    expect(text).toContain('  ! The error rate has gone up. (confirmed)\n');
    expect(text.match(/^.* – .* │.*│/gm)).toHaveLength(english.distribution.legacy.length);
  });

  it('fills no more than a hundred columns, in either language, but for its sentences', () => {
    const wide =
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/gu;
    for (const text of [reportText(english), reportText(japanese)])
      for (const line of text.split('\n').filter((line) => /│|^\S.* {3}/.test(line)))
        expect(line.length + (line.match(wide)?.length ?? 0)).toBeLessThanOrEqual(100);
  });

  it('has bars as long as the shares: the fullest bin fills its column, and an empty one has none', () => {
    const lines = reportText(english)
      .split('\n')
      .filter((line) => line.includes('│'));
    const bars = lines.flatMap((line) =>
      line
        .split('│')
        .slice(1)
        .map((cell) => cell.match(/█/g)?.length ?? 0),
    );
    expect(Math.max(...bars)).toBe(24);
    const [first] = english.distribution.candidate;
    expect(first).toBe(0);
    expect(lines[0]!.split('│')[2]).toBe('');
  });

  it('needs no calls', () => {
    expect(reportText(empty)).toContain(
      'There is not enough data to compare the services. (not enough data)',
    );
    expect(reportText(empty)).not.toMatch(/NaN|Infinity|undefined|│/);
  });
});

describe('a report as JSON', () => {
  it('has everything, and reads back as it was', () => {
    const back = JSON.parse(reportJson(english));
    expect(back).toEqual(JSON.parse(JSON.stringify(english)));
    expect(back.recommendation.action).toBe('ROLLBACK');
    expect(back.since).toBe('2026-05-01T00:00:00.000Z');
    expect(back.evidence.errors.peak).toBeGreaterThanOrEqual(60);
  });
});
