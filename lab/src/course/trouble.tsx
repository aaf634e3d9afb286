/** Why there is nothing new, and that no work is lost. */
import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import * as React from 'react';

import type { ITrans } from '../logic/trans';
import type { ICourseModel } from '../tokens';

export function Trouble({ model, trans }: { model: ICourseModel; trans: ITrans }): React.JSX.Element {
  // Always there, so that a screen reader says what comes into it.
  return (
    <div className="ck-trouble" role="status">
      {model.trouble === 'away' && (
        <p className="ck-alert">
          {trans.__('The course does not answer just now. Your work goes on and is kept here; we try again.')}
        </p>
      )}
      {model.trouble === 'signed-out' && (
        <p className="ck-alert">
          {trans.__('Your session is over. What you wrote stays in this window.')}{' '}
          {/* In a tab of its own: nothing that is not saved yet is lost, and this one goes on afterwards. */}
          <a href={URLExt.join(PageConfig.getBaseUrl(), 'lab')} target="_blank" rel="noreferrer">
            {trans.__('Sign in again in a new tab')}
          </a>
          {trans.__(', then come back to this one.')}
        </p>
      )}
    </div>
  );
}
