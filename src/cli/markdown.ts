import { type InspectColor, styleText } from 'node:util';
import { marked, type Token, type Tokens } from 'marked';
import { columns, printable } from './text.ts';

/** A report as one reads it in a terminal. Colours only where stdout is a terminal that wants them. */
export function rendered(markdown: string): string {
  return marked.lexer(markdown).map(block).filter(Boolean).join('\n\n');
}

const style = (format: InspectColor | InspectColor[], text: string) =>
  styleText(format, text, { stream: process.stdout });

function block(token: Token): string {
  switch (token.type) {
    case 'heading':
      return style(['bold', 'underline'], inline(token.tokens));
    case 'paragraph':
    case 'text':
      return 'tokens' in token && token.tokens ? inline(token.tokens) : plain(token);
    case 'list':
      return list(token as Tokens.List);
    case 'table':
      return table(token as Tokens.Table);
    case 'blockquote':
      return indented((token.tokens ?? []).map(block).join('\n'), '│ ');
    case 'code':
      return indented(printable(token.text), '    ');
    case 'hr':
      return '────';
    case 'space':
      return '';
    default:
      return plain(token);
  }
}

function list({ items, ordered, start }: Tokens.List): string {
  return items
    .map((item, index) => {
      const bullet = ordered ? `${Number(start || 1) + index}. ` : '• ';
      const text = item.tokens.map(block).filter(Boolean).join('\n');
      return bullet + indented(text, ' '.repeat(bullet.length)).trimStart();
    })
    .join('\n');
}

function table({ header, rows, align }: Tokens.Table): string {
  const cells = [header, ...rows].map((row) => row.map((cell) => inline(cell.tokens, false)));
  const isNumber = (column: number) =>
    rows.every((row) => /^[-−+\d(]|^$/.test(row[column]?.text ?? '')) && rows.length > 0;
  const right = header.map((_, column) => align[column] === 'right' || isNumber(column));
  const [head = '', ...body] = columns(cells, right).split('\n');
  return [style('bold', head), ...body].join('\n');
}

/** @param styled False where the text is measured afterwards. */
function inline(tokens: Token[] = [], styled = true): string {
  return tokens
    .map((token) => {
      const inner = () => ('tokens' in token && token.tokens ? inline(token.tokens, styled) : plain(token));
      if (token.type === 'strong') return styled ? style('bold', inner()) : inner();
      if (token.type === 'em') return styled ? style('italic', inner()) : inner();
      if (token.type === 'br') return '\n';
      if (token.type === 'html') return '';
      return inner();
    })
    .join('');
}

const plain = (token: Token): string =>
  printable('text' in token && typeof token.text === 'string' ? unescaped(token.text) : token.raw);

/** `marked` leaves what it read for HTML. */
const unescaped = (text: string) =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

const indented = (text: string, by: string) =>
  text
    .split('\n')
    .map((line) => by + line)
    .join('\n');
