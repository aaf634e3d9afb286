/** What waits in a course, module by module and prompt by prompt. */
import * as React from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';

import { groupLabel } from './parts';
import type { ReviewModel } from './model';
import type { Group, IReviewModule, IReviewPrompt } from './shapes';

const GROUPS: Group[] = ['appeal', 'flagged', 'unread', 'uncertain', 'audit'];

export function Start(props: { model: ReviewModel; trans: TranslationBundle }): JSX.Element {
  const { model, trans } = props;
  const { courses, modules } = model;
  if (courses !== null && courses.length === 0) {
    return <p className="ck-review-note">{trans.__('You are no grader in any course.')}</p>;
  }
  return (
    <div className="ck-review-start">
      <div className="ck-review-row">
        <h2>{trans.__('Written answers')}</h2>
        {courses !== null && courses.length > 1 ? (
          <label>
            {trans.__('Course')}{' '}
            <select value={model.course} onChange={event => void model.chooseCourse(event.target.value)}>
              {courses.map(row => (
                <option key={row.course} value={row.course}>
                  {row.title}
                </option>
              ))}
            </select>
          </label>
        ) : null}
        <button type="button" className="ck-review-button" onClick={() => void model.start()}>
          {trans.__('Look again')}
        </button>
      </div>
      {modules === null && !model.trouble ? <p role="status">{trans.__('Looking what waits …')}</p> : null}
      {modules?.length === 0 ? <p>{trans.__('No module of this course was built yet.')}</p> : null}
      {modules?.map(one => <Module key={one.module} model={model} trans={trans} module={one} />)}
    </div>
  );
}

function Module(props: { model: ReviewModel; trans: TranslationBundle; module: IReviewModule }): JSX.Element {
  const { model, trans, module } = props;
  const waiting = module.prompts.reduce((sum, one) => sum + one.waiting, 0);
  return (
    <section className="ck-review-module" aria-label={module.title}>
      <div className="ck-review-row">
        <h3>{module.title}</h3>
        {module.problem ? null : (
          <button
            type="button"
            className="ck-review-button ck-review-main"
            onClick={() => void model.openQueue(module.module)}
          >
            {waiting > 0
              ? trans._n('Read what waits: %1 answer', 'Read what waits: %1 answers', waiting)
              : trans.__('Nothing waits')}
          </button>
        )}
      </div>
      {module.problem ? <p className="ck-review-quiet">{module.problem}</p> : null}
      {module.prompts.length > 0 ? (
        <ul className="ck-review-prompts">
          {module.prompts.map(one => (
            <Prompt key={one.prompt} model={model} trans={trans} module={module.module} prompt={one} />
          ))}
        </ul>
      ) : null}
    </section>
  );
}

function Prompt(props: {
  model: ReviewModel;
  trans: TranslationBundle;
  module: string;
  prompt: IReviewPrompt;
}): JSX.Element {
  const { model, trans, module, prompt } = props;
  const parts = GROUPS.filter(group => prompt.groups[group] > 0).map(
    group => `${groupLabel(trans, group)} ${prompt.groups[group]}`
  );
  if (prompt.passed > 0) {
    parts.push(trans.__('passed without a person: %1', prompt.passed));
  }
  return (
    <li>
      <div>
        <strong>{prompt.title || prompt.prompt}</strong>{' '}
        <span className="ck-review-quiet">
          {trans.__('%1 of %2 marked', prompt.marked, prompt.answers)}
          {parts.length ? ` · ${parts.join(' · ')}` : ''}
        </span>
      </div>
      <div className="ck-review-row">
        <button
          type="button"
          className="ck-review-button"
          onClick={() => void model.openQueue(module, prompt.prompt)}
          aria-label={trans.__('%1, the doubtful first', prompt.title)}
        >
          {trans.__('The doubtful first')}
        </button>
        <button
          type="button"
          className="ck-review-button"
          onClick={() => void model.openQueue(module, prompt.prompt, 'random')}
          aria-label={trans.__('%1, across all learners', prompt.title)}
        >
          {trans.__('Across all learners')}
        </button>
      </div>
    </li>
  );
}
