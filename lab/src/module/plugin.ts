/** The open notebooks that are modules of ours. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Signal, type ISignal } from '@lumino/signaling';

import type { Api } from '../api/client';
import type { ITrans } from '../logic/trans';
import { IApi, ICourseModel, IModules, type IOpenModule } from '../tokens';
import { OpenModule } from './openModule';

/** Milliseconds before a server that did not answer is asked again what a notebook is. */
const AGAIN = 5000;

class Modules implements IModules {
  constructor(
    private readonly api: Api,
    private readonly contents: Contents.IManager,
    private readonly trans: ITrans
  ) {}

  get open(): readonly IOpenModule[] {
    return [...this.found.values()];
  }

  get changed(): ISignal<IModules, void> {
    return this.changed_;
  }

  find(panel: NotebookPanel): IOpenModule | null {
    return this.found.get(panel) ?? null;
  }

  async watch(panel: NotebookPanel): Promise<void> {
    panel.disposed.connect(() => {
      if (this.found.delete(panel)) {
        this.changed_.emit();
      }
    });
    // Renamed or moved, it may be another one, or none.
    panel.context.pathChanged.connect(() => void this.look(panel));
    await panel.context.ready;
    await this.look(panel);
  }

  refresh(): void {
    // A server that is away now says so in the panel; what is shown stays.
    this.found.forEach(one => one.refresh().catch(() => undefined));
  }

  private async look(panel: NotebookPanel): Promise<void> {
    try {
      const info = await this.api.moduleOf(panel.context.localPath);
      if (panel.isDisposed) {
        return;
      }
      this.found.get(panel)?.dispose();
      this.found.delete(panel);
      if (info) {
        this.found.set(panel, new OpenModule(panel, info, this.api, this.contents, this.trans));
      }
      this.changed_.emit();
    } catch {
      window.setTimeout(() => !panel.isDisposed && void this.look(panel), AGAIN);
    }
  }

  private readonly found = new Map<NotebookPanel, OpenModule>();
  private readonly changed_ = new Signal<this, void>(this);
}

export const modules: JupyterFrontEndPlugin<IModules> = {
  id: '@coursekit/lab:modules',
  description: 'Knows which open notebooks are modules, and how their answers stand.',
  autoStart: true,
  provides: IModules,
  requires: [IApi, INotebookTracker],
  optional: [ICourseModel, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    api: Api,
    tracker: INotebookTracker,
    course: ICourseModel | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('coursekit');
    const open = new Modules(api, app.serviceManager.contents, trans);
    tracker.forEach(panel => void open.watch(panel));
    tracker.widgetAdded.connect((_, panel) => void open.watch(panel));
    course?.changed.connect(() => open.refresh());
    return open;
  }
};
