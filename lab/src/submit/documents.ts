/** The open documents of a module: its notebook, and whatever else of its folder is open. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { DocumentRegistry } from '@jupyterlab/docregistry';

import type { IOpenModule } from '../tokens';

export function documentsOf(
  module: IOpenModule,
  shell: JupyterFrontEnd.IShell,
  documents: IDocumentManager
): DocumentRegistry.IContext<DocumentRegistry.IModel>[] {
  const { folder } = module.info;
  const found = new Set<DocumentRegistry.IContext<DocumentRegistry.IModel>>([module.panel.context]);
  for (const area of ['main', 'left', 'right', 'down']) {
    for (const widget of shell.widgets(area)) {
      const context = documents.contextForWidget(widget);
      // Not by “dirty” alone: what is typed while a document is being saved is not in that flag. An opened picture is
      // no text, and nobody has written in it.
      const isText = context?.contentsModel?.format === 'text';
      if (context && !context.model.readOnly && (context.model.dirty || isText) && isIn(folder, context.localPath)) {
        found.add(context);
      }
    }
  }
  return [...found];
}

function isIn(folder: string, path: string): boolean {
  return folder === '' || path.startsWith(`${folder}/`);
}
