/** The modules in their order, under the titles of the course's parts where it is in parts. */
import * as React from 'react';

import type { ICourse, IStep } from '../api/shapes';
import { authors } from '../logic/authors';
import { sayHandedIn, stretchesOf, type IStretch } from '../logic/parts';
import { isDone } from '../logic/path';
import type { ITrans } from '../logic/trans';

/** Of a module's heading: below the course's, or below its part's. */
export type Level = 3 | 4;

export interface IModulesProps {
  course: ICourse;
  trans: ITrans;
  /** One module, with its number from 1. */
  card(step: IStep, number: number, level: Level): React.JSX.Element;
}

export function Modules({ course, trans, card }: IModulesProps): React.JSX.Element {
  return (
    <>
      {stretchesOf(course).map(stretch => (
        <Stretch key={stretch.from} {...stretch} trans={trans} card={card} />
      ))}
    </>
  );
}

function Stretch({ part, steps, from, trans, card }: IStretch & Omit<IModulesProps, 'course'>): React.JSX.Element {
  const id = React.useId();
  const label = part
    ? { 'aria-labelledby': id, 'aria-describedby': `${id}-far` }
    : { 'aria-label': trans.__('Modules') };
  const whole = steps.every(isDone);
  return (
    <>
      {part && (
        <div className={`ck-part${whole ? ' ck-part-done' : ''}`}>
          <h3 id={id} {...authors()}>
            {part.title}
          </h3>
          <p id={`${id}-far`} className="ck-part-far">
            {whole && <span aria-hidden="true">✓ </span>}
            {sayHandedIn(steps, trans)}
          </p>
          {part.summary && !whole && (
            <p className="ck-quiet" {...authors()}>
              {part.summary}
            </p>
          )}
        </div>
      )}
      {/* Safari forgets that a list without bullets is a list. */}
      <ol className="ck-cards" role="list" {...label}>
        {steps.map((step, index) => card(step, from + index, part ? 4 : 3))}
      </ol>
    </>
  );
}
