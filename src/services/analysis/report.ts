import { marked } from 'marked';
import sanitize from 'sanitize-html';
import type { Chart } from '../sandbox/index.ts';
import type { Language } from './messages.ts';

const CHARTS_HEADING: Record<Language, string> = { en: 'Charts', ja: 'グラフ' };

/**
 * A report as one HTML document that needs nothing from outside and runs nothing: the Markdown's HTML is reduced to
 * text, tables and lists, and charts are images, where no SVG can act. The document forbids the rest itself.
 */
export function renderReport(markdown: string, charts: readonly Chart[], language: Language): string {
  const body = sanitize(marked.parse(markdown, { async: false, gfm: true }), ALLOWED);
  const title = /^#\s+(.+)$/m.exec(markdown)?.[1] ?? 'Report';
  const figures = charts.map(
    (chart) => `<figure>
<img alt="${escapeHtml(chart.title)}" src="data:image/svg+xml;base64,${Buffer.from(chart.svg).toString('base64')}">
<figcaption>${escapeHtml(chart.title)}</figcaption>
</figure>`,
  );
  const gallery = figures.length > 0 ? [`<h2>${CHARTS_HEADING[language]}</h2>`, ...figures] : [];

  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
${[body.trim(), ...gallery].join('\n')}
</body>
</html>
`;
}

/** Links lead nowhere a report's reader has not seen: only http(s) and mailto, and they tell the target nothing. */
const ALLOWED: sanitize.IOptions = {
  allowedTags: [
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'p', 'br', 'hr', 'blockquote', 'pre', 'code', 'a'],
    ...['ul', 'ol', 'li', 'strong', 'em', 'del', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
  ],
  allowedAttributes: { a: ['href', 'rel'], th: ['align'], td: ['align'], ol: ['start'] },
  allowedSchemes: ['http', 'https', 'mailto'],
  transformTags: { a: sanitize.simpleTransform('a', { rel: 'noopener noreferrer nofollow' }) },
};

const STYLE = `
:root { color-scheme: light dark }
body { font: 16px/1.6 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem }
h1, h2, h3 { line-height: 1.25 }
table { border-collapse: collapse; display: block; overflow-x: auto }
th, td { border: 1px solid #8884; padding: .3rem .6rem; text-align: left }
th[align=right], td[align=right] { text-align: right; font-variant-numeric: tabular-nums }
pre { overflow-x: auto; padding: .8rem; background: #8881 }
figure { margin: 1.5rem 0 }
figure img { max-width: 100%; background: #fff }
figcaption { font-size: .875rem; opacity: .75 }
`.trim();

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
