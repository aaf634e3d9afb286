/** The command that shows a module's feedback in the main area. */
import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { Signal } from '@lumino/signaling';
import * as React from 'react';

import type { Api } from '../api/client';
import { courseIcon } from '../course/icon';
import { localeOf } from '../logic/dates';
import { showView } from '../shell';
import { IApi, ICourseModel } from '../tokens';
import { FEEDBACK } from './command';
import { FeedbackView } from './view';

export const feedback: JupyterFrontEndPlugin<void> = {
  id: '@coursekit/lab:feedback',
  description: 'Feedback beside the learner’s own words.',
  autoStart: true,
  requires: [IApi, ICourseModel],
  optional: [ITranslator, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    api: Api,
    model: ICourseModel,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null
  ) => {
    const speech = translator ?? nullTranslator;
    const trans = speech.load('coursekit');
    const tracker = new WidgetTracker<FeedbackWidget>({ namespace: 'coursekit-feedback' });
    app.commands.addCommand(FEEDBACK, {
      label: trans.__('Read feedback'),
      // Of which module is known where the command is called.
      isVisible: () => false,
      execute: async args => {
        const [course, module] = [args.course ?? model.course?.course, args.module];
        if (typeof course !== 'string' || typeof module !== 'string') {
          return;
        }
        const open = tracker.find(widget => widget.course === course && widget.module === module);
        if (open) {
          showView(app, open);
          open.refresh();
          return;
        }
        const again = new Signal<object, void>({});
        const content = new Content(again, () => {
          const shown = model.course?.course === course ? model.course : null;
          const title = shown?.steps.find(step => step.module === module)?.title ?? module;
          const locale = localeOf(speech.languageCode, navigator.languages);
          const clocks = { locale, zone: shown?.time_zone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone };
          return React.createElement(FeedbackView, { api, course, module, title, clocks, again, trans });
        });
        // A title or a time zone that becomes known later.
        const redraw = (): void => content.update();
        model.changed.connect(redraw);
        content.disposed.connect(() => model.changed.disconnect(redraw));
        const widget = new FeedbackWidget(content, course, module);
        widget.title.label = trans.__('Feedback');
        widget.title.icon = courseIcon;
        // First: the layout that is kept when it is shown must know its name.
        await tracker.add(widget);
        showView(app, widget);
      }
    });
    if (restorer) {
      void restorer.restore(tracker, {
        command: FEEDBACK,
        args: ({ course, module }) => ({ course, module }),
        name: ({ course, module }) => `${course}/${module}`
      });
    }
  }
};

class Content extends ReactWidget {
  constructor(
    readonly again: Signal<object, void>,
    private readonly draw: () => React.JSX.Element
  ) {
    super();
    this.addClass('ck-feedback-widget');
  }

  render(): React.JSX.Element {
    return this.draw();
  }
}

class FeedbackWidget extends MainAreaWidget<Content> {
  constructor(
    content: Content,
    readonly course: string,
    readonly module: string
  ) {
    super({ content });
    this.id = `coursekit-feedback-${course}-${module}`;
    this.title.closable = true;
  }

  refresh(): void {
    this.content.again.emit();
  }
}
