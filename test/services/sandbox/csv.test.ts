import { describe, expect, it } from 'vitest';
import { fileOf, printed, profileOf, rowsOf, typesOf } from './workbench.ts';

describe('profiling a CSV file', () => {
  it('describes every column', async () => {
    const profile = await profileOf(
      'region,amount,day\nNorth,12.5,2024-01-02\nSouth,7,2024-01-03\nNorth,,2024-02-01\n',
    );

    expect(profile).toEqual({
      rowCount: 3,
      columns: [
        {
          name: 'region',
          type: 'VARCHAR',
          nullCount: 0,
          distinctCount: 2,
          min: 'North',
          max: 'South',
          examples: ['North', 'South'],
        },
        {
          name: 'amount',
          type: 'DOUBLE',
          nullCount: 1,
          distinctCount: 2,
          min: '7',
          max: '12.5',
          examples: ['7', '12.5'],
        },
        {
          name: 'day',
          type: 'DATE',
          nullCount: 0,
          distinctCount: 3,
          min: '2024-01-02',
          max: '2024-02-01',
          examples: ['2024-01-02', '2024-01-03', '2024-02-01'],
        },
      ],
    });
  });

  it('shortens long texts', async () => {
    const { columns } = await profileOf(`a\n${'x'.repeat(5_000)}\n`);
    expect(columns[0]!.examples[0]).toHaveLength(200);
    expect(columns[0]!.max).toHaveLength(200);
  });
});

describe('the shape of a CSV file', () => {
  const table: [situation: string, text: string | Uint8Array, rows: unknown[][]][] = [
    ['a byte order mark', '\ufeffa,b\n1,x\n', [[1, 'x']]],
    ['a byte order mark before a quote', '\ufeff"a","b"\n1,x\n', [[1, 'x']]],
    [
      'Windows line ends',
      'a,b\r\n1,x\r\n2,y',
      [
        [1, 'x'],
        [2, 'y'],
      ],
    ],
    [
      'old Macintosh line ends',
      'a,b\r1,x\r2,y\r',
      [
        [1, 'x'],
        [2, 'y'],
      ],
    ],
    [
      'line ends of several kinds',
      'a,b\r\n1,"x\ny"\n2,"y"\r\n',
      [
        [1, 'x\ny'],
        [2, 'y'],
      ],
    ],
    [
      'line breaks inside quotes',
      'a,b\n1,"x\r\ny"\n2,"\n"\n',
      [
        [1, 'x\r\ny'],
        [2, '\n'],
      ],
    ],
    ['a header with a line break', '"a\nb",c\n1,2\n', [[1, 2]]],
    ['doubled quotes', 'a\n"say ""hi"""\n', [['say "hi"']]],
    [
      'semicolons',
      'a;b\n1,5;x\n2,5;y\n',
      [
        ['1,5', 'x'],
        ['2,5', 'y'],
      ],
    ],
    ['bars', 'a|b\n1|x\n', [[1, 'x']]],
    ['tabs', 'a\tb\n1\tx\n', [[1, 'x']]],
    [
      'commas in quotes beside semicolons',
      '"a,1";b\n"x,y";2\n"z,z";3\n',
      [
        ['x,y', 2],
        ['z,z', 3],
      ],
    ],
    ['one column', 'a\n1\n2\n', [[1], [2]]],
    ['one column with an empty line', 'a\n1\n\n2\n', [[1], [null], [2]]],
    [
      'empty lines between rows',
      'a,b\n\n1,2\n\n\n3,4\n\n',
      [
        [1, 2],
        [3, 4],
      ],
    ],
    [
      'empty fields',
      'a,b,c\n1,,\n,"",3\n',
      [
        [1, null, null],
        [null, null, 3],
      ],
    ],
    [
      'a comma at the end of each row',
      'a,b\n1,2,\n3,4,\n',
      [
        [1, 2],
        [3, 4],
      ],
    ],
    [
      'spaces after the commas',
      'a, b\n1, 2\n3, 4\n',
      [
        [1, 2],
        [3, 4],
      ],
    ],
    [
      'numbers only and no header',
      '1,2.5\n3,4\n',
      [
        [1, 2.5],
        [3, 4],
      ],
    ],
    ['a last line without its end', 'a,b\n1,x', [[1, 'x']]],
  ];

  it.each(table)('reads a file with %s', async (_, text, rows) => {
    expect(await rowsOf(text)).toEqual(rows);
  });

  it('takes a header alone for a table without rows', async () => {
    expect(await profileOf('name,age')).toMatchObject({
      rowCount: 0,
      columns: [
        { name: 'name', type: 'VARCHAR', nullCount: 0, distinctCount: 0, min: null, max: null, examples: [] },
        { name: 'age' },
      ],
    });
  });

  it('takes the first line of a file of texts for its header', async () => {
    expect(typesOf(await profileOf('city,country\nParis,France\nRome,Italy\n'))).toEqual({
      city: 'VARCHAR',
      country: 'VARCHAR',
    });
  });

  it('names columns without a name and tells equal names apart', async () => {
    const { columns } = await profileOf(' a ,,A,a,"with ""quotes"""\n1,2,3,4,5\n');
    expect(columns.map(({ name }) => name)).toEqual(['a', 'column_2', 'A_2', 'a_3', 'with "quotes"']);
  });

  it('reads a TSV file by its tabs alone', async () => {
    expect(await rowsOf('a,b\tc\n1,2\t3\n', 'TSV')).toEqual([['1,2', 3]]);
  });

  it('reads a file whose name looks like a pattern', async () => {
    const file = await fileOf('a\n1\n', 'CSV', 'what [is] *this?');
    expect(await printed(`print(sql('from data'))`, file)).toBe('[{"a":1}]');
  });
});

