/**
 * Python's lambdas over one argument, as workflows were once written, in CEL over `output`. What it does not
 * understand it does not guess at.
 */
export function translateLambda(text: string): string | null {
  const head = /^\s*lambda\s+([A-Za-z_]\w*)\s*:/.exec(text);
  const tokens = head && tokenize(text.slice(head[0].length));
  if (!head?.[1] || !tokens || tokens.length > MOST_TOKENS) return null;
  try {
    const reader = new Reader(tokens, head[1]);
    const value = reader.ternary();
    return reader.peek() === undefined ? truth(value) : null;
  } catch (error) {
    if (error instanceof Untranslatable) return null;
    throw error;
  }
}

class Untranslatable extends Error {}

/** Deeper or longer ones nobody wants explained; and the reader is recursive. */
const MOST_TOKENS = 200;
const TOKEN =
  /\s*("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\d+(?:\.\d+)?|[A-Za-z_]\w*|==|!=|<=|>=|[-+*/%<>()[\].,{}])/y;
const NAME = /^[A-Za-z_]\w*$/;
const KEYWORDS = new Map([
  ['True', 'true'],
  ['False', 'false'],
  ['None', 'null'],
]);

function tokenize(source: string): string[] | null {
  const trimmed = source.trimEnd();
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < trimmed.length) {
    const match = TOKEN.exec(trimmed);
    if (!match?.[1]) return null;
    tokens.push(match[1]);
  }
  return tokens;
}

interface Value {
  cel: string;
  /** How tightly its outermost operator binds; ATOM needs no brackets anywhere. */
  binds: number;
  /** What must hold for `cel` to be there; else `otherwise` takes its place. */
  guards: readonly string[];
  otherwise: string;
  /** Whether fields can be asked for. */
  path: boolean;
}

/** From loose to tight; between SUM and UNARY lie the products. */
const [TERNARY, OR, AND, COMPARISON, SUM, UNARY, ATOM] = [0, 1, 2, 3, 4, 6, 7];
const COMPARING = new Set(['==', '!=', '<', '<=', '>', '>=']);

const plainly = (cel: string, binds: number, path = false): Value => ({
  cel,
  binds,
  guards: [],
  otherwise: 'null',
  path,
});

/** The value with its default, if it has one, as part of something that binds that tightly. */
function render({ cel, binds, guards, otherwise }: Value, least: number): string {
  const text = guards.length > 0 ? `${guards.join(' && ')} ? ${cel} : ${otherwise}` : cel;
  return (guards.length > 0 ? TERNARY : binds) < least ? `(${text})` : text;
}

/** Where a boolean is wanted, what is not there is false. */
const truth = (value: Value, least: number = TERNARY): string =>
  render(value.otherwise === 'null' ? { ...value, otherwise: 'false' } : value, least);

/** Recursive descent over the part of Python's expressions that conditions are made of. */
class Reader {
  readonly #tokens: readonly string[];
  readonly #argument: string;
  #at = 0;

  constructor(tokens: readonly string[], argument: string) {
    this.#tokens = tokens;
    this.#argument = argument;
  }

  peek(): string | undefined {
    return this.#tokens[this.#at];
  }

