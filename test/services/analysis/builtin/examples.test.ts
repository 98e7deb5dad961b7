import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { correlation, mean, median, open, parse, sum } from './asking.ts';

const path = (name: string) => new URL(`../../../../examples/data/${name}`, import.meta.url).pathname;
const load = async (name: string) => parse(await readFile(path(name), 'utf8'));
const numbers = (rows: Array<Record<string, string | null>>, column: string) =>
  rows.flatMap((row) => (row[column] === null ? [] : [Number(row[column])]));

describe('asking about the penguins', { timeout: 120_000 }, () => {
  it('answers the questions of the README', async () => {
    await using data = await open(path('penguins.csv'));
    const rows = await load('penguins.csv');
    const of = (column: string, value: string) => rows.filter((row) => row[column] === value);

    const heaviest = await data.ask('Which species is heaviest?');
    expect(heaviest.rows()[0]).toEqual({
      Species: 'Gentoo',
      'average Body Mass (g)': expect.closeTo(mean(numbers(of('Species', 'Gentoo'), 'Body Mass (g)')), 9),
      n: 123,
    });
    expect(heaviest.report).toContain(
      '**Gentoo** has the highest average Body Mass (g): **5,076 g (n = 123)**',
    );
    expect(heaviest.execution.charts).toHaveLength(1);

    const islands = await data.ask('How many penguins are there per island?');
    expect(islands.rows()).toEqual(
      ['Biscoe', 'Dream', 'Torgersen'].map((Island) => ({ Island, rows: of('Island', Island).length })),
    );
    expect(islands.report).not.toContain('Not understood');

    const related = await data.ask('How does flipper length relate to body mass?');
    const pairs = rows
      .filter((row) => row['Body Mass (g)'] !== null)
      .map((row): [number, number] => [Number(row['Flipper Length (mm)']), Number(row['Body Mass (g)'])]);
    expect(related.rows()).toEqual([
      { x: 'Flipper Length (mm)', y: 'Body Mass (g)', r: expect.closeTo(correlation(pairs), 9), n: 342 },
    ]);
    expect(related.report).toContain('**r = 0.87** (n = 342)');

    const compared = await data.ask('Compare the body mass of males and females');
    const [male, female] = ['MALE', 'FEMALE'].map((sex) => mean(numbers(of('Sex', sex), 'Body Mass (g)')));
    expect(compared.rows().map((row) => row['average Body Mass (g)'])).toEqual([
      expect.closeTo(male!, 9),
      expect.closeTo(female!, 9),
    ]);
    expect(compared.report).toContain('The difference is **683.41 g**');

    const missing = await data.ask('Which values are missing?');
    expect(Object.fromEntries(missing.rows().map((row) => [row.column, row.missing]))).toEqual(
      Object.fromEntries(
        Object.keys(rows[0]!).map((column) => [column, rows.filter((row) => row[column] === null).length]),
      ),
    );

    const medians = await data.ask('種ごとの体重の中央値', 'ja');
    for (const row of medians.rows())
      expect(row['Body Mass (g)の中央値']).toBe(
        median(numbers(of('Species', String(row.Species)), 'Body Mass (g)')),
      );
    expect(medians.report).toContain('**5,000 g（n = 123）**');
  });
});

describe('asking about the weather', { timeout: 120_000 }, () => {
  it('answers the questions of the README', async () => {
    await using data = await open(path('seattle-weather.csv'));
    const rows = await load('seattle-weather.csv');
    const total = (prefix: RegExp) =>
      sum(
        numbers(
          rows.filter((row) => prefix.test(row.date!)),
          'precipitation_mm',
        ),
      );

    const years = await data.ask('What was the total precipitation per year?');
    expect(years.rows().map((row) => [row.year, row['total precipitation_mm']])).toEqual(
      ['2012', '2013', '2014', '2015'].map((year) => [
        year,
        expect.closeTo(total(new RegExp(`^${year}`)), 6),
      ]),
    );

    const hottest = await data.ask('Which day was the hottest?');
    expect(hottest.report).toContain('**35.6 °C**: date 2014-08-11');
    expect(Math.max(...numbers(rows, 'temp_max_c'))).toBe(35.6);

    const rain = await data.ask('What percentage of days had rain?');
    expect(rain.rows()[0]).toMatchObject({
      matching: rows.filter(({ weather }) => weather === 'rain').length,
      rows: rows.length,
    });
    expect(rain.report).toContain('**43.9 %** (641 of 1,461)');

    const wettest = await data.ask('Which month of the year is the wettest?');
    expect(wettest.rows()[0]).toMatchObject({
      'month of the year': 11,
      'total precipitation_mm': expect.closeTo(total(/-11-/), 6),
    });
    expect(wettest.report).toContain('**November**');

    const july = await data.ask('average temp_max in July');
    expect(july.rows()[0]).toEqual({
      'average temp_max_c': expect.closeTo(
        mean(
          numbers(
            rows.filter(({ date }) => /-07-/.test(date!)),
            'temp_max_c',
          ),
        ),
        9,
      ),
      n: 124,
    });

    const kinds = await data.ask('天気ごとの日数', 'ja');
    expect(kinds.rows().map((row) => [row.weather, row.件数])).toEqual([
      ['rain', 641],
      ['sun', 640],
      ['fog', 101],
      ['drizzle', 53],
      ['snow', 26],
    ]);
  });
});

describe('asking about electricity', { timeout: 120_000 }, () => {
  it('answers the questions of the README', async () => {
    await using data = await open(path('iowa-electricity.csv'));
    const rows = await load('iowa-electricity.csv');
    const total = (source: string, from = 2001, to = 2017) =>
      sum(
        numbers(
          rows.filter((row) => row.source === source && Number(row.year) >= from && Number(row.year) <= to),
          'net_generation_gwh',
        ),
      );
    const sources = ['Fossil Fuels', 'Renewables', 'Nuclear Energy'];

    const course = await data.ask('How did net generation develop by source?');
    expect(course.rows()).toHaveLength(51);
    expect(course.report).toContain('**1,437 GWh** (2001) to **21,933 GWh** (2017)');

    const share = await data.ask('What share of the generation in 2017 came from renewables?');
    expect(share.rows()[0]!['share %']).toBeCloseTo(
      (100 * total('Renewables', 2017)) / sum(sources.map((source) => total(source, 2017))),
      9,
    );

    const totals = await data.ask('total generation by source');
    expect(totals.rows().map((row) => [row.source, row['total net_generation_gwh']])).toEqual(
      sources.map((source) => [source, total(source)]),
    );

    const compared = await data.ask('Compare renewables and nuclear energy');
    expect(compared.rows().map((row) => row['average net_generation_gwh'])).toEqual(
      ['Renewables', 'Nuclear Energy'].map((source) => expect.closeTo(total(source) / 17, 9)),
    );

    const recent = await data.ask('2010年以降の電源別の発電量', 'ja');
    expect(recent.rows().map((row) => row.net_generation_gwhの合計)).toEqual(
      sources.map((source) => total(source, 2010)),
    );
  });
});
