/**
 * An answer in pieces, each with the criteria whose evidence it may be. Sentences may serve several criteria, so a piece
 * is what lies between two places where any evidence begins or ends.
 *
 * The server counts characters (code points), JavaScript counts UTF-16 units: “🎈” is one there and two here.
 */

export interface IEvidence {
  id: string;
  spans: readonly { start: number; end: number }[];
}

export interface ITextPiece {
  text: string;
  /** Places in the list of criteria, from 0, in order. */
  criteria: number[];
  /** Where it begins, in characters: its name. */
  start: number;
}

/** Each criterion's best sentence alone, or all that may be evidence of it. */
export function marked(text: string, criteria: readonly IEvidence[], all = false): ITextPiece[] {
  const letters = Array.from(text);
  const spans = criteria.flatMap((one, index) =>
    (all ? one.spans : one.spans.slice(0, 1))
      .map(({ start, end }) => ({ start: Math.max(0, start), end: Math.min(end, letters.length), index }))
      .filter(({ start, end }) => start < end)
  );
  const cuts = new Set([0, letters.length]);
  for (const { start, end } of spans) {
    cuts.add(start);
    cuts.add(end);
  }
  const places = [...cuts].sort((a, b) => a - b);
  const found: ITextPiece[] = [];
  for (let n = 0; n + 1 < places.length; n++) {
    const [start, end] = [places[n], places[n + 1]];
    const here = spans.filter(span => span.start <= start && end <= span.end).map(span => span.index);
    found.push({
      text: letters.slice(start, end).join(''),
      criteria: [...new Set(here)].sort((a, b) => a - b),
      start
    });
  }
  return found;
}
