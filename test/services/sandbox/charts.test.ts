import { describe, expect, it } from 'vitest';
import { failureOf, run } from './workbench.ts';

const rows = `[{k: 'North', v: 3, t: '2024-01-02'}, {k: 'South <&>', v: 5, t: '2024-02-03'}]`;
const bars = `{mark: 'bar', encoding: {x: {field: 'k', type: 'nominal'}, y: {field: 'v', type: 'quantitative'}}}`;

describe('a chart', () => {
  it('is drawn from rows', async () => {
    const { charts } = await run(`chart('Sales', ${bars}, ${rows})`);
    const [{ title, vegaLite, svg }] = charts as [(typeof charts)[0]];
    expect(title).toBe('Sales');
    expect(vegaLite).toMatchObject({
      $schema: expect.stringContaining('vega-lite'),
      title: 'Sales',
      mark: 'bar',
      data: { values: [{ k: 'North' }, { k: 'South <&>' }] },
    });
    expect(svg).toMatch(/^<svg .*<\/svg>$/s);
    expect(svg.match(/aria-roledescription="bar"/g)).toHaveLength(2);
    expect(svg).toContain('South &lt;&amp;&gt;');
  });

  it('is drawn from a query or from its own values', async () => {
    const { charts } = await run(
      `chart('q', ${bars}, "select 'a' as k, 1 as v"); chart('own', {...${bars}, data: {values: ${rows}}})`,
    );
    expect(charts.map(({ svg }) => svg.match(/aria-roledescription="bar"/g)?.length)).toEqual([1, 2]);
  });

  it('is the same every time', async () => {
    const code = `chart('a', {...${bars}, mark: 'line', encoding: {x: {field: 't', type: 'temporal'}, y: {field: 'v', type: 'quantitative', scale: {zero: false}}}}, ${rows})`;
    const [first, second] = await Promise.all([run(code), run(code)]);
    expect(first.charts).toEqual(second.charts);
  });

  it('leaves its labels the room they need', async () => {
    const wide = `[{k: 'A rather long label here', v: 3}]`;
    const { charts } = await run(
      `chart('c', {mark: 'bar', width: 100, encoding: {y: {field: 'k', type: 'nominal'}, x: {field: 'v', type: 'quantitative'}}}, ${wide})`,
    );
    const width = Number(/<svg[^>]* width="([\d.]+)"/.exec(charts[0]!.svg)?.[1]);
    expect(width).toBeGreaterThan(220);
    expect(width).toBeLessThan(330);
  });

  it('computes its expressions', async () => {
    const { charts } = await run(
      `chart('c', {mark: 'point', transform: [{calculate: "datum.v * 2", as: 'w'}, {filter: 'datum.w > 6'}], encoding: {x: {field: 'w', type: 'quantitative'}}}, ${rows})`,
    );
    expect(charts[0]!.svg.match(/aria-roledescription="point"/g)).toHaveLength(1);
  });
});

describe('a chart that cannot be', () => {
  const table: [what: string, spec: string, message: RegExp][] = [
    ['no mark', '{encoding: {}}', /Invalid specification/],
    ['an unknown column', `{mark: 'bar', encoding: {x: {field: 'nope'}}}`, /no column "nope".*k, v, t/],
    [
      'an address for its data',
      `{mark: 'bar', data: {url: 'file:///etc/passwd'}, encoding: {}}`,
      /"url" is not allowed/,
    ],
    ['a link', `{mark: {type: 'bar', href: 'https://evil.example'}, encoding: {}}`, /"href" is not allowed/],
    ['a link per row', `{mark: 'bar', encoding: {href: {field: 'k'}}}`, /"href" is not allowed/],
    ['an image', `{mark: {type: 'image'}, encoding: {}}`, /image marks/],
    [
      'a fill from elsewhere',
      `{mark: {type: 'bar', fill: 'url(https://evil.example/x)'}, encoding: {y: {field: 'v', type: 'quantitative'}}}`,
      /attribute that is not allowed: fill/,
    ],
    [
      'a polluted prototype',
      `JSON.parse('{"mark":"bar","encoding":{},"config":{"__proto__":{"x":1}}}')`,
      /"__proto__" is not allowed/,
    ],
    [
      'a polluted constructor',
      `{mark: 'bar', encoding: {}, config: {style: {constructor: {prototype: {x: 1}}}}}`,
      /"constructor" is not allowed/,
    ],
    [
      'an expression that does not parse',
      `{mark: 'bar', transform: [{filter: 'datum.v >'}], encoding: {}}`,
      /Unexpected/i,
    ],
    [
      'a call it may not make',
      `{mark: 'bar', transform: [{calculate: 'fetch("x")', as: 'y'}], encoding: {}}`,
      /Unrecognized function/,
    ],
    [
      'a way to code',
      `{mark: 'bar', transform: [{calculate: 'datum.constructor.constructor("return process")()', as: 'y'}], encoding: {}}`,
      /./,
    ],
    ['a list', '[]', /must be an object, not an array/],
    ['text', `'bar'`, /must be an object, not a string/],
    [
      'endless nesting',
      `(() => { let s = {}; for (let i = 0; i < 500; i++) s = {vconcat: [s]}; return s })()`,
      /nested too deeply/,
    ],
  ];

  it.concurrent.each(table)('says so of %s', async (_, spec, message) => {
    const error = await failureOf(run(`chart('Sales', ${spec}, ${rows})`));
    expect(error).toMatchObject({ code: 'PROGRAM_FAILED', message: expect.stringMatching(message) });
  });

  it('says so of a chart without data', async () => {
    expect((await failureOf(run(`chart('Sales', ${bars})`))).message).toContain('there is no data');
  });
});
