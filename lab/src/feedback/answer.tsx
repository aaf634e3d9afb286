/** The learner's own words as they were judged. They are text nodes, whatever they look like. */
import * as React from 'react';

import type { IFeedbackItem } from '../api/shapes';
import { authors } from '../logic/authors';
import { pieces, type IQuote } from '../logic/quotes';
import type { ITrans } from '../logic/trans';

export function JudgedAnswer({ item, trans }: { item: IFeedbackItem; trans: ITrans }): React.JSX.Element {
  if (item.problem) {
    return <p className="ck-quiet">{trans.__('It cannot be shown here. %1', item.problem)}</p>;
  }
  if (!item.answer.trim()) {
    return <p className="ck-quiet">{trans.__('No answer.')}</p>;
  }
  if (item.rows.length) {
    return (
      <dl className="ck-own">
        {item.rows.map((row, n) => (
          <React.Fragment key={n}>
            <dt {...authors()}>{row.label}</dt>
            <dd dir="auto">{row.value}</dd>
          </React.Fragment>
        ))}
      </dl>
    );
  }
  return (
    <>
      {item.is_code ? (
        <pre className="ck-own" tabIndex={0} aria-label={trans.__('Your code')}>
          <code>{item.answer}</code>
        </pre>
      ) : (
        <div className="ck-own" dir="auto">
          <Marked
            text={item.answer}
            quotes={item.checks}
            labels={item.checks.map(check => check.label)}
            trans={trans}
          />
        </div>
      )}
      {item.left_out > 0 && (
        <p className="ck-quiet">
          {trans._n(
            '… and %1 more character, which is not repeated here. What you handed in is kept whole.',
            '… and %1 more characters, which are not repeated here. What you handed in is kept whole.',
            item.left_out
          )}
        </p>
      )}
    </>
  );
}

/** A text with quotes marked; each mark says what it is a sign of. */
export function Marked(props: {
  text: string;
  quotes: readonly IQuote[];
  labels: readonly string[];
  trans: ITrans;
}): React.JSX.Element {
  const { text, quotes, labels, trans } = props;
  return (
    <>
      {pieces(text, quotes).map((piece, n) =>
        piece.quote === null ? (
          <React.Fragment key={n}>{piece.text}</React.Fragment>
        ) : (
          <mark key={n} className="ck-quote" title={labels[piece.quote]}>
            {piece.text}
            <span className="ck-unseen"> {trans.__('(found for: %1)', labels[piece.quote])}</span>
          </mark>
        )
      )}
    </>
  );
}
