/** What is asked: title, how long it may take, and the question as its author wrote it. */
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import * as React from 'react';

import type { IPromptDefinition } from '../api/shapes';
import { authors } from '../logic/authors';
import type { ITrans } from '../logic/trans';
import { Markdown } from './rendered';

interface IQuestionProps {
  prompt: IPromptDefinition;
  trans: ITrans;
  rendermime: IRenderMimeRegistry;
  /** The id of the title, for what is labelled by it. */
  id: string;
  level?: 2 | 3 | 4;
}

export function Question({ prompt, trans, rendermime, id, level = 3 }: IQuestionProps): React.JSX.Element {
  const minutes = Math.max(1, Math.round(prompt.minutes));
  return (
    <div className="ck-asked">
      {React.createElement(`h${level}`, { id, className: 'ck-asked-title', ...authors() }, prompt.title)}
      <p className="ck-quiet">
        {trans._n('About %1 minute', 'About %1 minutes', minutes)}
        {prompt.required ? '' : ` · ${trans.__('Optional')}`}
      </p>
      {prompt.question.trim() ? <Markdown rendermime={rendermime} text={prompt.question} /> : null}
    </div>
  );
}
