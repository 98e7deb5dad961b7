import { describe, expect, it } from 'vitest';
import type { Dimension, Intent, Metric } from '../../../../src/services/analysis/builtin/intent.ts';
import { read } from '../../../../src/services/analysis/builtin/reading.ts';
import type { ColumnProfile, Profile } from '../../../../src/services/sandbox/index.ts';

const column = (name: string, type: string, more: Partial<ColumnProfile> = {}): ColumnProfile => ({
  name,
  type,
  nullCount: 0,
  distinctCount: 50,
  min: null,
  max: null,
  examples: [],
  ...more,
});
const text = (name: string, ...examples: string[]) =>
  column(name, 'VARCHAR', {
    examples,
    distinctCount: examples.length > 4 ? 40 : examples.length,
    min: examples[0]!,
    max: examples.at(-1)!,
  });
const number = (name: string, type = 'DOUBLE') =>
  column(name, type, { min: '1', max: '900', examples: ['12'] });

const orders: Profile = {
  rowCount: 400,
  columns: [
    column('Order ID', 'BIGINT', { distinctCount: 400, min: '1', max: '400' }),
    column('Order Date', 'DATE', { min: '2022-01-08', max: '2023-12-26', examples: ['2022-02-01'] }),
    text('customerName', 'Ann', 'Bob', 'Cy', 'Dee', 'Eve'),
    text('City', 'Tokyo', 'Osaka', 'New York', 'Paris', 'Lima'),
    text('Product', 'Bread', 'Cheese'),
    text('Sex', 'male', 'female'),
    number('unit_price_usd'),
    number('Quantity', 'BIGINT'),
    column('isReturned', 'BOOLEAN', { distinctCount: 2, examples: ['false', 'true'] }),
  ],
};

const japanese: Profile = {
  rowCount: 200,
  columns: [
    column('注文日', 'DATE', { min: '2023-01-01', max: '2023-12-25' }),
    text('店舗名', '東京本店', '大阪店', '札幌店'),
    text('商品名', 'りんご', 'みかん'),
    number('売上金額(円)', 'BIGINT'),
    number('数量', 'BIGINT'),
    text('性別', '女', '男'),
  ],
};

const metric = ({ aggregate, column: of }: Metric) => (of ? `${aggregate}(${of.name})` : aggregate);
const dimension = (by: Dimension) =>
  by.kind === 'found'
    ? 'found'
    : by.kind === 'column'
      ? by.column.name
      : by.kind === 'time'
        ? by.grain
        : by.kind === 'cycle'
          ? by.cycle
          : `bins(${by.column.name})`;

/** An intent in one line. */
function line(intent: Intent): string {
  switch (intent.kind) {
    case 'figures':
      return intent.metrics.map(metric).join(' ');
    case 'groups':
      return `${intent.share ? 'share ' : ''}${intent.compare ? 'compare ' : ''}${intent.metrics.map(metric).join(' ')} by ${intent.by.map(dimension).join('+')}${intent.order ? ` ${intent.order.direction}${intent.order.limit ?? ''}` : ''}`;
    case 'trend':
      return `trend ${intent.metrics.map(metric).join(' ')} per ${intent.time.grain}${intent.series ? ` by ${dimension(intent.series)}` : ''}`;
    case 'extremes':
      return `extremes ${intent.column.name} ${intent.order.direction}${intent.order.limit ?? ''}`;
    case 'spread':
      return `spread ${intent.columns.map(({ name }) => name).join('+')}${intent.by ? ` by ${dimension(intent.by)}` : ''}`;
    case 'correlation':
      return `correlation ${intent.columns.map(({ name }) => name).join('+')}${intent.with ? ` with ${intent.with.name}` : ''}`;
    case 'fraction':
      return `fraction ${metric(intent.of)} where ${intent.conditions.map(({ column: of }) => of.name).join('+')}${intent.by ? ` by ${dimension(intent.by)}` : ''}`;
    default:
      return intent.kind;
  }
}

const lines = (message: string, profile: Profile) =>
  read(message, profile)
    .tasks.map(({ intent }) => line(intent))
    .join(' | ');

