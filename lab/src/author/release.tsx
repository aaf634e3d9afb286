/** What a release would bring, looked at before anybody presses the button. */
import * as React from 'react';

import { useDeed } from '../course/hooks';
import type { ITrans } from '../logic/trans';
import type { IAuthorProps } from './panel';
import type { IAuthorChange, IAuthorChanges, IAuthorReleased } from './shapes';

/** Where a browser and its server share one computer, and so its addresses. */
const LOCAL = ['localhost', '127.0.0.1', '[::1]'];

export function Release({ model, trans }: IAuthorProps): React.JSX.Element {
  const [changes, setChanges] = React.useState<IAuthorChanges | null>(null);
  const [done, setDone] = React.useState<IAuthorReleased | null>(null);
  const deed = useDeed(trans);
  const preview = useDeed(trans);
  const [url, setUrl] = React.useState('');
  const look = (): void =>
    deed.run(async () => {
      setDone(null);
      setChanges(null);
      setChanges(await model.changes());
    });
  const release = (digest: string): void =>
    deed.run(async () => {
      setDone(await model.release(digest));
      setChanges(null);
    });
  const errors = model.findings.filter(one => one.severity === 'error').length;
  return (
    <details>
      <summary>{trans.__('Preview and release')}</summary>
      {LOCAL.includes(window.location.hostname) ? (
        <>
          <div className="ck-buttons">
            <button
              type="button"
              className="ck-button"
              aria-disabled={preview.busy || errors > 0}
              onClick={() => !errors && preview.run(async () => setUrl(await model.preview()))}
            >
              {trans.__('Preview as learners will see it')}
            </button>
            {url && (
              <a className="ck-link" href={url} target="_blank" rel="noreferrer">
                {trans.__('Open the preview')}
              </a>
            )}
          </div>
          <p className="ck-quiet" role="status">
            {preview.busy
              ? trans.__('It starts; that takes some seconds…')
              : url
                ? trans.__('It follows what you save, and counts nowhere.')
                : ''}
          </p>
          {preview.trouble && (
            <p className="ck-alert" role="alert">
              {preview.trouble}
            </p>
          )}
        </>
      ) : (
        <p>
          {trans.__('To see it as learners will, type this on your own computer, in the course’s folder:')}
          <code className="ck-command">{`coursekit preview ${model.info?.module}`}</code>
        </p>
      )}
      <div className="ck-buttons">
        <button
          type="button"
          className="ck-button"
          aria-disabled={deed.busy || errors > 0}
          onClick={() => !errors && look()}
        >
          {trans.__('See what a release would change')}
        </button>
      </div>
      {errors > 0 && <p className="ck-quiet">{trans.__('Mend the errors first.')}</p>}
      {deed.busy && <p role="status">{trans.__('The module is built first; that takes some seconds…')}</p>}
      {changes && (
        <div role="region" aria-label={trans.__('What would change')}>
          <p>
            {changes.before === null
              ? trans.__('Nothing was released from here yet: all of it is new.')
              : changes.changes.length
                ? trans.__('This differs from release %1:', changes.before)
                : trans.__('Nothing differs from release %1.', changes.before)}
          </p>
          <ul>
            {linesOf(changes.changes, trans).map(line => (
              <li key={line}>{line}</li>
            ))}
          </ul>
          {changes.before !== null && changes.changes.length > 0 && (
            <p className="ck-quiet">{trans.__('Whoever has begun gets it too, and keeps all that they wrote.')}</p>
          )}
          {changes.changes.length > 0 && (
            <div className="ck-buttons">
              <button
                type="button"
                className="ck-button ck-main"
                aria-disabled={deed.busy}
                onClick={() => release(changes.digest)}
              >
                {trans.__('Release it to learners')}
              </button>
              <button type="button" className="ck-button" onClick={() => setChanges(null)}>
                {trans.__('Not now')}
              </button>
            </div>
          )}
        </div>
      )}
      {done && (
        <p className="ck-alert ck-good" role="status">
          {trans.__('Release %1 is out.', done.release)}
        </p>
      )}
      {deed.trouble && (
        <p className="ck-alert" role="alert">
          {deed.trouble}
        </p>
      )}
    </details>
  );
}

/** One line for each part and what has become of it: a first release has many parts, all of them new. */
function linesOf(changes: readonly IAuthorChange[], trans: ITrans): string[] {
  const parts = [
    ['prompt', trans.__('Prompts')],
    ['reveal', trans.__('Reveals after')],
    ['file', trans.__('Files')]
  ] as const;
  const words = [
    ['new', trans._p('of a release', 'new')],
    ['changed', trans._p('of a release', 'changed')],
    ['removed', trans._p('of a release', 'removed')]
  ] as const;
  return parts.flatMap(([part, label]) =>
    words.flatMap(([what, word]) => {
      const names = changes.filter(one => one.part === part && one.what === what).map(one => one.name);
      return names.length ? [`${label}, ${word}: ${names.join(', ')}`] : [];
    })
  );
}
