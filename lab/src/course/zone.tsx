/** On whose clocks times are shown, and how to have them on others. */
import * as React from 'react';

import type { ICourse } from '../api/shapes';
import { zonesToChoose } from '../logic/dates';
import type { ITrans } from '../logic/trans';
import type { Actions } from './actions';
import { useDeed } from './hooks';

export function ZoneChoice(props: { course: ICourse; actions: Actions; trans: ITrans }): React.JSX.Element {
  const { course, actions, trans } = props;
  const [open, setOpen] = React.useState(false);
  const [zone, setZone] = React.useState(course.time_zone);
  const deed = useDeed(trans);
  const zones = React.useMemo(
    () => zonesToChoose(course.time_zone, computersZone(), course.course_time_zone, allZones()),
    [course.time_zone, course.course_time_zone]
  );
  const opener = React.useRef<HTMLButtonElement>(null);
  const close = (): void => {
    setOpen(false);
    opener.current?.focus();
  };
  return (
    <div className="ck-zone">
      <p>
        {trans.__('Times are on the clocks of %1.', spoken(course.time_zone))}{' '}
        <button
          ref={opener}
          className="ck-link"
          aria-expanded={open}
          aria-controls="ck-zone-choice"
          onClick={() => {
            setZone(course.time_zone);
            deed.forget();
            setOpen(!open);
          }}
        >
          {trans.__('Change time zone')}
        </button>
      </p>
      <form
        id="ck-zone-choice"
        hidden={!open}
        onSubmit={event => {
          event.preventDefault();
          deed.run(async () => {
            await actions.setTimeZone(zone);
            close();
          });
        }}
      >
        <label htmlFor="ck-zone-select">{trans.__('Time zone')}</label>
        <select id="ck-zone-select" className="ck-select" value={zone} onChange={event => setZone(event.target.value)}>
          {zones.map(one => (
            <option key={one} value={one}>
              {spoken(one)}
            </option>
          ))}
        </select>
        <div className="ck-buttons">
          <button className="ck-button" type="submit" aria-disabled={deed.busy}>
            {trans.__('Use these clocks')}
          </button>
          <button className="ck-button" type="button" onClick={close}>
            {trans.__('Leave it')}
          </button>
        </div>
        {deed.trouble && (
          <p role="alert" className="ck-alert">
            {deed.trouble}
          </p>
        )}
      </form>
    </div>
  );
}

/** “America/Port of Spain”. */
function spoken(zone: string): string {
  return zone.replace(/_/g, ' ');
}

function computersZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone ?? '';
}

function allZones(): string[] {
  // Newer than the language version that this is built for; browsers without it offer the likely ones.
  const intl = Intl as { supportedValuesOf?(key: string): string[] };
  return intl.supportedValuesOf?.('timeZone') ?? [];
}
