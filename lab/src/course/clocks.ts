/** Whose clocks dates are shown on, and in which language's form: the learner's own, as the course knows them. */
import type { ITranslator } from '@jupyterlab/translation';

import { localeOf, type IClocks } from '../logic/dates';
import type { ICourseModel } from '../tokens';

export function clocksOf(course: ICourseModel | null, speech: ITranslator): IClocks {
  const zone = course?.course?.time_zone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return { zone, locale: localeOf(speech.languageCode, navigator.languages) };
}
