/** The calls, the course, and its panel. */
import { ILabShell, ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { Api } from '../api/client';
import { localeOf } from '../logic/dates';
import { IApi, ICourseModel, IModules, ISubmitter } from '../tokens';
import { Actions } from './actions';
import { Announcer } from './announce';
import { OpenDocuments } from './documents';
import { courseIcon } from './icon';
import { CourseModel } from './model';
import { News } from './news';
import { CoursePanel, PANEL } from './panel';
import { PlaceKeeper, showCellOfAddress } from './place';
import { Stand } from './stand';

const SHOW = 'coursekit:course';

const api: JupyterFrontEndPlugin<Api> = {
  id: '@coursekit/lab:api',
  description: 'Calls to the learner’s own server.',
  autoStart: true,
  provides: IApi,
  activate: (app: JupyterFrontEnd) => new Api(app.serviceManager.serverSettings)
};

const model: JupyterFrontEndPlugin<ICourseModel> = {
  id: '@coursekit/lab:model',
  description: 'The learner’s course, kept up to date.',
  autoStart: true,
  provides: ICourseModel,
  requires: [IApi, IDocumentManager],
  optional: [ILabShell, INotebookTracker],
  activate: (
    _: JupyterFrontEnd,
    calls: Api,
    documents: IDocumentManager,
    labShell: ILabShell | null,
    tracker: INotebookTracker | null
  ) => {
    const made = new CourseModel(calls, documents, labShell === null);
    made.start();
    if (tracker) {
      new PlaceKeeper(calls, made, tracker);
      if (!labShell) {
        showCellOfAddress(tracker);
      }
    }
    return made;
  }
};

const panel: JupyterFrontEndPlugin<void> = {
  id: '@coursekit/lab:course',
  description: 'The course panel.',
  autoStart: true,
  requires: [IApi, ICourseModel, IDocumentManager],
  optional: [ILabShell, ILayoutRestorer, ITranslator, ICommandPalette, ISettingRegistry, IModules, ISubmitter],
  activate: (
    app: JupyterFrontEnd,
    calls: Api,
    course: ICourseModel,
    documents: IDocumentManager,
    labShell: ILabShell | null,
    restorer: ILayoutRestorer | null,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    settings: ISettingRegistry | null,
    modules: IModules | null,
    submitter: ISubmitter | null
  ) => {
    if (!(course instanceof CourseModel)) {
      throw new Error('The course panel shows the course model of this extension.');
    }
    const speech = translator ?? nullTranslator;
    const trans = speech.load('coursekit');
    const reopen = (path: string, cellId: string): Promise<unknown> => course.openDocument(path, cellId);
    const open = new OpenDocuments(app.shell, documents, reopen, labShell === null, trans);
    const widget = new CoursePanel({
      api: calls,
      model: course,
      actions: new Actions(calls, course, open, app.commands, modules, submitter),
      news: new News(course, new Announcer(), trans),
      locale: () => localeOf(speech.languageCode, navigator.languages),
      trans
    });
    const stand = new Stand(app, labShell, widget);
    app.commands.addCommand(SHOW, {
      label: trans.__('Show the course'),
      caption: trans.__('Modules, what is due, and where to go on'),
      icon: courseIcon,
      execute: () => {
        stand.show();
        // The palette gives the keyboard back to where it was before.
        window.setTimeout(() => widget.enter(), 100);
      }
    });
    palette?.addItem({ command: SHOW, category: trans.__('Course') });
    restorer?.add(widget, PANEL);
    void stand.openAtStart(course, wantsOpen(settings));
  }
};

/** Whether learners’ labs begin with the course; the setting is the learner's own. */
async function wantsOpen(settings: ISettingRegistry | null): Promise<boolean> {
  try {
    const found = await settings?.load(panel.id);
    return found?.get('openAtStart').composite !== false;
  } catch {
    return true;
  }
}

export const course: JupyterFrontEndPlugin<unknown>[] = [api, model, panel];
