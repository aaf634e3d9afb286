/** Why there is nothing new, and that no work is lost. */
import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import * as React from 'react';

import { inOurWords } from '../logic/sentences';
import type { ITrans } from '../logic/trans';
import type { CourseModel } from './model';

export function Trouble({ model, trans }: { model: CourseModel; trans: ITrans }): React.JSX.Element {
  // Always there, so that a screen reader says what comes into it.
  return (
    <div className="ck-trouble" role="status">
      {model.trouble === 'away' && (
        <p className="ck-alert">
          {trans.__('The course does not answer just now. Your work goes on and is kept here; we try again.')}
        </p>
      )}
      {model.trouble === 'signed-out' &&
        (model.troubleWords ? (
          <CourseSession words={model.troubleWords} trans={trans} />
        ) : (
          <LabSession trans={trans} />
        ))}
    </div>
  );
}

/** The browser is no longer signed in at the lab. */
function LabSession({ trans }: { trans: ITrans }): React.JSX.Element {
  return (
    <p className="ck-alert">
      {trans.__('Your session is over. What you wrote stays in this window: sign in again, then come back to it.')}{' '}
      {/* In a tab of its own: nothing that is not saved yet is lost, and this one goes on afterwards. */}
      <Way to={URLExt.join(PageConfig.getBaseUrl(), 'lab')} words={trans.__('Sign in again in a new tab')} />
    </p>
  );
}

/** The lab is no longer signed in at the course. */
function CourseSession({ words, trans }: { words: string; trans: ITrans }): React.JSX.Element {
  const hub = PageConfig.getOption('hubPrefix');
  const home = URLExt.join(PageConfig.getOption('hubHost') || window.location.origin, hub, 'home');
  return (
    <p className="ck-alert">
      {inOurWords(words, trans)} {hub && <Way to={home} words={trans.__('Control panel in a new tab')} />}
    </p>
  );
}

function Way({ to, words }: { to: string; words: string }): React.JSX.Element {
  return (
    <a href={to} target="_blank" rel="noreferrer">
      {words}
    </a>
  );
}
