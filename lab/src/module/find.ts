/** The module that a notebook is, once it is known. */
import type { NotebookPanel } from '@jupyterlab/notebook';

import type { IModules, IOpenModule } from '../tokens';

/** Milliseconds that a notebook may take to be known as a module once it is open. */
const PATIENCE = 15_000;

/** Null when it is none, or is not known as one in time. */
export function moduleIn(panel: NotebookPanel, modules: IModules): Promise<IOpenModule | null> {
  return new Promise(resolve => {
    const done = (found: IOpenModule | null): void => {
      modules.changed.disconnect(look);
      window.clearTimeout(timer);
      resolve(found);
    };
    const look = (): void => {
      const found = modules.find(panel);
      if (found) {
        done(found);
      }
    };
    const timer = window.setTimeout(() => done(null), PATIENCE);
    modules.changed.connect(look);
    look();
  });
}
