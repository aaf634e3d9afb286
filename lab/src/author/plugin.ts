/** The author panel, for who teaches and has a master open. Its own script is loaded when that happens first. */
import { ILabShell, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { Widget } from '@lumino/widgets';

import type { Api } from '../api/client';
import { courseIcon } from '../course/icon';
import { IApi, ICourseModel } from '../tokens';
import type { AuthorModel } from './model';
import type { IAuthorModule } from './shapes';

const SHOW = 'coursekit:author';
/** Pixels. */
const ROOMY = 1000;
/** With `jupyter lab modules/x/x.ipynb` the server shows that folder alone; then it is the server that knows. */
const MASTER = /(?:^|\/)modules\/([^/]+)\/\1\.ipynb$|^[^/]+\.ipynb$/;

export const author: JupyterFrontEndPlugin<void> = {
  id: '@coursekit/lab:author',
  description: 'Marks cells, shows what is to be mended, and writes rubrics and sample answers.',
  autoStart: true,
  requires: [IApi, INotebookTracker],
  optional: [ICourseModel, ITranslator, ICommandPalette, ILabShell],
  activate: (
    app: JupyterFrontEnd,
    api: Api,
    tracker: INotebookTracker,
    courses: ICourseModel | null,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    labShell: ILabShell | null
  ) => {
    const trans = (translator ?? nullTranslator).load('coursekit');
    let made: { model: AuthorModel; widget: Widget } | null = null;
    // Who writes a course need not be signed in to an exchange. Who only learns sees nothing of it.
    const mayWrite = (): boolean => !courses?.courses.length || courses.courses.some(row => row.role !== 'learner');

    const make = async (): Promise<{ model: AuthorModel; widget: Widget }> => {
      const { AuthorModel, AuthorPanel } = await import(/* webpackChunkName: "author" */ './lazy');
      if (!made) {
        const model = new AuthorModel(api, trans);
        const widget = new AuthorPanel({ model, trans });
        widget.id = 'coursekit-author';
        widget.title.icon = courseIcon;
        widget.title.caption = trans.__('Write this module');
        widget.node.setAttribute('role', 'region');
        widget.node.setAttribute('aria-label', trans.__('Write this module'));
        app.shell.add(widget, 'right', { rank: 90 });
        made = { model, widget };
      }
      return made;
    };
    const infoOf = async (panel: NotebookPanel | null): Promise<IAuthorModule | null> => {
      await panel?.context.ready;
      const path = panel?.context.localPath ?? '';
      return MASTER.test(path) && mayWrite() ? api.call('GET', `author/of?path=${encodeURIComponent(path)}`) : null;
    };
    const look = async (): Promise<void> => {
      const panel = tracker.currentWidget;
      const info = await infoOf(panel).catch(() => null);
      if (panel !== tracker.currentWidget || (!info && !made)) {
        return;
      }
      const first = made === null;
      const { model, widget } = await make();
      model.show(info ? panel : null, info);
      // On a small screen it would leave no room for the notebook: there it waits at the side.
      if (first && labShell && window.innerWidth >= ROOMY) {
        labShell.expandRight();
        labShell.activateById(widget.id);
      }
      app.commands.notifyCommandChanged(SHOW);
    };
    app.commands.addCommand(SHOW, {
      label: trans.__('Write this module'),
      caption: trans.__('Mark cells, mend what is wrong, write rubrics and sample answers'),
      isVisible: () => made?.model.info != null,
      execute: () => made && app.shell.activateById(made.widget.id)
    });
    palette?.addItem({ command: SHOW, category: trans.__('Course') });
    tracker.currentChanged.connect(() => void look());
    courses?.changed.connect(() => made === null && void look());
    void look();
  }
};
