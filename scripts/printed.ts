/**
 * Prints what the code says of itself: schema.graphql from src/schema, docs/configuration.md from src/config.
 * With --check it only says which of them are not up to date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { GROUPS, type Setting } from '../src/config/index.ts';
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
  const tables = Object.entries(GROUPS).map(
    ([title, settings]) => `## ${title}

| name | default | meaning |
| --- | --- | --- |
${Object.entries(settings).map(row).join('\n')}
`,
  );
  return `# Configuration

Printed from \`src/config\` by \`npm run schema\`.

Everything comes from the environment and is checked before anything starts: a wrong value ends the process with exit
code 2, and the message names the setting, the value and what is allowed. An empty value counts as absent.

${tables.join('\n')}`;
}

function row([name, { default: value, meaning }]: [string, Setting]): string {
  return `| \`${name}\` | ${value === undefined ? '' : `\`${value}\``} | ${meaning} |`;
}
