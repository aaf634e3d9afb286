/** The queue at the left: which answer is shown, which are done, and why each stands where it does. */
import * as React from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';

import { isDone, isThrough, progress } from '../logic/reviewQueue';
import { groupLabel, Key, progressText } from './parts';
import type { Queue, ReviewModel } from './model';
import type { IReviewQueue } from './shapes';

export function QueueList(props: {
  model: ReviewModel;
  trans: TranslationBundle;
  opened: IReviewQueue;
  queue: Queue;
}): JSX.Element {
  const { model, trans, opened, queue } = props;
  const current = React.useRef<HTMLButtonElement>(null);
  React.useEffect(() => {
    // Newer browsers give a promise, which is nothing to clean up with.
    current.current?.scrollIntoView({ block: 'nearest' });
  }, [queue.at]);
  return (
    <nav className="ck-review-queue" aria-label={trans.__('Queue')}>
      <button type="button" className="ck-review-link" onClick={() => void model.showModules()}>
        {trans.__('← All modules')}
      </button>
      <h2>{opened.title}</h2>
      <p className="ck-review-progress">{progressText(trans, progress(queue))}</p>
      <progress max={Math.max(1, queue.answers)} value={progress(queue).marked} aria-label={trans.__('Marked')} />
      <p className="ck-review-quiet">
        {opened.order === 'random'
          ? trans.__('One question across all learners, in an order by lot that is your own.')
          : trans.__('The doubtful first.')}
      </p>
      <ol>
        {queue.items.map((item, index) => (
          <li key={item.id}>
            <button
              type="button"
              ref={index === queue.at ? current : undefined}
              className="ck-review-item"
              aria-current={index === queue.at ? 'true' : undefined}
              onClick={() => void model.goTo(item.id)}
              title={item.why}
            >
              <span className="ck-review-done" aria-hidden="true">
                {isDone(queue, item) ? '✓' : ''}
              </span>
              <span>
                {index + 1}. {groupLabel(trans, item.group)}
                {isDone(queue, item) ? <span className="ck-review-hidden"> {trans.__('(done)')}</span> : null}
              </span>
              <span className="ck-review-quiet">{trans._n('%1 word', '%1 words', item.words)}</span>
            </button>
          </li>
        ))}
      </ol>
      <div className="ck-review-row">
        <button type="button" className="ck-review-button" onClick={() => void model.move(-1)}>
          {trans.__('Previous')} <Key>p</Key>
        </button>
        <button type="button" className="ck-review-button" onClick={() => void model.move(1)}>
          {trans.__('Next')} <Key>n</Key>
        </button>
      </div>
      {isThrough(queue) ? <p>{trans.__('Nothing waits here any more.')}</p> : null}
      <button type="button" className="ck-review-link" onClick={() => void model.reload()}>
        {trans.__('Load again')}
      </button>
    </nav>
  );
}
