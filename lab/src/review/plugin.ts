/** The command that opens the review panel, in the main area. Who may is the server's word. */
import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Api } from '../api/client';
import { showView } from '../shell';
import { IApi, ICourseModel } from '../tokens';
import { ReviewModel } from './model';
import { ReviewPanel } from './panel';

export const REVIEW = 'coursekit:review';

export const review: JupyterFrontEndPlugin<void> = {
  id: '@coursekit/lab:review',
  description: 'Graders read and mark written answers.',
  autoStart: true,
  optional: [IApi, ICourseModel, ITranslator, ICommandPalette, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    api: Api | null,
    courses: ICourseModel | null,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null
  ) => {
    const trans = (translator ?? nullTranslator).load('coursekit');
    const calls = api ?? new Api(app.serviceManager.serverSettings);
    const tracker = new WidgetTracker<MainAreaWidget>({ namespace: 'coursekit-review' });
    let model: ReviewModel | null = null;
    /** Learners need not see that there is such a thing; where nobody knows yet, the server decides. */
    const mayReview = (): boolean => courses === null || courses.courses.some(row => row.role !== 'learner');

    app.commands.addCommand(REVIEW, {
      label: trans.__('Review written answers'),
      caption: trans.__('Read and mark what learners have written'),
      isVisible: mayReview,
      execute: async args => {
        const [course, module] = [args.course, args.module].map(one => (typeof one === 'string' ? one : ''));
        let widget = tracker.currentWidget;
        if (!widget || widget.isDisposed || !model) {
          const made = new ReviewModel(calls, trans);
          const content = ReactWidget.create(React.createElement(ReviewPanel, { model: made, trans }));
          content.addClass('ck-review-widget');
          widget = new MainAreaWidget({ content });
          // It has buttons of its own.
          widget.toolbar.hide();
          widget.id = 'coursekit-review';
          widget.title.label = trans.__('Review');
          widget.title.closable = true;
          model = made;
          await tracker.add(widget);
        }
        showView(app, widget);
        if (!model.opened || course || module) {
          await model.start(course, module);
        }
        widget.content.node.querySelector<HTMLElement>('.ck-review')?.focus();
        return undefined;
      }
    });
    palette?.addItem({ command: REVIEW, category: trans.__('Course') });
    if (restorer) {
      void restorer.restore(tracker, { command: REVIEW, name: () => 'review' });
    }
  }
};
