/** The course panel: head, modules in order, clocks, and a word when the course does not answer. */
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Api } from '../api/client';
import type { ICourse, IModule } from '../api/shapes';
import { goalModule, goalOf, type Goal } from '../logic/continue';
import type { ITrans } from '../logic/trans';
import type { Actions } from './actions';
import { Card } from './card';
import { Continue, Progress, Title } from './head';
import { useDeed, useNow, useSignal } from './hooks';
import { courseIcon } from './icon';
import type { CourseModel } from './model';
import { Modules } from './modules';
import type { News } from './news';
import { Trouble } from './trouble';
import { ZoneChoice } from './zone';

export const PANEL = 'coursekit-course';

export interface IPanelParts {
  api: Api;
  model: CourseModel;
  actions: Actions;
  news: News;
  /** BCP 47. */
  locale(): string;
  trans: ITrans;
}

export class CoursePanel extends ReactWidget {
  constructor(private readonly parts: IPanelParts) {
    super();
    const { trans } = parts;
    this.id = PANEL;
    this.addClass('ck-course-widget');
    this.title.icon = courseIcon;
    this.title.caption = trans.__('Course');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Course'));
  }

  /** Bring the keyboard into it. */
  enter(): void {
    this.node.querySelector<HTMLElement>('.ck-continue, h2')?.focus();
  }

  render(): React.JSX.Element {
    return <Panel {...this.parts} />;
  }
}

function Panel(parts: IPanelParts): React.JSX.Element {
  const { model, trans } = parts;
  useSignal(model.changed);
  return (
    <div className="ck-course">
      <div className="ck-course-scroll">
        {model.course ? <Course {...parts} course={model.course} /> : <Empty {...parts} />}
      </div>
      <Trouble model={model} trans={trans} />
    </div>
  );
}

function Empty({ model, trans }: IPanelParts): React.JSX.Element {
  const deed = useDeed(trans);
  if (model.isWaiting || model.courses.length) {
    return <p className="ck-quiet">{model.trouble ? '' : trans.__('Fetching your course…')}</p>;
  }
  return (
    <>
      <h2>{trans.__('No course yet')}</h2>
      <p>
        {trans.__(
          'You are in no course so far. Ask whoever teaches you to enrol you; it then shows up here by itself.'
        )}
      </p>
      <div className="ck-buttons">
        <button className="ck-button" aria-disabled={deed.busy} onClick={() => deed.run(() => model.refresh())}>
          {trans.__('Look again')}
        </button>
      </div>
    </>
  );
}

function Course(props: IPanelParts & { course: ICourse }): React.JSX.Element {
  const { api, model, actions, news, trans, course } = props;
  useSignal(news.changed);
  const now = useNow();
  const review = useDeed(trans);
  const locale = props.locale();
  const goal = useGoal(api, course);
  const clocks = React.useMemo(() => ({ zone: course.time_zone, locale }), [course.time_zone, locale]);
  return (
    <>
      <div className="ck-course-head">
        <Title model={model} course={course} trans={trans} />
        {course.role !== 'learner' && actions.canReview && (
          <div className="ck-buttons">
            <button className="ck-button" onClick={() => review.run(() => actions.review())}>
              {trans.__('Review answers')}
            </button>
          </div>
        )}
        <Progress course={course} trans={trans} />
      </div>
      {/* Beside the head, not in it: it stays in sight when the modules are scrolled. */}
      <div className={goal.kind === 'nothing' ? 'ck-go' : 'ck-go ck-go-stays'}>
        <Continue goal={goal} actions={actions} trans={trans} />
      </div>
      <Modules
        course={course}
        trans={trans}
        card={(step, number, level) => (
          <Card
            key={`${course.course} ${step.module}`}
            api={api}
            course={course.course}
            step={step}
            number={number}
            level={level}
            actions={actions}
            goOn={() => goOn(api, course, step.module, actions)}
            fresh={news.isFresh(step.module)}
            now={now}
            clocks={clocks}
            trans={trans}
          />
        )}
      />
      <ZoneChoice course={course} actions={actions} trans={trans} />
    </>
  );
}

/** Where to go on, named as soon as the module's prompts are known. */
function useGoal(api: Api, course: ICourse): Goal {
  const [known, setKnown] = React.useState<IModule | null>(null);
  const module = goalModule(course);
  const committed = course.steps.find(step => step.module === module)?.committed;
  React.useEffect(() => {
    let gone = false;
    if (module) {
      // Without it the button leads to the module all the same.
      api.module(course.course, module).then(
        found => !gone && setKnown(found),
        () => undefined
      );
    }
    return () => {
      gone = true;
    };
  }, [api, course.course, module, committed]);
  return goalOf(course, known?.course === course.course ? known : null);
}

/** *Continue* of one card: as if there were no other module. */
async function goOn(api: Api, course: ICourse, module: string, actions: Actions): Promise<void> {
  const alone = { ...course, steps: course.steps.filter(step => step.module === module) };
  const known = goalModule(alone) ? await api.module(course.course, module).catch(() => null) : null;
  await actions.goTo(goalOf(alone, known));
}