  ternary(): Value {
    const value = this.#or();
    if (!this.#accept('if')) return value;
    const condition = this.#or();
    this.#expect('else');
    const otherwise = this.ternary();
    return plainly(`${truth(condition, OR)} ? ${render(value, OR)} : ${render(otherwise, TERNARY)}`, TERNARY);
  }

  #or(): Value {
    let value = this.#and();
    while (this.#accept('or')) value = plainly(`${truth(value, OR)} || ${truth(this.#and(), AND)}`, OR);
    return value;
  }

  #and(): Value {
    let value = this.#not();
    while (this.#accept('and'))
      value = plainly(`${truth(value, AND)} && ${truth(this.#not(), COMPARISON)}`, AND);
    return value;
  }

  #not(): Value {
    if (this.#accept('not')) return plainly(`!${truth(this.#not(), ATOM)}`, UNARY);
    return this.#comparison();
  }

  #comparison(): Value {
    const left = this.#arithmetic(SUM);
    const sign = this.#comparing();
    if (!sign) return left;
    const right = this.#arithmetic(SUM);
    // Python's `a < b < c` has no short form in CEL.
    if (this.#comparing()) throw new Untranslatable();
    const text = `${render(left, SUM)} ${sign.cel} ${render(right, SUM)}`;
    return sign.negated ? plainly(`!(${text})`, UNARY) : plainly(text, COMPARISON);
  }

  #comparing(): { cel: string; negated: boolean } | null {
    const token = this.peek();
    if (token && COMPARING.has(token)) return { cel: this.#next(), negated: false };
    if (this.#accept('in')) return { cel: 'in', negated: false };
    if (this.#accept('is')) return { cel: this.#accept('not') ? '!=' : '==', negated: false };
    if (token !== 'not') return null;
    this.#next();
    this.#expect('in');
    return { cel: 'in', negated: true };
  }

  #arithmetic(level: number): Value {
    if (level === UNARY) return this.#unary();
    const signs = level === SUM ? ['+', '-'] : ['*', '/', '%'];
    let value = this.#arithmetic(level + 1);
    for (let sign = this.peek(); sign && signs.includes(sign); sign = this.peek()) {
      this.#next();
      value = plainly(
        `${render(value, level)} ${sign} ${render(this.#arithmetic(level + 1), level + 1)}`,
        level,
      );
    }
    return value;
  }

  #unary(): Value {
    if (this.#accept('-')) return plainly(`-${render(this.#unary(), ATOM)}`, UNARY);
    return this.#postfix();
  }

  #postfix(): Value {
    let value = this.#atom();
    for (;;) {
      if (this.#accept('[')) {
        const key = this.#next();
        this.#expect(']');
        value = field(value, key);
      } else if (this.#accept('.')) {
        if (this.#next() !== 'get') throw new Untranslatable();
        this.#expect('(');
        const key = this.#next();
        const otherwise = this.#accept(',') ? this.#fallback() : 'null';
        this.#expect(')');
        value = get(value, key, otherwise);
      } else return value;
    }
  }

  /** The default of a `get`. An empty dict is what Python writes where another `get` follows. */
  #fallback(): string {
    if (!this.#accept('{')) return render(this.ternary(), OR);
    this.#expect('}');
    return '{}';
  }

  #atom(): Value {
    const token = this.#next();
    if (token === this.#argument) return plainly('output', ATOM, true);
    const keyword = KEYWORDS.get(token);
    if (keyword) return plainly(keyword, ATOM);
    if (/^["'\d]/.test(token)) return plainly(token, ATOM);
    if (token === '(') {
      const inner = this.ternary();
      this.#expect(')');
      return inner.path ? inner : plainly(`(${render(inner, TERNARY)})`, ATOM);
    }
    if (token === '[') return plainly(`[${this.#list().join(', ')}]`, ATOM);
    if ((token === 'len' || token === 'str') && this.#accept('(')) {
      const inner = this.ternary();
      this.#expect(')');
      return plainly(`${token === 'len' ? 'size' : 'string'}(${render(inner, TERNARY)})`, ATOM);
    }
    throw new Untranslatable();
  }

  #list(): string[] {
    const items: string[] = [];
    while (!this.#accept(']')) {
      items.push(render(this.ternary(), TERNARY));
      if (this.peek() !== ']') this.#expect(',');
    }
    return items;
  }

  #next(): string {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw new Untranslatable();
    return token;
  }

  #accept(token: string): boolean {
    if (this.peek() !== token) return false;
    this.#at += 1;
    return true;
  }

  #expect(token: string): void {
    if (!this.#accept(token)) throw new Untranslatable();
  }
}

function field(of: Value, key: string): Value {
  if (!of.path) throw new Untranslatable();
  const name = nameOf(key);
  return { ...of, cel: name === null ? `${of.cel}[${literal(key)}]` : `${of.cel}.${name}` };
}

function get(of: Value, key: string, otherwise: string): Value {
  const found = field(of, key);
  const guard = nameOf(key) === null ? `${literal(key)} in ${of.cel}` : `has(${found.cel})`;
  return { ...found, guards: [...of.guards, guard], otherwise };
}

/** What a key is as a name behind a dot; null where it needs brackets. */
function nameOf(key: string): string | null {
  const text = /^["']/.test(key) ? key.slice(1, -1) : '';
  return NAME.test(text) ? text : null;
}

function literal(key: string): string {
  if (/^["'\d]/.test(key)) return key;
  throw new Untranslatable();
}
