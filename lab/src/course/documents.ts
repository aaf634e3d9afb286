/** The open documents of a folder: saved, closed, and opened again. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { PathExt } from '@jupyterlab/coreutils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { NotebookPanel } from '@jupyterlab/notebook';

import { ApiError } from '../api/client';
import type { ITrans } from '../logic/trans';

interface IOpen {
  path: string;
  /** Where somebody is in it, if it is a notebook. */
  cellId: string;
  context: DocumentRegistry.Context;
}

export class OpenDocuments {
  constructor(
    private readonly shell: JupyterFrontEnd.IShell,
    private readonly documents: IDocumentManager,
    private readonly reopen: (path: string, cellId: string) => Promise<unknown>,
    /** Notebook 7: the page is its document, and cannot be without it. */
    private readonly ownPages: boolean,
    private readonly trans: ITrans
  ) {}

  /** Do something to a folder's files while none of them is open. Nothing is closed before all of it is saved. */
  async whileClosed<T>(folder: string, deed: () => Promise<T>): Promise<T> {
    const open = this.openIn(folder);
    for (const { context } of open) {
      await this.save(context);
    }
    if (this.ownPages) {
      const done = await deed();
      for (const { context, path, cellId } of open) {
        await context.revert();
        await this.reopen(path, cellId);
      }
      return done;
    }
    try {
      for (const { path } of open) {
        await this.documents.closeFile(path);
      }
      return await deed();
    } finally {
      for (const { path, cellId } of open) {
        await this.reopen(path, cellId);
      }
    }
  }

  private async save(context: DocumentRegistry.Context): Promise<void> {
    // What is typed while it is being saved takes a second time.
    for (let n = 0; n < 2 && context.model.dirty; n++) {
      await context.save();
    }
    if (context.model.dirty) {
      throw new ApiError(
        409,
        'not-saved',
        this.trans.__('“%1” could not be saved.', PathExt.basename(context.path)),
        this.trans.__('Nothing was changed. Save it yourself, then try again.')
      );
    }
  }

  private openIn(folder: string): IOpen[] {
    const found = new Map<string, IOpen>();
    for (const widget of this.shell.widgets('main')) {
      const context = this.documents.contextForWidget(widget);
      if (context?.localPath.startsWith(`${folder}/`)) {
        const cellId = widget instanceof NotebookPanel ? (widget.content.activeCell?.model.id ?? '') : '';
        found.set(context.path, { path: context.path, cellId, context });
      }
    }
    return [...found.values()];
  }
}
