import { textWidth } from './text-width.ts';

type Spec = Record<string, unknown>;

const size = { width: 600, height: 340 };
const labels = { labelFontSize: 12, titleFontSize: 13 };
const style = {
  background: 'white',
  font: 'sans-serif',
  title: { fontSize: 16, anchor: 'start', offset: 12 },
  view: { stroke: null },
  axis: { ...labels, titlePadding: 8, labelLimit: 220, gridColor: '#e6e6e6' },
  legend: { ...labels, labelLimit: 220 },
  header: labels,
};

/** Adds what makes a specification complete and its chart legible, and keeps whatever it says itself. */
export function complete(title: string, spec: Spec): Spec {
  const isView = 'mark' in spec || 'layer' in spec;
  const own = Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== 'container'));
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title,
    ...(isView && size),
    ...own,
    config: { ...style, axisXDiscrete: { labelAngle: labelAngle(own) }, ...(own.config as Spec | undefined) },
  };
}

/** Category names lie flat where they fit beside each other, and lean where Vega-Lite would stand them upright. */
function labelAngle({ encoding, data, width = size.width }: Spec): number {
  const field = ((encoding as Spec | undefined)?.x as Spec | undefined)?.field;
  const rows = (data as { values?: Spec[] } | undefined)?.values ?? [];
  if (typeof field !== 'string' || typeof width !== 'number') return -40;
  const names = new Set(rows.map((row) => String(row?.[field])));
  const widest = Math.max(
    0,
    ...[...names].slice(0, 100).map((name) => textWidth({ fontSize: 12 }, name) + 10),
  );
  return names.size * widest <= width ? 0 : -40;
}