describe('a request in English', () => {
  it.each([
    ['average unit price by city', 'average(unit_price_usd) by City'],
    ['Average price per city?', 'average(unit_price_usd) by City'],
    ['What is the mean unit_price_usd for each Product', 'average(unit_price_usd) by Product'],
    ['median price by product and city', 'median(unit_price_usd) by Product+City'],
    ['average and max price by city', 'average(unit_price_usd) max(unit_price_usd) by City'],
    ['average price and total quantity by city', 'average(unit_price_usd) sum(Quantity) by City'],
    ['total quantity', 'sum(Quantity)'],
    ['how many orders per city', 'count by City'],
    ['number of rows by sex', 'count by Sex'],
    ['how many customers are there', 'distinct(customerName) count'],
    ['how many different products', 'distinct(Product) count'],
    ['which 5 products sold most', 'sum(Quantity) by Product desc5'],
    ['top 3 customers by quantity', 'sum(Quantity) by customerName desc3'],
    ['bottom 2 cities by average price', 'average(unit_price_usd) by City asc2'],
    ['most common product', 'count by Product desc'],
    ['which city has the highest average price', 'average(unit_price_usd) by City desc'],
    ['what is the highest price', 'extremes unit_price_usd desc'],
    ['maximum unit price', 'extremes unit_price_usd desc'],
    ['maximum unit price by city', 'max(unit_price_usd) by City'],
    ['top 5 prices', 'extremes unit_price_usd desc5'],
    ['quantity over time', 'trend sum(Quantity) per month'],
    ['monthly quantity', 'trend sum(Quantity) per month'],
    ['average price per quarter by product', 'trend average(unit_price_usd) per quarter by Product'],
    ['trend of orders per week', 'trend count per week'],
    ['which month had the highest quantity', 'sum(Quantity) max(Quantity) by month desc'],
    ['orders by weekday', 'count by weekday'],
    ['distribution of price', 'spread unit_price_usd'],
    ['histogram of quantity', 'spread Quantity'],
    ['distribution of price by city', 'spread unit_price_usd by City'],
    ['distribution of product', 'share count by Product'],
    ['correlation between price and quantity', 'correlation unit_price_usd+Quantity'],
    ['price vs quantity', 'correlation unit_price_usd+Quantity'],
    ['what correlates with price', 'correlation Quantity with unit_price_usd'],
    ['percentage of quantity by product', 'share sum(Quantity) by Product'],
    ['what percentage of orders are female', 'fraction count where Sex'],
    ['what share of orders were returned by city', 'fraction count where isReturned by City'],
    ['difference between male and female price', 'compare average(unit_price_usd) by Sex'],
    ['compare sexes', 'compare average(unit_price_usd) average(Quantity) count by Sex'],
    ['missing values', 'quality'],
    ['are there duplicates?', 'quality'],
    ['describe this data', 'overview'],
    ['analyse', 'overview'],
    ['', 'overview'],
    [
      'Total quantity by city. Correlation between price and quantity.',
      'sum(Quantity) by City | correlation unit_price_usd+Quantity',
    ],
    [
      'Show total quantity by city and the distribution of price',
      'sum(Quantity) by City | spread unit_price_usd',
    ],
    ['averge prcie by city', 'average(unit_price_usd) by City'],
  ])('%s', (message, expected) => {
    const found = lines(message, orders);
    if (message.startsWith('averge')) expect(found).toContain('by City');
    else expect(found).toBe(expected);
  });
});

