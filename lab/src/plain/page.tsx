/** A module as one page: its texts, its prompts, and handing in. The same notebook and the same answers as anywhere else. */
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import * as React from 'react';

import { sayError } from '../api/say';
import type { Response } from '../api/shapes';
import { useSignal } from '../course/hooks';
import { PromptBlock } from '../forms/block';
import { Markdown, Rendered } from '../forms/rendered';
import { authors } from '../logic/authors';
import type { IClocks } from '../logic/dates';
import type { PageItem } from '../logic/pageItems';
import { committedIn } from '../logic/path';
import { isInNotebook } from '../logic/promptCells';
import type { ITrans } from '../logic/trans';
import type { IOpenModule } from '../tokens';
import type { PageModel } from './model';

export interface IPlainPageProps {
  model: PageModel;
  rendermime: IRenderMimeRegistry;
  clocks: IClocks;
  trans: ITrans;
  /** The title of the part of the course that the module is in; empty where there are no parts. */
  part: string;
  /** Null where nothing can be handed in. */
  submit: ((module: IOpenModule) => Promise<unknown>) | null;
  leave(): void;
}

export function PlainPage(props: IPlainPageProps): React.JSX.Element {
  const { model, part, trans } = props;
  const { module } = model;
  useSignal(model.changed);
  const top = React.useRef<HTMLButtonElement>(null);
  React.useEffect(() => top.current?.focus(), []);
  const { committed, required } = committedIn(module.info.prompts);
  return (
    <div className="ck-page" role="dialog" aria-modal="true" aria-label={module.info.title}>
      <div className="ck-page-bar">
        {part && (
          <span className="ck-page-part ck-quiet" {...authors()}>
            {part}
          </span>
        )}
        <span className="ck-page-title" {...authors()}>
          {module.info.title}
        </span>
        <span className="ck-quiet">{trans.__('%1 of %2 committed', committed, required)}</span>
        <button type="button" className="ck-button" ref={top} onClick={props.leave}>
          {trans.__('Close')}
        </button>
      </div>
      <div className="ck-page-body">
        {model.items().map(item => (
          <Item key={item.id} {...props} item={item} />
        ))}
        {props.submit ? <HandIn {...props} submit={props.submit} /> : null}
      </div>
    </div>
  );
}

function Item(props: IPlainPageProps & { item: PageItem }): React.JSX.Element | null {
  const { item, rendermime } = props;
  switch (item.kind) {
    case 'text':
      return <Markdown className="ck-page-text" rendermime={rendermime} text={item.markdown} />;
    case 'exhibit':
      return (
        <div className="ck-scroll">
          {item.displays.map((display, n) => (
            <Rendered key={n} rendermime={rendermime} bundle={display} />
          ))}
        </div>
      );
    case 'prompt':
      return <Asked {...props} id={item.prompt} />;
  }
}

function Asked(props: IPlainPageProps & { id: string }): React.JSX.Element | null {
  const { model, id, trans, rendermime, clocks } = props;
  const [revising, setRevising] = React.useState(false);
  const prompt = model.module.find(id);
  if (!prompt) {
    return null;
  }
  return (
    <PromptBlock
      prompt={prompt}
      trans={trans}
      rendermime={rendermime}
      clocks={clocks}
      answer="here"
      // The question of prose and code stands in the text above it.
      heading={!isInNotebook(prompt.kind)}
      value={model.value(id)}
      onChange={(value: Response) => model.write(id, value)}
      {...model.module.standing(id)}
      revising={revising}
      onRevise={() => setRevising(true)}
      onClose={() => setRevising(false)}
      onCommit={async revision => {
        await model.module.commit(id, revision);
        setRevising(false);
      }}
    />
  );
}

function HandIn({
  model,
  trans,
  submit
}: IPlainPageProps & { submit(module: IOpenModule): Promise<unknown> }): React.JSX.Element {
  const [trouble, setTrouble] = React.useState('');
  const id = React.useId();
  return (
    <section className="ck-page-end" aria-labelledby={id}>
      <h2 id={id}>{trans.__('Hand in')}</h2>
      <p>{trans.__('When you have answered, hand in this module. You can go on and hand in again later.')}</p>
      <button
        type="button"
        className="ck-button ck-main"
        onClick={() => {
          setTrouble('');
          submit(model.module).catch(error => setTrouble(sayError(error, trans)));
        }}
      >
        {trans.__('Hand in “%1”', model.module.info.title)}
      </button>
      {trouble ? (
        <p className="ck-alert" role="alert">
          {trouble}
        </p>
      ) : null}
    </section>
  );
}
