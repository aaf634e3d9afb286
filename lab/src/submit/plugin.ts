/** Handing in: the part that others ask, and its command. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import type { Api } from '../api/client';
import { IApi, ICourseModel, IModules, ISubmitter } from '../tokens';
import { Submitter } from './submitter';

export const SUBMIT = 'coursekit:submit';

export const submit: JupyterFrontEndPlugin<ISubmitter> = {
  id: '@coursekit/lab:submit',
  description: 'Saves a module, reads it back, compares, and hands it in.',
  autoStart: true,
  provides: ISubmitter,
  requires: [IApi, IModules, IDocumentManager, INotebookTracker],
  optional: [ICourseModel, ITranslator, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    api: Api,
    modules: IModules,
    documents: IDocumentManager,
    tracker: INotebookTracker,
    course: ICourseModel | null,
    translator: ITranslator | null,
    palette: ICommandPalette | null
  ) => {
    const speech = translator ?? nullTranslator;
    const trans = speech.load('coursekit');
    const submitter = new Submitter(app, api, documents, course, trans, () => speech.languageCode);
    const current = () => (tracker.currentWidget ? modules.find(tracker.currentWidget) : null);
    app.commands.addCommand(SUBMIT, {
      label: trans.__('Hand in this module'),
      isEnabled: () => current() !== null,
      execute: async args => {
        const open = modules.open.find(one => one.info.module === args.module) ?? current();
        return open ? submitter.submit(open) : null;
      }
    });
    modules.changed.connect(() => app.commands.notifyCommandChanged(SUBMIT));
    tracker.currentChanged.connect(() => app.commands.notifyCommandChanged(SUBMIT));
    palette?.addItem({ command: SUBMIT, category: trans.__('Course') });
    return submitter;
  }
};
