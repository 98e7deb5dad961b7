import { CsvReader, type CsvRecord } from './csv-reader.ts';

/** How a CSV file is written: found in its first records. */
export interface Dialect {
  delimiter: string;
  /** False where the first line can only be data. */
  hasHeader: boolean;
  /** The first record, trimmed, with or without a header. */
  first: string[];
}

const delimiters = [',', ';', '\t', '|'];
const looksLikeData = /^[+-]?[\d.,]*\d[\d.,]*%?$|^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T].*)?$/;

/**
 * Takes the delimiter under which most records have as many fields as the first, then the one with most fields.
 *
 * The first line is the header, unless each of its fields is a number or a date.
 */
export function dialectOf(text: string, isWhole: boolean, only?: string): Dialect {
  const readings = (only ? [only] : delimiters).map((delimiter) => {
    const records = firstRecords(text, isWhole, delimiter);
    const width = records[0]?.fields.length ?? 0;
    const regular = records.filter((record) => record.fields.length === width).length;
    return { delimiter, records, width, share: width > 1 ? regular / records.length : 0 };
  });
  const best = readings.reduce((a, b) =>
    b.share > a.share || (b.share === a.share && b.width > a.width) ? b : a,
  );

  const first = (best.records[0]?.fields ?? []).map((field) => field.trim());
  const hasHeader = !(first.length > 0 && first.every((field) => looksLikeData.test(field)));
  return { delimiter: best.delimiter, hasHeader, first };
}

function firstRecords(text: string, isWhole: boolean, delimiter: string): CsvRecord[] {
  const records: CsvRecord[] = [];
  const reader = new CsvReader(delimiter, (record) => records.push(record));
  reader.write(text);
  // What follows the last line break of a mere beginning may be half a record.
  if (isWhole || records.length === 0) reader.end();
  return records.filter(({ fields }) => fields.length > 1 || fields[0]!.trim() !== '');
}
