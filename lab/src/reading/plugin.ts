/** The reading view: for learners always, for staff as they like it. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import type { Api } from '../api/client';
import { clocksOf } from '../course/clocks';
import { Reactions } from '../feedback/reactions';
import { authors } from '../logic/authors';
import { IApi, ICourseModel, IModules, ISubmitter, type IOpenModule } from '../tokens';
import { Revisions } from './revisions';
import { ReadingView } from './view';

export const TOGGLE = 'coursekit:toggle-reading-view';

export const reading: JupyterFrontEndPlugin<void> = {
  id: '@coursekit/lab:reading',
  description: 'Shows a module as a text with prompts in it.',
  autoStart: true,
  requires: [IApi, IModules, INotebookTracker, IRenderMimeRegistry],
  optional: [ISubmitter, ICourseModel, ITranslator, ISettingRegistry, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    api: Api,
    modules: IModules,
    tracker: INotebookTracker,
    rendermime: IRenderMimeRegistry,
    submitter: ISubmitter | null,
    course: ICourseModel | null,
    translator: ITranslator | null,
    settings: ISettingRegistry | null,
    palette: ICommandPalette | null
  ) => {
    const speech = translator ?? nullTranslator;
    const trans = speech.load('coursekit');
    const views = new Map<IOpenModule, ReadingView>();
    const off = new Set<IOpenModule>();
    let wanted = 'always';

    const isStaff = (one: IOpenModule): boolean => {
      const role = course?.courses.find(row => row.course === one.info.course)?.role;
      return role === 'grader' || role === 'instructor';
    };
    // Where nobody knows yet who it is, it is a learner: a page is shown, and never code that frightens.
    const isOn = (one: IOpenModule): boolean =>
      !off.has(one) && (wanted === 'always' || (wanted === 'learners' && !isStaff(one)));
    const show = (one: IOpenModule): void => {
      const { course: of, module } = one.info;
      const reactions = new Reactions(api, of, module, trans);
      const view = new ReadingView(
        {
          module: one,
          reactions,
          revisions: new Revisions(),
          rendermime,
          clocks: () => clocksOf(course, speech),
          trans
        },
        submitter,
        app.commands
      );
      views.set(one, view);
      let seen = '';
      const hear = (): void => {
        if (view.isDisposed) {
          course?.changed.disconnect(hear);
          return;
        }
        one.panel.content.node.lang = authors().lang ?? '';
        // A commitment brings nothing back; a hand-in and feedback do.
        const step = course?.course?.steps.find(row => row.module === module);
        const now = JSON.stringify([step?.state, step?.submissions, step?.submitted_at]);
        if (now !== seen) {
          seen = now;
          void reactions.refresh();
        }
      };
      course?.changed.connect(hear);
      hear();
    };
    const look = (): void => {
      for (const [one, view] of views) {
        if (one.isDisposed || !isOn(one)) {
          view.dispose();
          views.delete(one);
        }
      }
      for (const one of modules.open) {
        if (!views.has(one) && isOn(one)) {
          show(one);
        }
      }
      app.commands.notifyCommandChanged(TOGGLE);
    };

    const current = (): IOpenModule | null => (tracker.currentWidget ? modules.find(tracker.currentWidget) : null);
    app.commands.addCommand(TOGGLE, {
      label: trans.__('Show this module as a page'),
      isEnabled: () => current() !== null,
      isToggled: () => views.has(current()!),
      execute: () => {
        const one = current();
        if (one) {
          off.has(one) ? off.delete(one) : off.add(one);
          look();
        }
      }
    });
    palette?.addItem({ command: TOGGLE, category: trans.__('Course') });
    void settings
      ?.load(reading.id)
      .then(found => {
        const read = (): void => {
          wanted = String(found.get('show').composite);
          look();
        };
        found.changed.connect(read);
        read();
      })
      .catch(() => undefined);
    modules.changed.connect(look);
    course?.changed.connect(look);
    tracker.currentChanged.connect(() => app.commands.notifyCommandChanged(TOGGLE));
    look();
  }
};
