/**
 * The program's API, written in the program's own world. It talks to the host in JSON text only, so no object
 * of either side ever reaches the other.
 *
 *     sql(query, ...values)        rows as objects; `?` stands for a value; sql`… ${value} …` works too
 *     table(title, rows, columns?) shows rows: objects, arrays, single values, or a query
 *     chart(title, spec, rows?)    shows a Vega-Lite chart of rows, of a query, or of the spec's own data.values
 *     print(...values)             adds a line to the output
 *
 * A program may use `await` and `return` at its top level; there is nothing to wait for.
 */
export const prelude = `(host, tableRows) => {
  const { parse, stringify } = JSON;
  const { isArray, from } = Array;
  const { keys, defineProperty, fromEntries } = Object;
  const safe = Number.MAX_SAFE_INTEGER;

  const plain = (key, value) => {
    switch (typeof value) {
      case 'bigint': return value >= -safe && value <= safe ? Number(value) : String(value);
      case 'symbol': return String(value);
      case 'function': return '[function ' + value.name + ']';
      case 'object':
        if (value instanceof Map) return fromEntries(value);
        if (value instanceof Set || ArrayBuffer.isView(value)) return from(value);
    }
    return value;
  };
  const json = (value) => {
    try { return stringify(value, plain) ?? 'null'; }
    catch (error) {
      if (error instanceof TypeError && /circular/.test(error.message)) {
        throw new TypeError('A value refers to itself and cannot be shown');
      }
      throw error;
    }
  };
  const ask = (text) => {
    const reply = parse(text);
    if (!reply.failure) return reply;
    const error = new Error(reply.failure.message);
    error.name = reply.failure.name;
    if (reply.failure.limit) error.limit = reply.failure.limit;
    throw error;
  };
  const title = (value, call) => {
    if (typeof value !== 'string') throw new TypeError(call + ': the title must be a string, not ' + kind(value));
    return value;
  };
  const kind = (value) => value === null ? 'null' : isArray(value) ? 'an array' : value === undefined ? 'undefined'
    : typeof value === 'object' || typeof value === 'undefined' ? 'an object' : 'a ' + typeof value;

  const parameter = (value) => {
    if (typeof value === 'bigint') return { bigint: String(value) };
    if (value instanceof Date) return { date: +value };
    if (isArray(value)) return value.map(parameter);
    if (value === undefined || value === null) return null;
    if (typeof value === 'number' && !Number.isFinite(value)) return null;
    if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value;
    throw new TypeError('sql: a value must be a string, number, boolean, Date, array or null, not ' + kind(value));
  };
  const sql = (query, ...values) => {
    if (isArray(query) && isArray(query.raw)) query = query.join('?');
    if (typeof query !== 'string') throw new TypeError('sql: the query must be a string, not ' + kind(query));
    const { columns, rows } = ask(host.sql(query, json(values.map(parameter))));
    return rows.map((row) => {
      const object = {};
      for (let i = 0; i < columns.length; i++) {
        if (columns[i] === '__proto__') {
          defineProperty(object, columns[i], { value: row[i], enumerable: true, configurable: true, writable: true });
        } else object[columns[i]] = row[i];
      }
      return object;
    });
  };

  const table = (name, rows, columns) => {
    title(name, 'table');
    if (typeof rows === 'string') return void ask(host.tableOf(name, rows));
    if (rows !== null && typeof rows === 'object' && !isArray(rows)) {
      rows = typeof rows[Symbol.iterator] === 'function' ? from(rows) : [rows];
    }
    if (!isArray(rows)) throw new TypeError('table: the rows must be an array or a query, not ' + kind(rows));
    const shown = rows.slice(0, tableRows);
    const isObject = (row) => row !== null && typeof row === 'object' && !isArray(row) && !(row instanceof Date);
    let cells;
    if (shown.some(isObject)) {
      if (!isArray(columns)) {
        const seen = new Set();
        for (const row of shown) if (isObject(row)) for (const key of keys(row)) seen.add(key);
        columns = from(seen);
      }
      cells = shown.map((row) => columns.map((key) => isObject(row) ? row[key] : null));
    } else {
      cells = shown.map((row) => isArray(row) ? row : [row]);
      const width = cells.reduce((most, row) => row.length > most ? row.length : most, 0);
      const names = isArray(columns) ? columns : [];
      const single = !shown.some(isArray);
      columns = from({ length: names.length > width ? names.length : width },
        (_, i) => i < names.length ? names[i] : single ? 'value' : 'column_' + (i + 1));
      cells = cells.map((row) => from(columns, (_, i) => row[i]));
    }
    ask(host.table(name, json(columns.map(String)), json(cells), rows.length > shown.length));
  };

  const chart = (name, spec, rows) => {
    title(name, 'chart');
    if (spec === null || typeof spec !== 'object' || isArray(spec)) {
      throw new TypeError('chart: the specification must be an object, not ' + kind(spec));
    }
    if (typeof rows === 'string') rows = sql(rows);
    if (rows !== undefined && !isArray(rows)) {
      throw new TypeError('chart: the rows must be an array or a query, not ' + kind(rows));
    }
    ask(host.chart(name, json(spec), rows === undefined ? '' : json(rows)));
  };

  const print = (...values) => {
    const text = values.map((value) => {
      if (typeof value === 'string') return value;
      if (value === undefined) return 'undefined';
      if (typeof value === 'bigint' || typeof value === 'number') return String(value);
      if (value instanceof Error) return value.name + ': ' + value.message;
      return json(value);
    });
    ask(host.print(text.join(' ')));
  };

  for (const [name, value] of [['sql', sql], ['table', table], ['chart', chart], ['print', print]]) {
    defineProperty(globalThis, name, { value, writable: true, configurable: true });
  }

  const describe = (error) => {
    try {
      if (error === null || typeof error !== 'object') return json({ name: 'Uncaught', message: String(error) });
      const text = (key) => typeof error[key] === 'string' ? error[key].slice(0, 4000) : '';
      return json({ name: text('name') || 'Error', message: text('message'), stack: text('stack'), limit: text('limit') });
    } catch {
      return '{"name":"Error","message":"The program threw something that cannot be read"}';
    }
  };
  return describe;
}`;
