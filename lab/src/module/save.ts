/**
 * Save a document, read it back, and compare: what is on the disk is what is on the screen.
 *
 * That a document is not dirty says too little. What is typed while it is being saved is forgotten by that flag; a save
 * may go into a dialog that waits; and with jupyter-collaboration the server saves later, by itself.
 */
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { INotebookModel } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';

import { ApiError } from '../api/client';
import type { IShownCell } from '../api/shapes';
import { differing, sameLines, shownCells, type IDiskCell } from '../logic/shown';
import type { ITrans } from '../logic/trans';

/** Milliseconds within which what is saved must be what is seen. */
const PATIENCE = 20_000;
const PAUSE = 250;
/** Milliseconds that a file system's clock may be off, as the lab itself allows. */
const MARGIN = 500;

const inTurn = new WeakSet<DocumentRegistry.IContext<DocumentRegistry.IModel>>();

/**
 * From now on one save of this document waits for the other. The lab lets them overtake: the second then finds a file
 * that is newer than it knows, and asks the learner whether somebody else has changed it.
 */
export function saveInTurn(context: DocumentRegistry.IContext<DocumentRegistry.IModel>): void {
  if (inTurn.has(context)) {
    return;
  }
  inTurn.add(context);
  const save = context.save.bind(context);
  let last: Promise<unknown> = Promise.resolve();
  // In its place, for whoever saves: the lab's own autosave, Ctrl+S, and we.
  context.save = () => {
    const mine = last.then(save, save);
    last = mine;
    return mine;
  };
}

/** A notebook's cells as they are on the screen. */
export function shownIn(model: INotebookModel): IShownCell[] {
  return Array.from(model.cells, cell => ({ cell_id: cell.id, source: cell.sharedModel.getSource() }));
}

/**
 * Raises ApiError `not-saved`, or one that `isAway` or `isSignedOut`. A cell that is drawn in another way does not
 * matter, nor do outputs: it is about what the learner wrote.
 */
export async function saveAndCompare(
  context: DocumentRegistry.IContext<DocumentRegistry.IModel>,
  contents: Contents.IManager,
  trans: ITrans
): Promise<void> {
  const name = context.localPath;
  const end = Date.now() + PATIENCE;
  let saved = '';
  let again = 0;
  await context.ready;
  saveInTurn(context);
  // What is on the disk already is left as it is: a table with other ends of lines would not be the same file any more.
  // So is what another tab has saved, if it says the same: only outputs differ then, and the lab would ask whose they are.
  if ((!context.model.dirty || (await isNewer(context, contents))) && (await isOnDisk(context, contents, trans))) {
    return;
  }
  do {
    const before = asSeen(context);
    // What differs for long is saved once more: another tab may have written over it.
    if (before !== saved || context.model.dirty || Date.now() > again) {
      again = Date.now() + PATIENCE / 4;
      // A look first: where nobody answers, the lab would put a dialog of its own before ours.
      await read(contents, context.path, trans, false);
      saved = before;
      try {
        await context.save();
      } catch {
        throw notSaved(name, trans);
      }
    }
    if (await isOnDisk(context, contents, trans)) {
      return;
    }
    await new Promise(resolve => window.setTimeout(resolve, PAUSE));
  } while (Date.now() < end);
  throw notSaved(name, trans);
}

/** Whether somebody else has written the file since this document was read or saved last. */
async function isNewer(
  context: DocumentRegistry.IContext<DocumentRegistry.IModel>,
  contents: Contents.IManager
): Promise<boolean> {
  const known = context.contentsModel;
  try {
    const there = await contents.get(context.path, { content: false, hash: true });
    if (known?.hash && there.hash) {
      return known.hash !== there.hash;
    }
    return known !== null && Date.parse(there.last_modified) > Date.parse(known.last_modified) + MARGIN;
  } catch {
    // Who does not answer is asked again by the save itself.
    return false;
  }
}

async function isOnDisk(
  context: DocumentRegistry.IContext<DocumentRegistry.IModel>,
  contents: Contents.IManager,
  trans: ITrans
): Promise<boolean> {
  const kept = await read(contents, context.path, trans, true);
  if (isNotebook(context.model)) {
    const cells = shownCells((kept as { cells?: IDiskCell[] } | null)?.cells ?? []);
    return differing(cells, shownIn(context.model)) === null;
  }
  return typeof kept === 'string' && sameLines(kept, context.model.toString());
}

async function read(contents: Contents.IManager, path: string, trans: ITrans, content: boolean): Promise<unknown> {
  try {
    // Without its type: with jupyter-collaboration it would be the document in memory, and not the file.
    const file = await contents.get(path, { content });
    return file.format === 'base64' && content ? decoded(String(file.content)) : (file.content as unknown);
  } catch (error) {
    const status = (error as { response?: { status?: number } }).response?.status ?? 0;
    if (!content && status === 404) {
      // Removed meanwhile: saving puts it there again.
      return null;
    }
    // No answer, or the session's end: they have sentences of their own.
    if (status === 0 || status === 401 || status === 403 || status >= 500) {
      throw new ApiError(status, status === 403 ? 'signed-out' : 'no-answer', '', '');
    }
    throw notSaved(path, trans);
  }
}

function decoded(base64: string): string {
  return new TextDecoder().decode(Uint8Array.from(window.atob(base64), letter => letter.charCodeAt(0)));
}

function asSeen(context: DocumentRegistry.IContext<DocumentRegistry.IModel>): string {
  return isNotebook(context.model) ? JSON.stringify(shownIn(context.model)) : context.model.toString();
}

function isNotebook(model: DocumentRegistry.IModel): model is INotebookModel {
  return 'cells' in model;
}

function notSaved(name: string, trans: ITrans): ApiError {
  return new ApiError(
    409,
    'not-saved',
    trans.__('“%1” could not be saved as you see it.', name.split('/').pop()),
    trans.__('Leave this page open, so that nothing is lost, and try again.')
  );
}
