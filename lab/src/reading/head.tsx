/** Above a module: its name, how far it has come, and handing in. */
import { ReactWidget } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import { sayError } from '../api/say';
import { useSignal } from '../course/hooks';
import { authors } from '../logic/authors';
import { committedIn } from '../logic/path';
import type { ITrans } from '../logic/trans';
import { PLAIN } from '../plain/command';
import type { IOpenModule, ISubmitter } from '../tokens';

export interface IHeadProps {
  module: IOpenModule;
  submitter: ISubmitter | null;
  commands: CommandRegistry;
  trans: ITrans;
}

export class HeadWidget extends ReactWidget {
  constructor(private readonly parts: IHeadProps) {
    super();
    this.addClass('ck-reading-head');
  }

  protected render(): React.JSX.Element {
    return <Head {...this.parts} />;
  }
}

function Head({ module, submitter, commands, trans }: IHeadProps): React.JSX.Element {
  useSignal(module.changed);
  const [trouble, setTrouble] = React.useState('');
  const { committed, required } = committedIn(module.info.prompts);
  const handIn = (): void => {
    setTrouble('');
    submitter?.submit(module).catch(error => setTrouble(sayError(error, trans)));
  };
  return (
    <div className="ck-reading-bar" role="region" aria-label={trans.__('This module')}>
      <span className="ck-reading-title" {...authors()}>
        {module.info.title}
      </span>
      <span className="ck-quiet" role="status">
        {trans.__('%1 of %2 committed', committed, required)}
      </span>
      {commands.hasCommand(PLAIN) && (
        <button
          type="button"
          className="ck-button"
          onClick={() => void commands.execute(PLAIN, { module: module.info.module })}
        >
          {trans.__('Simple page')}
        </button>
      )}
      {submitter && (
        <button type="button" className="ck-button ck-main" onClick={handIn}>
          {trans.__('Hand in')}
        </button>
      )}
      {trouble && (
        <p className="ck-alert" role="alert">
          {trouble}
        </p>
      )}
    </div>
  );
}
