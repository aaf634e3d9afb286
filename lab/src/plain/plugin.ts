/** The simple page: its command, and its offer on small screens. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { clocksOf } from '../course/clocks';
import { partOf } from '../logic/parts';
import { moduleIn } from '../module/find';
import { ICourseModel, IModules, type IOpenModule, ISubmitter } from '../tokens';
import { PLAIN } from './command';
import { isNarrow, Offer, wasOffered } from './offer';
import { Pages } from './pages';

export const plain: JupyterFrontEndPlugin<void> = {
  id: '@coursekit/lab:plain',
  description: 'A module as one page, for small screens and for whoever likes it plain.',
  autoStart: true,
  requires: [IModules, INotebookTracker],
  optional: [ICourseModel, ISubmitter, ITranslator, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    modules: IModules,
    tracker: INotebookTracker,
    course: ICourseModel | null,
    submitter: ISubmitter | null,
    translator: ITranslator | null,
    palette: ICommandPalette | null
  ) => {
    const speech = translator ?? nullTranslator;
    const trans = speech.load('coursekit');

    /** Open a module, if need be, and show it as a page. In Notebook 7 it comes in a tab of its own, and is offered there. */
    const openModule = async (name: string): Promise<void> => {
      const panel = (await course?.open(name)) ?? null;
      const module = panel && (await moduleIn(panel, modules));
      if (module) {
        pages.show(module);
      }
    };
    const submit = submitter
      ? (module: IOpenModule): Promise<unknown> =>
          submitter.submit(module, { goTo: prompt => void pages.goTo(module, prompt), open: openModule })
      : null;
    const part = ({ info }: IOpenModule): string =>
      (course?.course?.course === info.course && partOf(course.course, info.module)?.title) || '';
    const pages = new Pages({ trans, clocks: () => clocksOf(course, speech), part, submit });
    const current = (): IOpenModule | null => (tracker.currentWidget ? modules.find(tracker.currentWidget) : null);

    app.commands.addCommand(PLAIN, {
      label: trans.__('Simple page'),
      caption: trans.__('Show the module from top to bottom, as one page'),
      isEnabled: args => typeof args.module === 'string' || current() !== null,
      execute: async args => {
        const module = typeof args.module === 'string' ? findOpen(modules, args.module) : current();
        if (module) {
          pages.show(module);
        } else if (typeof args.module === 'string') {
          await openModule(args.module);
        }
      }
    });
    palette?.addItem({ command: PLAIN, category: trans.__('Course') });

    let offer: Offer | null = null;
    const look = (): void => {
      app.commands.notifyCommandChanged(PLAIN);
      pages.look();
      const module = current();
      if (!module || offer || pages.isOpen || !isNarrow() || wasOffered()) {
        return;
      }
      const made = new Offer(trans, () => pages.show(module));
      offer = made;
      made.disposed.connect(() => (offer = null));
      module.panel.disposed.connect(() => made.dispose());
      Widget.attach(made, document.body);
    };
    modules.changed.connect(look);
    tracker.currentChanged.connect(look);
    window.addEventListener('resize', look);
  }
};

function findOpen(modules: IModules, name: string): IOpenModule | null {
  return modules.open.find(one => one.info.module === name) ?? null;
}
