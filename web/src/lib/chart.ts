// Layout of the small pictures. Everything is a fraction of the width, drawn as SVG attributes.

export interface Segment {
  start: number;
  length: number;
}

/**
 * Counts side by side over a width of 1. What is not zero stays visible: it gets at least `least`,
 * taken from the larger ones.
 */
export function stack(counts: number[], least = 0.02): Segment[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return counts.map(() => ({ start: 0, length: 0 }));
  const lengths = counts.map((count) => (count === 0 ? 0 : Math.max(least, count / total)));
  const sum = lengths.reduce((all, length) => all + length, 0);
  let start = 0;
  return lengths.map((length) => {
    const segment = { start, length: length / sum };
    start += segment.length;
    return segment;
  });
}

/** Where a span lies between `from` and `to`; clocks that disagree are clamped. */
export function place(span: { from: string; to: string | null }, from: string, to: string): Segment {
  const begin = Date.parse(from);
  const whole = Date.parse(to) - begin;
  if (!(whole > 0)) return { start: 0, length: 1 };
  const at = (time: number): number => Math.min(1, Math.max(0, (time - begin) / whole));
  const least = 0.01;
  const start = Math.min(at(Date.parse(span.from)), 1 - least);
  const end = span.to === null ? 1 : at(Date.parse(span.to));
  return { start, length: Math.max(least, end - start) };
}
