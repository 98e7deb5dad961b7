/** Sums that stand in a request without data: "what is 17% of 230", "(3 + 4) * 2". */

export interface Sum {
  /** JavaScript of digits and operators only. */
  expression: string;
  value: number;
}

export function sumIn(message: string): Sum | undefined {
  const text = message
    .normalize('NFKC')
    .replace(/(?<=\d),(?=\d{3}(?!\d))/g, '')
    .replaceAll('×', '*')
    .replaceAll('÷', '/')
    .replaceAll('−', '-');
  const share = /(-?\d+(?:\.\d+)?)\s*(?:%|percent|パーセント)\s*of\s*(-?\d+(?:\.\d+)?)/i.exec(text);
  if (share) return result(`${share[1]} / 100 * ${share[2]}`);
  const shareJa = /(-?\d+(?:\.\d+)?)\s*の\s*(-?\d+(?:\.\d+)?)\s*(?:%|パーセント)/.exec(text);
  if (shareJa) return result(`${shareJa[1]} * ${shareJa[2]} / 100`);
  const worded = text
    .replace(/\bplus\b|足す/gi, '+')
    .replace(/\bminus\b|引く/gi, '-')
    .replace(/\b(times|multiplied by)\b|かける|掛ける/gi, '*')
    .replace(/\bdivided by\b|割る/gi, '/');
  const found = worded.match(/[-(]*\d[\d.\s()+*/^-]*[+*/^-][\d.\s()+*/^-]*\d\)*/)?.[0];
  return found && !/\d{4}-\d\d-\d\d/.test(found) ? result(found.replaceAll('^', '**').trim()) : undefined;
}

function result(expression: string): Sum | undefined {
  const value = evaluate(expression);
  return value !== undefined && Number.isFinite(value) ? { expression, value } : undefined;
}

/** Plain recursive descent; undefined where it is no sum. */
function evaluate(text: string): number | undefined {
  const tokens = text.match(/\d+(?:\.\d+)?|\*\*|[-+*/()]/g) ?? [];
  if (tokens.join('') !== text.replace(/\s+/g, '')) return undefined;
  let at = 0;
  const atom = (): number => {
    const token = tokens[at++];
    if (token === '(') {
      const value = sum();
      if (tokens[at++] !== ')') return Number.NaN;
      return value;
    }
    return token === undefined ? Number.NaN : Number(token);
  };
  const signed = (): number => {
    if (tokens[at] !== '-') return power();
    at++;
    return tokens[at + 1] === '**' ? Number.NaN : -signed();
  };
  const power = (): number => {
    const base = atom();
    if (tokens[at] !== '**') return base;
    at++;
    return base ** signed();
  };
  const product = (): number => {
    let value = signed();
    while (tokens[at] === '*' || tokens[at] === '/')
      value = tokens[at++] === '*' ? value * signed() : value / signed();
    return value;
  };
  const sum = (): number => {
    let value = product();
    while (tokens[at] === '+' || tokens[at] === '-')
      value = tokens[at++] === '+' ? value + product() : value - product();
    return value;
  };
  const value = sum();
  return at === tokens.length && !Number.isNaN(value) ? value : undefined;
}
