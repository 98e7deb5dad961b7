import { literal } from './names.ts';

/** A type that a text may have. */
export interface Candidate {
  id: string;
  /** What every text of the type looks like. */
  shape: RegExp;
  /** SQL for the typed value, null where the text is something else. */
  parse(text: string): string;
  /** The candidate that reads the same texts as other days. */
  rival?: string;
}

function candidate(id: string, shape: string, typed: (text: string) => string, rival?: string): Candidate {
  const parse = (text: string) =>
    `case when regexp_full_match(${text}, ${literal(shape)}) then ${typed(text)} end`;
  return { id, shape: new RegExp(`^(?:${shape})$`), parse, ...(rival && { rival }) };
}

const cast = (id: string, shape: string) => candidate(id, shape, (text) => `try_cast(${text} as ${id})`);

const isoDate = '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}';
const clock = '[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?';

const scalars = [
  cast('BOOLEAN', '[tT]rue|[fF]alse|TRUE|FALSE'),
  // 007 is a name, not a number, and so are digits that a number would lose.
  cast('BIGINT', '[+-]?(0|[1-9][0-9]{0,18})'),
  cast(
    'DOUBLE',
    '[+-]?((0|[1-9][0-9]{0,14})([.][0-9]*)?([eE][+-]?[0-9]{1,2})?|[.][0-9]+([eE][+-]?[0-9]{1,2})?)',
  ),
  cast('TIME', '[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?'),
];

const isoDates = [
  cast('DATE', isoDate),
  candidate('TIMESTAMPTZ', `${isoDate}[T ]${clock} ?(Z|[+-][0-9]{2}(:?[0-9]{2})?)`, (text) => {
    const withSeconds = `regexp_replace(${text}, '^(.{8,10}[T ]..:..) ?(Z|[+-])', '\\1:00\\2')`;
    return `try_cast(${withSeconds} as TIMESTAMPTZ)`;
  }),
  cast('TIMESTAMP', `${isoDate}([T ]${clock})?`),
];

const month = '[A-Za-z]{3}';
const monthName = '[A-Za-z]{3,9}';
const dayFormats: [format: string, shape: string, rival?: string][] = [
  ['%Y/%m/%d', '[0-9]{4}/D/D'],
  ['%Y.%m.%d', '[0-9]{4}[.]D[.]D'],
  ['%d.%m.%Y', 'D[.]D[.][0-9]{4}'],
  ['%d.%m.%y', 'D[.]D[.][0-9]{2}'],
  ...['/', '-'].flatMap((s): [string, string, string][] =>
    ['Y', 'y'].flatMap((y): [string, string, string][] => {
      const shape = `D${s}D${s}[0-9]{${y === 'Y' ? 4 : 2}}`;
      const [dayFirst, monthFirst] = [`%d${s}%m${s}%${y}`, `%m${s}%d${s}%${y}`];
      return [
        [dayFirst, shape, monthFirst],
        [monthFirst, shape, dayFirst],
      ];
    }),
  ),
  ...['%b', '%B'].flatMap((m): [string, string][] => {
    const name = m === '%b' ? month : monthName;
    return [
      [`%d ${m} %Y`, `D ${name} [0-9]{4}`],
      [`%d-${m}-%Y`, `D-${name}-[0-9]{4}`],
      [`%d-${m}-%y`, `D-${name}-[0-9]{2}`],
      [`${m} %d, %Y`, `${name} D, [0-9]{4}`],
      [`${m} %d %Y`, `${name} D [0-9]{4}`],
    ];
  }),
];
const timeFormats: [format: string, shape: string][] = [
  ['', ''],
  [' %H:%M', ' D:[0-9]{2}'],
  [' %H:%M:%S', ' D:[0-9]{2}:[0-9]{2}'],
  [' %I:%M %p', ' D:[0-9]{2} [AaPp][Mm]'],
  [' %I:%M:%S %p', ' D:[0-9]{2}:[0-9]{2} [AaPp][Mm]'],
];

const writtenDates = dayFormats.flatMap(([day, dayShape, rival]) =>
  timeFormats.map(([time, timeShape]) => {
    const shape = (dayShape + timeShape).replaceAll('D', '[0-9]{1,2}');
    const type = time ? 'TIMESTAMP' : 'DATE';
    const format = literal(day + time);
    return candidate(
      day + time,
      shape,
      (text) => `try_cast(try_strptime(${text}, ${format}) as ${type})`,
      rival && rival + time,
    );
  }),
);

/** What text may say of days: ISO 8601, 31/12/2024 or 12/31/2024, 31.12.2024, Dec 31 2024, with or without a time. */
export const anyDate: readonly Candidate[] = [...isoDates, ...writtenDates];
export const anyType: readonly Candidate[] = [...scalars, ...anyDate];
