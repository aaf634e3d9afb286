/**
 * A pasted or split-off cell is no second answer: it loses the names by which grading and we know the first.
 *
 * The lab copies metadata along; two cells of one name would be two answers to one prompt.
 */
import type { ICellModel } from '@jupyterlab/cells';
import type { INotebookModel } from '@jupyterlab/notebook';

import { ownNames } from '../logic/promptCells';

/** Watches for as long as the model lives. */
export function stripCopies(model: INotebookModel): void {
  const strip = (): void => {
    const first = new Map<string, ICellModel>();
    for (const cell of Array.from(model.cells)) {
      const names = ownNames(cell.metadata).filter(name => name !== 'coursekit');
      // Cells that were here before keep their names, wherever they stand now: a copy may have been pasted above.
      const twin = names.map(name => first.get(name)).find(Boolean);
      if (!twin) {
        names.forEach(name => first.set(name, cell));
      } else if (known.has(cell.id) && !known.has(twin.id)) {
        lose(twin);
        names.forEach(name => first.set(name, cell));
      } else {
        lose(cell);
      }
    }
    Array.from(model.cells, cell => known.add(cell.id));
  };
  const known = new Set(Array.from(model.cells, cell => cell.id));
  strip();
  // Metadata of a pasted cell is there when the list says so; a change inside this signal would come twice.
  model.cells.changed.connect(() => queueMicrotask(() => !model.isDisposed && strip()));
}

function lose(cell: ICellModel): void {
  cell.deleteMetadata('coursekit');
  cell.deleteMetadata('nbgrader');
}
