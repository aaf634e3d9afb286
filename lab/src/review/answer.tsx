/** One answer: the learner's words, with the sentences that the checks point at. Words are text here, whatever they say. */
import * as React from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';

import { marked } from '../logic/reviewText';
import { groupLabel } from './parts';
import type { ReviewModel } from './model';
import type { IReviewItem } from './shapes';

/** Colours and lines for so many criteria; then they begin again. */
export const LOOKS = 6;

export function look(index: number): string {
  return `ck-review-look${index % LOOKS}`;
}

export function Answer(props: {
  model: ReviewModel;
  trans: TranslationBundle;
  item: IReviewItem;
  /** Place of the criterion whose evidence flashes; null for none. */
  flash: number | null;
  /** Counts up: the same criterion can flash twice. */
  flashes: number;
}): JSX.Element {
  const { model, trans, item, flash, flashes } = props;
  const [all, showAll] = React.useState(false);
  const further = item.criteria.some(one => one.spans.length > 1);
  const heading = React.useRef<HTMLHeadingElement>(null);
  const words = React.useRef<HTMLDivElement>(null);

  React.useLayoutEffect(() => {
    // Whoever works in the panel goes on reading at the new answer; nobody is called away from elsewhere.
    const panel = heading.current?.closest('.ck-review');
    const at = document.activeElement;
    if (panel && (at === document.body || panel.contains(at))) {
      heading.current?.focus({ preventScroll: true });
      words.current?.scrollTo({ top: 0 });
    }
  }, [item.id]);

  React.useEffect(() => {
    if (flash !== null) {
      words.current?.querySelector('.ck-review-flash')?.scrollIntoView({ block: 'nearest' });
    }
  }, [flash, flashes]);

  return (
    <article className="ck-review-answer" aria-labelledby="ck-review-title">
      <header>
        <h2 id="ck-review-title" tabIndex={-1} ref={heading}>
          {item.title || item.prompt}
        </h2>
        <span className={`ck-review-badge ck-review-group-${item.group}`}>{groupLabel(trans, item.group)}</span>
      </header>
      <details className="ck-review-question" open={item.question.length < 400}>
        <summary>{trans.__('The question')}</summary>
        <p>{item.question}</p>
      </details>
      {item.flags.map((flag, index) => (
        <p key={index} className="ck-review-flag">
          {flag.question}
        </p>
      ))}
      {item.appeal ? (
        <p className="ck-review-flag">
          {trans.__('Appeal:')} {item.appeal}
        </p>
      ) : null}
      <div
        className="ck-review-words"
        ref={words}
        tabIndex={0}
        role="region"
        aria-label={trans.__('The answer')}
        lang={item.language || undefined}
        dir="auto"
      >
        {marked(item.text, item.criteria, all).map(piece =>
          piece.criteria.length === 0 ? (
            <React.Fragment key={piece.start}>{piece.text}</React.Fragment>
          ) : (
            <mark
              key={`${piece.start}-${piece.criteria.includes(flash ?? -1) ? flashes : 0}`}
              className={[
                'ck-review-evidence',
                look(piece.criteria[0]),
                flash !== null && piece.criteria.includes(flash) ? 'ck-review-flash' : ''
              ].join(' ')}
            >
              {piece.text}
              <sup>
                <span className="ck-review-hidden">{trans.__('evidence for criterion')} </span>
                {piece.criteria.map(index => index + 1).join(',')}
              </sup>
            </mark>
          )
        )}
        {item.left_out > 0 ? (
          <p>{trans._n('… and %1 more character.', '… and %1 more characters.', item.left_out)}</p>
        ) : null}
      </div>
      <footer className="ck-review-row">
        <span className="ck-review-quiet">{trans._n('%1 word', '%1 words', item.words)}</span>
        {further ? (
          <label className="ck-review-check">
            <input type="checkbox" checked={all} onChange={event => showAll(event.target.checked)} />
            {trans.__('Show further sentences')}
          </label>
        ) : null}
        {model.name === null ? (
          <button type="button" className="ck-review-button" onClick={() => void model.askName()}>
            {trans.__('Show the name')}
          </button>
        ) : (
          <strong className="ck-review-name" role="status">
            {model.name}
          </strong>
        )}
      </footer>
      {item.why.length > 0 ? (
        <details className="ck-review-why ck-review-quiet">
          <summary>{trans.__('Why a person reads it')}</summary>
          <ul>
            {item.why.map(one => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </details>
      ) : null}
    </article>
  );
}
