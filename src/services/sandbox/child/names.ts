/** Names and texts as SQL spells them. */

/** `name` as an SQL identifier. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;
/** `text` as an SQL string. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/**
 * Unique names; a column without one gets its number.
 *
 * @param fold What makes two names equal: for DuckDB their case does not tell them apart.
 */
export function distinctNames(names: string[], fold = (name: string) => name.toLowerCase()): string[] {
  const taken = new Set<string>();
  return names.map((name, i) => {
    const base = name === '' ? `column_${i + 1}` : name;
    let unique = base;
    for (let n = 2; taken.has(fold(unique)); n++) unique = `${base}_${n}`;
    taken.add(fold(unique));
    return unique;
  });
}
