import { writeFile } from 'node:fs/promises';
import { marked } from 'marked';
import type { FeatureName } from '../../sdk/index.ts';
import { CommandError, EXIT, tell } from './exit.ts';
import { running, type ServerOptions } from './target.ts';
import { printable } from './text.ts';

interface Options extends ServerOptions {
  since?: string;
  until?: string;
  language: 'en' | 'ja';
  json?: boolean;
  markdown?: boolean;
  html?: string;
}

/** Compares a feature's two services, for a person, a program or a page. */
export async function report(feature: FeatureName, options: Options): Promise<number> {
  const { since, until, language, json, markdown, html, ...server } = options;
  const found = await running(server).signalbox.migration.report(feature, {
    ...(since && { since }),
    ...(until && { until }),
    language: language === 'ja' ? 'JA' : 'EN',
  });
  if (html) await writePage(html, found.markdown, language);
  if (json) console.log(JSON.stringify(found.details, null, 2));
  else console.log((markdown ? found.markdown : printable(found.text)).trimEnd());
  return EXIT.ok;
}

async function writePage(path: string, markdown: string, language: string): Promise<void> {
  await writeFile(path, page(markdown, language)).catch((cause: Error) => {
    throw new CommandError(`The report could not be written to ${path}: ${cause.message}`, undefined, {
      cause,
    });
  });
  tell(`The report is in ${path}.`);
}

/** A document that needs nothing from outside and runs nothing: it forbids that itself. */
const page = (markdown: string, language: string): string => `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${/^# (.+)$/m.exec(markdown)?.[1]?.replaceAll('<', '&lt;') ?? 'Report'}</title>
<style>${STYLE}</style>
</head>
<body>
${marked.parse(markdown, { async: false, gfm: true }).trim()}
</body>
</html>
`;

const STYLE = `
:root { color-scheme: light dark }
body { font: 16px/1.6 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem }
h1, h2 { line-height: 1.25 }
table { border-collapse: collapse; display: block; overflow-x: auto }
th, td { border: 1px solid #8884; padding: .3rem .6rem; text-align: left }
th[align=right], td[align=right] { text-align: right; font-variant-numeric: tabular-nums }
svg { max-width: 100%; height: auto }
`.trim();
