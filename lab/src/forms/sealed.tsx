/** An answer to be read: letter by letter as it was written, in the direction of its script. */
import * as React from 'react';

import type { IPromptDefinition, Response } from '../api/shapes';
import { answerRows } from '../logic/answers';
import type { ITrans } from '../logic/trans';

interface IAnswerTextProps {
  prompt: IPromptDefinition;
  response: Response | null;
  trans: ITrans;
}

export function AnswerText({ prompt, response, trans }: IAnswerTextProps): React.JSX.Element {
  const rows = answerRows(prompt, response, trans);
  if (!rows.length) {
    return <p>{trans.__('Not answered yet.')}</p>;
  }
  return (
    <dl className="ck-answer">
      {rows.map(({ label, value }) => (
        <div key={label}>
          <dt dir="auto">{label}</dt>
          <dd dir="auto" className={prompt.kind === 'analysis' ? 'ck-code' : undefined}>
            {value}
          </dd>
        </div>
      ))}
    </dl>
  );
}