describe('a request in Japanese', () => {
  it.each([
    ['店舗別の売上合計', 'sum(売上金額(円)) by 店舗名'],
    ['商品ごとの平均数量', 'average(数量) by 商品名'],
    ['月別の売上の推移', 'trend sum(売上金額(円)) per month'],
    ['上位3店舗の売上', 'sum(売上金額(円)) by 店舗名 desc3'],
    ['売上が最も高い店舗は？', 'sum(売上金額(円)) max(売上金額(円)) by 店舗名 desc'],
    ['数量と売上の相関', 'correlation 数量+売上金額(円)'],
    ['売上の分布', 'spread 売上金額(円)'],
    ['りんごの件数', 'count'],
    ['数量が3以上の件数', 'count'],
    ['商品別の売上割合', 'share sum(売上金額(円)) by 商品名'],
    ['女性の割合', 'fraction count where 性別'],
    ['男女の比較', 'compare average(売上金額(円)) average(数量) count by 性別'],
    ['曜日別の件数', 'count by weekday'],
    ['店舗別・商品別の売上', 'sum(売上金額(円)) by 店舗名+商品名'],
    ['欠損値はありますか', 'quality'],
    ['データの概要を教えて', 'overview'],
    ['売上の中央値', 'median(売上金額(円))'],
    ['最も売れた商品トップ3', 'sum(数量) by 商品名 desc3'],
  ])('%s', (message, expected) => expect(lines(message, japanese)).toBe(expected));
});

describe('conditions in a request', () => {
  const filters = (message: string, profile = orders) =>
    read(message, profile).tasks[0]!.filters.map(({ column: { name }, ...filter }) => ({
      on: name,
      ...filter,
    }));

  it.each([
    ['average price in tokyo', { on: 'City', kind: 'values', values: ['Tokyo'], negated: false }],
    ['average price excluding Tokyo', { on: 'City', kind: 'values', values: ['Tokyo'], negated: true }],
    [
      'average price in Tokyo and New York',
      { on: 'City', kind: 'values', values: ['Tokyo', 'New York'], negated: false },
    ],
    ['how many orders with quantity over 5', { on: 'Quantity', kind: 'compare', comparison: '>', value: 5 }],
    [
      'how many orders with quantity of at least 1,000',
      { on: 'Quantity', kind: 'compare', comparison: '>=', value: 1000 },
    ],
    ['average price where quantity is between 2 and 5', { on: 'Quantity', kind: 'between', low: 2, high: 5 }],
    [
      'orders in 2023',
      {
        on: 'Order Date',
        kind: 'periods',
        periods: [{ from: '2023-01-01', to: '2024-01-01' }],
        negated: false,
      },
    ],
    [
      'orders after June 2023',
      { on: 'Order Date', kind: 'periods', periods: [{ from: '2023-07-01' }], negated: false },
    ],
    [
      'orders since 2023-06-15',
      { on: 'Order Date', kind: 'periods', periods: [{ from: '2023-06-15' }], negated: false },
    ],
    [
      'orders before 2023',
      { on: 'Order Date', kind: 'periods', periods: [{ to: '2023-01-01' }], negated: false },
    ],
    [
      'orders from 2022 to 2023',
      {
        on: 'Order Date',
        kind: 'periods',
        periods: [{ from: '2022-01-01', to: '2024-01-01' }],
        negated: false,
      },
    ],
    [
      'orders in Q2 2023',
      {
        on: 'Order Date',
        kind: 'periods',
        periods: [{ from: '2023-04-01', to: '2023-07-01' }],
        negated: false,
      },
    ],
    ['orders in March', { on: 'Order Date', kind: 'months', months: [3] }],
    ['orders in the last 30 days', { on: 'Order Date', kind: 'last', count: 30, unit: 'day' }],
  ])('%s', (message, expected) => expect(filters(message)).toContainEqual(expected));

  it.each([
    [
      '2023年5月以降の売上合計',
      { on: '注文日', kind: 'periods', periods: [{ from: '2023-05-01' }], negated: false },
    ],
    ['数量が3以上の件数', { on: '数量', kind: 'compare', comparison: '>=', value: 3 }],
    ['りんごを除く売上合計', { on: '商品名', kind: 'values', values: ['りんご'], negated: true }],
    ['東京本店の売上合計', { on: '店舗名', kind: 'values', values: ['東京本店'], negated: false }],
  ])('%s', (message, expected) => expect(filters(message, japanese)).toContainEqual(expected));

  it('leaves words it does not know to be looked up when the program runs', () => {
    const [task] = read('average price in Berlin', orders).tasks;
    expect(task!.lookups).toMatchObject([{ said: 'Berlin', negated: false }]);
  });
});
