/** Writes names and values into SQL, and SQL into JavaScript, whatever characters they hold. */

export const identifier = (name: string) => `"${name.replaceAll('"', '""')}"`;

export const text = (value: string) => `'${value.replaceAll("'", "''")}'`;

/** A JavaScript string literal. */
export const literal = (value: string) =>
  `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');

/** The inside of a JavaScript template literal. */
export const template = (value: string) =>
  value.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${').replaceAll('\r', '\\r');

/** What is safe inside a line comment. */
export const comment = (value: string) => value.replace(/[\r\n\u2028\u2029]+/g, ' ');
