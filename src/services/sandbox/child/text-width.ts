/** Widths of Helvetica's printable ASCII in thousandths of an em; Arial and most sans-serif fonts are close. */
const widths = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556,
  556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278,
  500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469,
  556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500,
  278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;

/** The width of a text in pixels, estimated letter by letter. */
export function textWidth(item: { fontSize?: number; fontWeight?: unknown }, text: unknown): number {
  let thousandths = 0;
  for (const char of String(text ?? '')) {
    thousandths += widths[char.codePointAt(0)! - 32] ?? (wide.test(char) ? 1000 : 600);
  }
  const isBold = item.fontWeight === 'bold' || Number(item.fontWeight) >= 600;
  return ((item.fontSize ?? 11) * thousandths * (isBold ? 1.06 : 1)) / 1000;
}
