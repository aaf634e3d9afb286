/** Words to the learner, and the bank of those that are used again and again. */
import * as React from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { ISheet } from '../logic/reviewSheet';
import { Key } from './parts';
import type { ReviewModel } from './model';

export function Comment(props: { model: ReviewModel; trans: TranslationBundle; sheet: ISheet }): JSX.Element {
  const { model, trans, sheet } = props;
  const words = sheet.comment.trim();
  const isKept = model.comments.some(one => one.text === words);
  return (
    <div className="ck-review-comment">
      <label htmlFor="ck-review-comment">
        {trans.__('Comment to the learner')} <Key>c</Key>
      </label>
      <textarea
        id="ck-review-comment"
        rows={3}
        value={sheet.comment}
        onChange={event => model.setComment(event.target.value)}
      />
      <details className="ck-review-bank">
        <summary>{trans.__('Comment bank (%1)', model.comments.length)}</summary>
        <button
          type="button"
          className="ck-review-button"
          disabled={!words || isKept}
          onClick={() => void model.keepComment(words)}
        >
          {trans.__('Save this comment')}
        </button>
        {model.comments.length === 0 ? (
          <p className="ck-review-quiet">{trans.__('Comments that are saved here are there for all graders.')}</p>
        ) : (
          <ul>
            {model.comments.map(one => (
              <li key={one.id}>
                <button
                  type="button"
                  className="ck-review-link ck-review-insert"
                  onClick={() => model.insert(one.text)}
                  title={trans.__('Insert')}
                >
                  {one.text}
                </button>
                <button
                  type="button"
                  className="ck-review-link"
                  onClick={() => void model.dropComment(one.id)}
                  aria-label={trans.__('Take “%1” out of the bank', one.text.slice(0, 40))}
                >
                  ×
                </button>
              </li>
            ))}
          </ul>
        )}
      </details>
    </div>
  );
}
