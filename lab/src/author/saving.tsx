/** Below a form on a file: save it, and what came of that; of a file that could not be read, only why. */
import * as React from 'react';

import type { ITrans } from '../logic/trans';
import type { ISheet } from './sheet';

export function Saving<T>({ sheet, trans }: { sheet: ISheet<T>; trans: ITrans }): React.JSX.Element {
  const trouble = sheet.trouble && (
    <p className="ck-alert" role="alert">
      {sheet.trouble}
    </p>
  );
  if (!sheet.value) {
    return <>{trouble}</>;
  }
  return (
    <>
      <div className="ck-buttons">
        <button
          type="button"
          className="ck-button ck-main"
          aria-disabled={!sheet.dirty || sheet.busy}
          onClick={() => sheet.dirty && sheet.save()}
        >
          {trans.__('Save')}
        </button>
        {(sheet.conflict || sheet.dirty) && (
          <button type="button" className="ck-button" aria-disabled={sheet.busy} onClick={sheet.reload}>
            {trans.__('Throw my changes away')}
          </button>
        )}
      </div>
      {trouble}
      <p className="ck-quiet" role="status">
        {sheet.busy ? trans.__('One moment…') : sheet.dirty ? trans.__('Not saved yet.') : ''}
      </p>
    </>
  );
}
