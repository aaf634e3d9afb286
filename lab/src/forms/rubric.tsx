/** How an answer is read: criteria and levels, on demand. */
import * as React from 'react';

import type { IRubric } from '../api/shapes';
import { authors } from '../logic/authors';
import type { ITrans } from '../logic/trans';

export function Rubric({ rubric, trans }: { rubric: IRubric; trans: ITrans }): React.JSX.Element {
  return (
    <details className="ck-rubric">
      <summary>{trans.__('How answers are read')}</summary>
      <div className="ck-rubric-inside">
        {rubric.title ? (
          <p className="ck-rubric-title" {...authors()}>
            {rubric.title}
          </p>
        ) : null}
        <ul>
          {rubric.criteria.map(criterion => (
            <li key={criterion.id}>
              <p {...authors()}>{criterion.ask}</p>
              <dl>
                {criterion.levels.map(([points, what]) => (
                  <div key={points}>
                    <dt>{trans._n('%1 point', '%1 points', points)}</dt>
                    <dd {...authors()}>{what}</dd>
                  </div>
                ))}
              </dl>
            </li>
          ))}
        </ul>
      </div>
    </details>
  );
}
