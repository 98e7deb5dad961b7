const elements = new Set(
  'svg g path rect line circle ellipse polygon text tspan defs clipPath linearGradient radialGradient stop title desc'.split(
    ' ',
  ),
);
const tag = /<\/?([A-Za-z:]+)((?:\s+[A-Za-z][\w:.-]*="[^"<]*")*)\s*\/?>/g;
const attribute = /([A-Za-z][\w:.-]*)="([^"]*)"/g;

/**
 * Returns the SVG if it is only a picture: no scripts, links, foreign content or anything to fetch.
 *
 * @throws {Error} Names the first thing that is more than a picture.
 */
export function checkSvg(svg: string): string {
  for (const [, name, attributes] of svg.matchAll(tag)) {
    if (!elements.has(name!)) throw new Error(`its drawing has an element that is not allowed: ${name}`);
    for (const [, key, value] of attributes!.matchAll(attribute)) checkAttribute(key!, value!);
  }
  if (svg.replace(tag, '').includes('<')) throw new Error('its drawing is not well-formed');
  return svg;
}

function checkAttribute(key: string, value: string): void {
  const fetches = /url\s*\(|:\/\/|javascript:|@import|expression\s*\(/i;
  const isName = key.startsWith('xmlns') || key.startsWith('aria-');
  const isOwnPart = /^url\(#[\w-]+\)$/.test(value);
  if (/^on|href$/i.test(key) || (!isName && !isOwnPart && fetches.test(value))) {
    throw new Error(`its drawing has an attribute that is not allowed: ${key}`);
  }
}
