/** A notebook's cells on the screen and in its file: the first one that says something else, by the server's rule. */
import type { IShownCell } from '../api/shapes';

/** A cell as a file has it. */
export interface IDiskCell {
  id?: unknown;
  source?: unknown;
}

export function shownCells(cells: readonly IDiskCell[]): IShownCell[] {
  return cells.map(({ id, source }) => ({
    cell_id: typeof id === 'string' ? id : '',
    source: Array.isArray(source) ? source.join('') : typeof source === 'string' ? source : ''
  }));
}

/** Its id, or an empty one; null when file and screen say the same. */
export function differing(kept: readonly IShownCell[], shown: readonly IShownCell[]): string | null {
  const length = Math.max(kept.length, shown.length);
  for (let n = 0; n < length; n++) {
    const [there, seen] = [kept[n], shown[n]];
    // Notebooks older than format 4.5 have no ids; the lab gives them some, and does not save those.
    if (!there || !seen || !sameLines(there.source, seen.source) || !['', seen.cell_id].includes(there.cell_id)) {
      return (seen ?? there).cell_id;
    }
  }
  return null;
}

/** An editor shows all ends of lines alike. */
export function sameLines(one: string, other: string): boolean {
  return one.replace(ENDINGS, '\n') === other.replace(ENDINGS, '\n');
}

const ENDINGS = /\r\n?/g;
