/** Characters of one answer; applications with thousands of series stay far below. */
const LONGEST = 8 * 1024 * 1024;

interface ExposedMemory {
  bytes: number;
  /** Null where it is not told. */
  startedAt: Date | null;
}

/** What an application tells Prometheus of its memory; several processes of it are added up. */
export async function exposedMemory(url: string, signal: AbortSignal): Promise<ExposedMemory> {
  const answer = await fetch(url, { headers: { accept: 'text/plain' }, signal });
  if (!answer.ok) {
    await answer.body?.cancel();
    throw new Error(`${new URL(url).host} answered ${answer.status}`);
  }
  const text = await readBounded(answer);
  const bytes = sumOf(text, 'app_memory_usage_bytes') ?? sumOf(text, 'process_resident_memory_bytes');
  if (bytes === null) throw new Error(`${new URL(url).host} tells no memory`);
  const started = leastOf(text, 'process_start_time_seconds');
  return { bytes, startedAt: started === null ? null : new Date(started * 1_000) };
}

async function readBounded(answer: Response): Promise<string> {
  let text = '';
  for await (const piece of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece;
    if (text.length > LONGEST) throw new Error(`more than ${LONGEST} characters of metrics`);
  }
  return text;
}

function valuesOf(text: string, name: string): number[] {
  const line = new RegExp(`^${name}(?:\\{[^\\n]*\\})? +(\\S+)`, 'gm');
  return [...text.matchAll(line)].map(([, value]) => Number(value)).filter((value) => Number.isFinite(value));
}

function sumOf(text: string, name: string): number | null {
  const values = valuesOf(text, name);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0);
}

function leastOf(text: string, name: string): number | null {
  const values = valuesOf(text, name);
  return values.length === 0 ? null : Math.min(...values);
}
