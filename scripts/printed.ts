/**
 * Prints what the code says of itself: schema.graphql from src/schema, docs/configuration.md from src/config.ts.
 * With --check it only says which of them are not up to date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { SETTINGS } from '../src/config.ts';
import { schema } from '../src/schema/index.ts';

const printed = {
  'schema.graphql': `# Printed from src/schema by \`npm run schema\`.\n\n${printSchema(lexicographicSortSchema(schema)).replaceAll('= {  }', '= {}')}\n`,
  'docs/configuration.md': configuration(),
};

for (const [name, text] of Object.entries(printed)) {
  const file = new URL(`../${name}`, import.meta.url);
  if (!process.argv.includes('--check')) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text) {
    process.stderr.write(`${name} is not what the code says. Run: npm run schema\n`);
    process.exitCode = 1;
  }
}

function configuration(): string {
  const rows = Object.entries(SETTINGS).map(
    ([name, { default: value, meaning }]) =>
      `| \`${name}\` | ${value === undefined ? '' : `\`${value}\``} | ${meaning} |`,
  );
  return `# Configuration

Printed from \`src/config.ts\` by \`npm run schema\`.

Everything comes from the environment and is checked before anything starts: a wrong value ends the process with exit
code 2, and the message names the setting, the value and what is allowed. An empty value counts as absent.

| name | default | meaning |
| --- | --- | --- |
${rows.join('\n')}
`;
}