describe('the types of CSV columns', () => {
  const table: [situation: string, values: string[], type: string, first: unknown][] = [
    ['integers', ['1', '-2', '+3'], 'BIGINT', 1],
    ['integers and decimals', ['1', '2.5', '1e3', '.5'], 'DOUBLE', 1],
    ['numbers with thousands separators', ['"1,234"', '"5,678"'], 'VARCHAR', '1,234'],
    ['codes with leading zeros', ['007', '123'], 'VARCHAR', '007'],
    ['integers too long for a number', ['12345678901234567890', '1'], 'VARCHAR', '12345678901234567890'],
    ['truth values', ['true', 'FALSE'], 'BOOLEAN', true],
    ['ISO dates', ['2024-03-05', '2023-12-31'], 'DATE', '2024-03-05'],
    ['ISO times of day', ['2024-03-05T10:00:00', '2024-03-05 11:30'], 'TIMESTAMP', '2024-03-05T10:00:00'],
    ['dates and times mixed', ['2024-03-05', '2024-03-05 11:30'], 'TIMESTAMP', '2024-03-05T00:00:00'],
    [
      'instants',
      ['2024-03-05T10:00Z', '2024-03-05 11:30:00+02:00'],
      'TIMESTAMP WITH TIME ZONE',
      '2024-03-05T10:00:00Z',
    ],
    ['times', ['10:00', '23:59:30'], 'TIME', '10:00:00'],
    ['days before months, by one value', ['5/3/2024', '13/3/2024'], 'DATE', '2024-03-05'],
    ['months before days, by one value', ['3/5/2024', '3/13/2024'], 'DATE', '2024-03-05'],
    ['days and months that nothing tells apart', ['3/5/2024', '4/5/2024'], 'VARCHAR', '3/5/2024'],
    ['dates with dots', ['05.03.2024', '06.03.2024'], 'DATE', '2024-03-05'],
    ['short months', ['Mar 5 2024', 'Dec 31 2023'], 'DATE', '2024-03-05'],
    ['long months', ['"March 5, 2024"', '"May 1, 2024"'], 'DATE', '2024-03-05'],
    ['days with short years', ['5-Mar-24', '31-Dec-23'], 'DATE', '2024-03-05'],
    ['dates with a clock', ['3/13/2024 4:05 PM', '3/5/2024 11:00 AM'], 'TIMESTAMP', '2024-03-13T16:05:00'],
    ['days that do not exist', ['2024-02-30', '2024-02-28'], 'VARCHAR', '2024-02-30'],
    ['nothing at all', ['', ''], 'VARCHAR', null],
    ['words for nothing', ['NULL', 'NA'], 'VARCHAR', 'NULL'],
  ];

  it.each(table)('reads %s', async (_, values, type, first) => {
    const text = `key,value\n${values.map((value) => `k,${value}\n`).join('')}`;
    const { columns } = await profileOf(text);
    expect(columns[1]!.type).toBe(type);
    expect((await rowsOf(text))[0]![1]).toBe(first);
  });

  it('looks at the whole file before it decides', async () => {
    const rows = Array.from({ length: 60_000 }, (_, i) => `${i},2024-01-01,`);
    const profile = await profileOf(`a,b,c\n${rows.join('\n')}\nlate,never,3.5\n`);
    expect(profile.rowCount).toBe(60_001);
    expect(typesOf(profile)).toEqual({ a: 'VARCHAR', b: 'VARCHAR', c: 'DOUBLE' });
  });

  it('copes with hundreds of columns', async () => {
    const names = Array.from({ length: 300 }, (_, i) => `n${i}`);
    const profile = await profileOf(
      `${names.join()}\n${names.map((_, i) => i).join()}\n${names.map(() => '2024-01-01').join()}\n`,
    );
    expect(profile.columns).toHaveLength(300);
  });
});
