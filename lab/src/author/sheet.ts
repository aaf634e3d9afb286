/** One of the files beside the notebook, while its author changes it: read when it is wanted, written when they say so. */
import * as React from 'react';

import { ApiError } from '../api/client';
import { useDeed } from '../course/hooks';
import type { ITrans } from '../logic/trans';
import type { AuthorModel, SheetName } from './model';
import type { IAuthorSheet } from './shapes';

export interface ISheet<T> {
  value: T | null;
  dirty: boolean;
  busy: boolean;
  trouble: string;
  /** Somebody else has changed the file; `reload` shows what it says now. */
  conflict: boolean;
  set(value: T): void;
  save(): void;
  reload(): void;
}

export function useSheet<T>(model: AuthorModel, name: SheetName, wanted: boolean, trans: ITrans): ISheet<T> {
  const [sheet, setSheet] = React.useState<IAuthorSheet | null>(null);
  const [value, setValue] = React.useState<T | null>(null);
  const [conflict, setConflict] = React.useState(false);
  const deed = useDeed(trans);
  const take = (found: IAuthorSheet): void => {
    setSheet(found);
    setValue(found.value as T);
    setConflict(false);
  };
  const reload = (): void => deed.run(async () => take(await model.sheet(name)));
  React.useEffect(() => {
    if (wanted && !sheet) {
      reload();
    }
  }, [wanted]);
  return {
    value,
    dirty: sheet !== null && JSON.stringify(sheet.value) !== JSON.stringify(value),
    busy: deed.busy,
    trouble: deed.trouble,
    conflict,
    set: setValue,
    reload,
    save: () =>
      deed.run(async () => {
        try {
          take(await model.writeSheet(name, sheet?.digest ?? '', value));
        } catch (error) {
          setConflict(error instanceof ApiError && error.code === 'changed-meanwhile');
          throw error;
        }
      })
  };
}
