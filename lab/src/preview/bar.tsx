/** Above everything: that this is a preview, how it stands, and a fresh beginning. */
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import { useSignal } from '../course/hooks';
import type { ITrans } from '../logic/trans';
import type { PreviewModel } from './model';
import type { INow } from './shapes';

export class PreviewBar extends ReactWidget {
  constructor(
    private readonly model: PreviewModel,
    private readonly trans: ITrans
  ) {
    super();
    this.id = 'coursekit-preview';
    this.addClass('ck-preview');
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    // The lab's layout gives a header no more than its smallest height, and ours says more at times.
    this.watch = new ResizeObserver(() => {
      const height = this.node.firstElementChild?.getBoundingClientRect().height;
      if (height) {
        const above = `${Math.ceil(height) + 2}px`;
        this.node.style.minHeight = above;
        // What lies over the lab, such as the simple page, begins below it.
        document.documentElement.style.setProperty('--ck-above', above);
        this.parent?.fit();
      }
    });
    void this.renderPromise?.then(
      () => this.node.firstElementChild && this.watch?.observe(this.node.firstElementChild)
    );
  }

  protected override onBeforeDetach(message: Message): void {
    this.watch?.disconnect();
    super.onBeforeDetach(message);
  }

  private watch: ResizeObserver | null = null;

  protected render(): React.JSX.Element {
    return <Bar model={this.model} trans={this.trans} />;
  }
}

function Bar({ model, trans }: { model: PreviewModel; trans: ITrans }): React.JSX.Element {
  useSignal(model.changed);
  const { now, busy, trouble } = model;
  return (
    <div className="ck-preview-bar" role="region" aria-label={trans.__('Preview')}>
      <strong>{trans.__('Preview')}</strong>
      <span className="ck-preview-state" role="status">
        {say(now, busy, trans)}
      </span>
      <button
        type="button"
        className="ck-button"
        aria-disabled={busy || !now?.release}
        title={trans.__('Nothing answered, nothing committed, no reveal open')}
        onClick={() => !busy && now?.release && void model.startOver()}
      >
        {trans.__('Start over')}
      </button>
      {(trouble || (now?.state === 'errors' && now.findings.length > 0)) && (
        <div className="ck-alert" role="alert">
          {trouble || <ul>{now?.findings.map((finding, n) => <li key={n}>{finding}</li>)}</ul>}
        </div>
      )}
    </div>
  );
}

function say(now: INow | null, busy: boolean, trans: ITrans): string {
  if (busy) {
    return trans.__('The page follows…');
  }
  switch (now?.state) {
    case undefined:
      return '';
    case 'building':
      return trans.__('A change was saved…');
    case 'errors':
      return trans.__('What was saved last has mistakes. The page shows what was before.');
    case 'shown':
      return trans.__('As learners will see it. Nothing here counts.');
  }
}
