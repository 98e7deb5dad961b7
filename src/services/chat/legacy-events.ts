export interface ServerEvent {
  event: string;
  data: string;
}

/** The events of an event stream. One that the stream ends in counts, though its empty line is missing. */
export async function* eventsOf(texts: AsyncIterable<string>): AsyncIterable<ServerEvent> {
  let event = '';
  let data: string[] = [];
  for await (const line of linesOf(texts)) {
    if (line === '') {
      if (data.length > 0) yield { event, data: data.join('\n') };
      event = '';
      data = [];
      continue;
    }
    const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === 'event') event = value;
    if (field === 'data') data.push(value);
  }
  if (data.length > 0) yield { event, data: data.join('\n') };
}

/** A carriage return at the very end may be half of a line's end: it waits for what follows. */
const LINE_END = /\r\n|\n|\r(?!$)/;

async function* linesOf(texts: AsyncIterable<string>): AsyncIterable<string> {
  let rest = '';
  for await (const text of texts) {
    rest += text;
    // Nothing to split: a long line in many pieces would be searched again with each of them.
    if (!/[\r\n]/.test(text)) continue;
    const lines = rest.split(LINE_END);
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest) yield* rest.split(/\r\n|\n|\r/);
}
