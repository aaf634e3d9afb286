/**
 * A learner's text in pieces, the quotes of its checks apart.
 *
 * The server counts characters (code points), JavaScript counts UTF-16 units: “🎈” is one there and two here.
 */
export interface IQuote {
  quote: string;
  start: number | null;
  end: number | null;
}

export interface IPiece {
  text: string;
  /** Which quote it is, by its place in the list; null for the words between. */
  quote: number | null;
}

/** Only quotes that stand where they are said to stand; of two that overlap the first. */
export function pieces(text: string, quotes: readonly IQuote[]): IPiece[] {
  const letters = Array.from(text);
  const spans = quotes
    .map(({ quote, start, end }, index) => ({ quote, start: start ?? -1, end: end ?? -1, index }))
    .filter(({ quote, start, end }) => quote && start >= 0 && letters.slice(start, end).join('') === quote)
    .sort((a, b) => a.start - b.start || a.end - b.end);
  const found: IPiece[] = [];
  let done = 0;
  const add = (from: number, to: number, quote: number | null): void => {
    if (to > from) {
      found.push({ text: letters.slice(from, to).join(''), quote });
    }
  };
  for (const { start, end, index } of spans) {
    if (start >= done) {
      add(done, start, null);
      add(start, end, index);
      done = end;
    }
  }
  add(done, letters.length, null);
  return found;
}
