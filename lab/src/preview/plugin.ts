/** The lab of a `coursekit preview`: it follows what the author saves. In every other lab there is nothing of it. */
import { ILabShell, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { PageConfig } from '@jupyterlab/coreutils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import type { Api } from '../api/client';
import { OpenDocuments } from '../course/documents';
import { CourseModel } from '../course/model';
import { IApi, ICourseModel, IModules } from '../tokens';
import { PreviewBar } from './bar';
import { PreviewModel } from './model';
import type { INow } from './shapes';

export const preview: JupyterFrontEndPlugin<void> = {
  id: '@coursekit/lab:preview',
  description: 'Follows what the author saves, in the lab of a preview.',
  autoStart: true,
  requires: [IApi, ICourseModel, IModules, IDocumentManager],
  optional: [ILabShell, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    api: Api,
    course: ICourseModel,
    modules: IModules,
    documents: IDocumentManager,
    labShell: ILabShell | null,
    translator: ITranslator | null
  ) => {
    if (PageConfig.getOption('coursekitPreview') !== 'true' || !(course instanceof CourseModel)) {
      return;
    }
    const trans = (translator ?? nullTranslator).load('coursekit');
    const reopen = (path: string, cellId: string): Promise<unknown> => course.openDocument(path, cellId);
    const open = new OpenDocuments(app.shell, documents, reopen, labShell === null, trans);
    const { sessions } = app.serviceManager;

    const whileClosed = async (now: INow, deed: () => Promise<unknown>): Promise<void> => {
      const { folder } = await api.module(now.course, now.module);
      // Forms keep what was typed a moment later than it was typed.
      await Promise.all(modules.open.map(one => one.flush()));
      await open.whileClosed(folder, deed);
      await course.refresh();
      await new Promise(resolve => requestAnimationFrame(resolve));
    };
    const model = new PreviewModel(
      api,
      {
        update: now => whileClosed(now, () => api.update(now.course, now.module)),
        startOver: now =>
          whileClosed(now, async () => {
            const { notebook } = await api.module(now.course, now.module);
            await api.call('POST', 'preview/start-over', {});
            // Its kernel stands in a folder that is no more.
            await sessions.stopIfNeeded(notebook);
          })
      },
      trans
    );
    const bar = new PreviewBar(model, trans);
    app.shell.add(bar, labShell ? 'header' : 'top', { rank: 0 });
    void model.follow();
  }
};
