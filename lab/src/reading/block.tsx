/** A prompt inside the notebook, below its cell. */
import { ReactWidget } from '@jupyterlab/ui-components';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import * as React from 'react';

import { useSignal } from '../course/hooks';
import type { Reactions } from '../feedback/reactions';
import { PromptBlock } from '../forms/block';
import type { IClocks } from '../logic/dates';
import { isInNotebook } from '../logic/promptCells';
import type { ITrans } from '../logic/trans';
import type { IOpenModule } from '../tokens';
import type { Revisions } from './revisions';

export interface IInPlace {
  module: IOpenModule;
  reactions: Reactions;
  revisions: Revisions;
  rendermime: IRenderMimeRegistry;
  clocks(): IClocks;
  trans: ITrans;
}

export class BlockWidget extends ReactWidget {
  constructor(
    private readonly parts: IInPlace,
    private readonly prompt: string
  ) {
    super();
    this.addClass('ck-beneath');
    // A letter that is pressed on a radio button is no command to the notebook.
    this.node.setAttribute('data-lm-suppress-shortcuts', 'true');
  }

  protected render(): React.JSX.Element {
    return <InPlace {...this.parts} id={this.prompt} />;
  }
}

function InPlace(props: IInPlace & { id: string }): React.JSX.Element | null {
  const { module, reactions, revisions, id, trans } = props;
  useSignal(module.changed);
  useSignal(reactions.changed);
  useSignal(revisions.changed);
  const prompt = module.find(id);
  if (!prompt) {
    return null;
  }
  const inCell = isInNotebook(prompt.kind);
  return (
    <PromptBlock
      prompt={prompt}
      trans={trans}
      rendermime={props.rendermime}
      clocks={props.clocks()}
      answer={inCell ? 'in-cell' : 'here'}
      heading={!inCell}
      value={module.shown(id) ?? {}}
      onChange={value => module.keep(id, value)}
      {...module.standing(id)}
      revising={revisions.has(id)}
      onRevise={() => revisions.begin(id)}
      onClose={() => revisions.end(id)}
      onCommit={async revision => {
        await module.commit(id, revision);
        revisions.end(id);
      }}
    >
      {reactions.below(id, props.clocks())}
    </PromptBlock>
  );
}
