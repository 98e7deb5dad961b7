/** A record of a CSV file: its fields, and the line it starts on. */
export interface CsvRecord {
  fields: string[];
  line: number;
}

/** Something that RFC 4180 does not allow. */
export interface CsvFault {
  message: string;
  line: number;
  column: number;
}

const quote = 0x22;
const cr = 0x0d;
const lf = 0x0a;

/**
 * Reads CSV from pieces of text, strictly: a second opinion that knows lines and columns, for the first
 * records of a file and for files that DuckDB refuses. A quote inside an unquoted field is text.
 */
export class CsvReader {
  readonly #delimiter: number;
  readonly #record: (record: CsvRecord) => void;
  #state: 'start' | 'plain' | 'quoted' | 'closed' = 'start';
  #field = '';
  #fields: string[] = [];
  #line = 1;
  #column = 1;
  #recordLine = 1;
  #opened = { line: 1, column: 1 };
  #afterCr = false;
  fault: CsvFault | undefined;

  constructor(delimiter: string, record: (record: CsvRecord) => void) {
    this.#delimiter = delimiter.charCodeAt(0);
    this.#record = record;
  }

  write(text: string): void {
    let from = 0;
    for (let i = 0; i < text.length && !this.fault; i++) {
      const char = text.charCodeAt(i);
      const isBreak = char === cr || (char === lf && !this.#afterCr);

      if (this.#state === 'quoted') {
        if (char === quote) {
          this.#field += text.slice(from, i);
          from = i + 1;
          this.#state = 'closed';
        }
      } else if (char === quote && this.#state === 'start') {
        this.#opened = { line: this.#line, column: this.#column };
        this.#state = 'quoted';
        from = i + 1;
      } else if (char === quote && this.#state === 'closed') {
        this.#state = 'quoted';
        from = i; // the doubled quote itself is text
      } else if (char === this.#delimiter || char === cr || char === lf) {
        if (this.#state === 'plain') this.#field += text.slice(from, i);
        from = i + 1;
        if (char === this.#delimiter) this.#endField();
        else if (isBreak) this.#endRecord();
        else this.#recordLine = this.#line;
      } else if (this.#state === 'closed' && char !== 0x20) {
        this.#blame('Text follows the closing quote of a field', this.#line, this.#column);
      } else if (this.#state === 'start') {
        this.#state = 'plain';
        from = i;
      }
      this.#advance(char, isBreak);
    }
    if (this.#state === 'plain' || this.#state === 'quoted') this.#field += text.slice(from);
  }

  end(): void {
    if (this.fault) return;
    if (this.#state === 'quoted') {
      this.#blame('The quote opened here is never closed', this.#opened.line, this.#opened.column);
    } else if (this.#fields.length > 0 || this.#state !== 'start') {
      this.#endRecord();
    }
  }

  #endField(): void {
    this.#fields.push(this.#field);
    this.#field = '';
    this.#state = 'start';
  }

  #endRecord(): void {
    this.#endField();
    this.#record({ fields: this.#fields, line: this.#recordLine });
    this.#fields = [];
    this.#recordLine = this.#line + 1;
  }

  #advance(char: number, isBreak: boolean): void {
    if (isBreak) {
      this.#line += 1;
      this.#column = 1;
    } else if (char !== lf && (char & 0xfc00) !== 0xdc00) this.#column += 1;
    this.#afterCr = char === cr;
  }

  #blame(message: string, line: number, column: number): void {
    this.fault = { message, line, column };
  }
}
