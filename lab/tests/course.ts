/** A course for tests, with whatever a test says about it. */
import type { ICourse, IModule, IPrompt, IStep } from '../src/api/shapes';
import { prompt as onePrompt } from './prompts';

export function step(module: string, more: Partial<IStep> = {}): IStep {
  return {
    module,
    title: `Module ${module}`,
    summary: '',
    minutes: 30,
    state: 'locked',
    refusal: null,
    opens: null,
    due: null,
    closes: null,
    extended: false,
    release: 1,
    fetched_release: null,
    update_available: false,
    committed: 0,
    required: 2,
    submissions: 0,
    submitted_at: null,
    counting: null,
    standing: null,
    folder: null,
    notebook: null,
    ...more
  };
}

export function begun(module: string, more: Partial<IStep> = {}): IStep {
  return step(module, { state: 'in progress', folder: module, notebook: `${module}/${module}.ipynb`, ...more });
}

export function course(steps: IStep[], more: Partial<ICourse> = {}): ICourse {
  return {
    course: 'lamps',
    title: 'Lamps',
    role: 'learner',
    time_zone: 'Europe/Berlin',
    course_time_zone: 'Europe/Berlin',
    language: 'en',
    steps,
    parts: [],
    place: null,
    etag: 'e1',
    ...more
  };
}

export function prompt(id: string, more: Partial<IPrompt> = {}): IPrompt {
  return onePrompt({ id, title: `Prompt ${id}`, ...more });
}

export function moduleOf(of: IStep, prompts: IPrompt[]): IModule {
  const { module, title } = of;
  return { course: 'lamps', module, title, folder: module, notebook: `${module}/${module}.ipynb`, release: 1, prompts };
}
