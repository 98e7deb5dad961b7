import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builtinAnalyst } from '../../../../src/services/analysis/builtin/index.ts';
import { csv, given, mean, sum } from './asking.ts';

/** Numbers that look random and are the same every time. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

describe('data with headings of every kind', { timeout: 120_000 }, () => {
  it('finds the columns and gets the sums right', async () => {
    const next = random(7);
    const cities = ['Tokyo', 'Osaka', 'New York', 'Paris', 'Berlin', 'Lima', 'Oslo', 'Rome', 'Cairo'];
    const orders = Array.from({ length: 300 }, (_, i) => ({
      id: 1000 + i,
      date: new Date(Date.UTC(2022, 0, 1 + Math.floor(next() * 700))).toISOString().slice(0, 10),
      city: cities[Math.floor(next() ** 2 * cities.length)]!,
      price: Math.round(next() * 2000) / 100,
      staff: next() < 0.1 ? null : Math.floor(next() * 50),
      odd: next() < 0.5 ? 'x' : 'y',
      returned: next() < 0.3,
    }));
    const headings = [
      'Order ID',
      'orderDate',
      'City',
      'unit_price_usd',
      'Number of employees',
      'say "it\'s" `so` ${x}',
      'isReturned',
    ];
    await using data = await given(
      csv(
        headings,
        orders.map((o) => [o.id, o.date, o.city, o.price, o.staff, o.odd, o.returned]),
      ),
    );
    const by = <T>(key: (order: (typeof orders)[number]) => T) => Map.groupBy(orders, key);

    const prices = await data.ask('average unit price by city');
    expect(Object.fromEntries(prices.rows().map((row) => [row.City, row['average unit_price_usd']]))).toEqual(
      Object.fromEntries(
        [...by((o) => o.city)].map(([city, list]) => [
          city,
          expect.closeTo(mean(list.map((o) => o.price)), 9),
        ]),
      ),
    );

    const staff = await data.ask('average number of employees per city');
    expect(
      Object.fromEntries(staff.rows().map((row) => [row.City, row['average Number of employees']])),
    ).toEqual(
      Object.fromEntries(
        [...by((o) => o.city)].map(([city, list]) => [
          city,
          expect.closeTo(mean(list.flatMap((o) => (o.staff === null ? [] : [o.staff]))), 9),
        ]),
      ),
    );
    expect(staff.report).toContain(
      `${orders.filter((o) => o.staff === null).length} rows without \`Number of employees\``,
    );

    const odd = await data.ask('total number of employees by say "it\'s" `so` ${x}');
    expect(
      odd
        .rows()
        .map((row) => row['total Number of employees'])
        .toSorted(),
    ).toEqual([...by((o) => o.odd).values()].map((list) => sum(list.map((o) => o.staff ?? 0))).toSorted());

    const monthly = await data.ask('number of orders per month');
    expect(monthly.rows().map((row) => [row.month, row.rows])).toEqual(
      [...by((o) => o.date.slice(0, 7))].map(([month, list]) => [month, list.length]).toSorted(),
    );

    const inBerlin = await data.ask('average price in cairo');
    expect(inBerlin.rows()[0]!['average unit_price_usd']).toBeCloseTo(
      mean(orders.filter((o) => o.city === 'Cairo').map((o) => o.price)),
      9,
    );

    const both = await data.ask('difference in average price between Tokyo and Cairo');
    expect(both.rows()).toHaveLength(2);
    expect(
      both
        .rows()
        .map((row) => row['average unit_price_usd'])
        .toSorted(),
    ).toEqual(
      ['Tokyo', 'Cairo']
        .map((city) => mean(orders.filter((o) => o.city === city).map((o) => o.price)))
        .toSorted()
        .map((value) => expect.closeTo(value, 9)),
    );

    const returned = await data.ask('what share of orders were returned in 2022 by city');
    for (const row of returned.rows()) {
      const list = orders.filter((o) => o.city === row.City && o.date < '2023');
      expect(row).toMatchObject({ matching: list.filter((o) => o.returned).length, rows: list.length });
    }

    const without = await data.ask('how many orders with unit price over 12.5 excluding New York');
    expect(without.rows()[0]).toEqual({
      rows: orders.filter((o) => o.price > 12.5 && o.city !== 'New York').length,
    });
  });

  it('reads money, percentages and dates that the file holds as text', async () => {
    const rows = [
      ['$1,200.50', '2023年4月1日', 'りんご'],
      ['$99.50', '2023年4月2日', 'みかん'],
      ['$0.25', '2023年5月3日', 'りんご'],
    ];
    await using data = await given(csv(['Total Price', '日付', '商品名'], rows));

    const total = await data.ask('sum of total price');
    expect(total.rows()[0]!['total Total Price']).toBeCloseTo(1300.25, 9);
    const monthly = await data.ask('月別の件数', 'ja');
    expect(monthly.rows()).toEqual([
      { 月: '2023-04', 件数: 2 },
      { 月: '2023-05', 件数: 1 },
    ]);
  });
});

describe('top places', { timeout: 120_000 }, () => {
  it('tells of a tie instead of dropping one of the tied', async () => {
    await using data = await given(
      csv(
        ['shop', 'sales'],
        [
          ['a', 5],
          ['b', 3],
          ['c', 3],
          ['d', 1],
        ],
      ),
    );
    const { rows, report } = await data.ask('top 2 shops by sales');
    expect(rows().map((row) => row.shop)).toEqual(['a', 'b', 'c']);
    expect(report).toContain('Because of ties');
  });

  it('keeps every digit of large whole numbers', async () => {
    await using data = await given(
      csv(
        ['shop', 'sales'],
        [
          ['a', '9007199254740993'],
          ['a', '9007199254740993'],
          ['b', '1'],
        ],
      ),
    );
    const { rows, report } = await data.ask('total sales by shop');
    expect(rows()[0]).toMatchObject({ shop: 'a', 'total sales': '18014398509481986' });
    expect(report).toContain('18,014,398,509,481,986');
  });
});

// A child process per question: seconds where the machine is busy.
describe('any table at all', { timeout: 120_000 }, () => {
  const heading = fc.oneof(
    fc.constantFrom(
      'select',
      '"',
      "'",
      '`',
      '${x}',
      'a\\b',
      '🍎',
      'from',
      'group by',
      '名前',
      'x'.repeat(300),
      'a?b',
      '$1',
      'n',
      'rows',
      'total',
      'Group',
      '--',
      '/* */',
    ),
    fc
      .string({ minLength: 1, maxLength: 12, unit: 'grapheme' })
      .filter((text) => text.trim() !== '' && !/[\p{Cc}\p{Cs}\uFEFF]/u.test(text)),
  );

  it('sums groups as plain JavaScript does, whatever the columns are called', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(heading, {
          minLength: 2,
          maxLength: 2,
          selector: (text) => text.normalize('NFKC').toLowerCase().trim(),
        }),
        fc.array(
          fc.tuple(
            fc.constantFrom('red', 'green', 'blue'),
            fc.option(fc.integer({ min: -1000, max: 1000 }), { nil: null }),
          ),
          { minLength: 12, maxLength: 25 },
        ),
        async (names, cells) => {
          const rows = [...cells, ['red', 1], ['green', 2], ['blue', 3]] as Array<[string, number | null]>;
          await using data = await given(csv(names, rows));
          const [group, figure] = data.profile.columns.map(({ name }) => name);
          const { rows: found } = await data.ask(`"${figure}" total by "${group}"`);
          if (/["“”「」『』`]/.test(`${figure}${group}`)) return;
          const sums = Object.fromEntries(
            ['red', 'green', 'blue'].map((name) => [
              name,
              sum(rows.filter(([of]) => of === name).map(([, value]) => value ?? 0)),
            ]),
          );
          expect(found()).toHaveLength(3);
          for (const row of found()) {
            const label = Object.values(row).find((value) => String(value) in sums);
            expect(Object.values(row)).toContain(sums[String(label)]);
          }
        },
      ),
      { numRuns: 5, seed: 1 },
    );
  });

  it.each([
    ['no rows', 'city,sales\n'],
    ['one row', 'city,sales\nTokyo,3\n'],
    ['one column', 'sales\n1\n2\n'],
    ['a column without values', 'city,sales\nTokyo,\nOsaka,\n'],
    ['headings that are words of the language', 'select,from,where\na,1,2\nb,2,3\n'],
  ])('answers about %s', async (_, text) => {
    await using data = await given(text);
    for (const question of [
      'describe',
      'Average sales by city. Trend of sales. Top 3 cities by sales. Correlation.',
      'Missing values. Distribution of sales.',
    ]) {
      const { report } = await data.ask(question);
      expect(report).not.toMatch(/undefined|NaN|\[object/);
    }
  });

  it('writes a program of bounded length for a thousand columns', async () => {
    const column = (i: number) => ({
      name: `measure ${i}`,
      type: 'BIGINT',
      nullCount: 0,
      distinctCount: 2,
      min: '1',
      max: '2',
      examples: ['1'],
    });
    const profile = { rowCount: 2, columns: Array.from({ length: 1000 }, (_, i) => column(i)) };
    const question = {
      message: 'describe this data',
      language: 'en' as const,
      dataset: { name: 'wide.csv', profile },
    };
    const thinking = { sessionId: 'session_1', signal: AbortSignal.timeout(60_000), used: async () => {} };
    const code = await builtinAnalyst.code(
      question,
      await builtinAnalyst.plan(question, thinking),
      undefined,
      thinking,
    );
    expect(code.length).toBeLessThan(60_000);
  });
});
