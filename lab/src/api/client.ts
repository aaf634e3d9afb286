/**
 * Calls to the lab's own Jupyter server, which talks to the exchange. Every call may raise `ApiError`.
 */
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import type {
  ICommitted,
  ICourse,
  ICourseRow,
  IFeedback,
  IHandedIn,
  IModule,
  IOpened,
  IPlace,
  IPointers,
  ISaved,
  IShownCell,
  ISubmission,
  IUnchanged,
  IUpdated,
  Response as Answer
} from './shapes';

/** Why it did not work, as people read it. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly nextStep: string,
    /** What else the answer says, such as the prompts that are still empty. */
    readonly more: Record<string, unknown> = {}
  ) {
    super(nextStep ? `${detail} ${nextStep}` : detail);
    this.name = 'ApiError';
  }

  /** Nobody answered: the lab's server, the network or the exchange is away. Work goes on, and is tried again. */
  get isAway(): boolean {
    // 424: JupyterHub's word for a server that is stopped.
    return [0, 424, 502, 503, 504].includes(this.status);
  }

  /** The session is over: sign in again. */
  get isSignedOut(): boolean {
    // Our own refusals have a code; Jupyter's bare 403 is all that somebody gets who is no longer signed in.
    return this.status === 401 || (this.status === 403 && ['', 'signed-out'].includes(this.code));
  }
}

const part = encodeURIComponent;
const moduleAt = (course: string, module: string): string => `courses/${part(course)}/modules/${part(module)}`;

export class Api {
  constructor(private readonly settings: ServerConnection.ISettings = ServerConnection.makeSettings()) {}

  courses(): Promise<ICourseRow[]> {
    return this.call('GET', 'courses');
  }

  /** The learner's way through a course. With an etag it waits up to `wait` seconds for a change. */
  course(course: string, etag = '', wait = 0, signal?: AbortSignal): Promise<ICourse | IUnchanged> {
    const query = etag ? `?since=${part(etag)}&wait=${wait}` : '';
    return this.call('GET', `courses/${part(course)}${query}`, undefined, signal);
  }

  keepPlace(course: string, place: IPlace): Promise<void> {
    return this.call('PUT', `courses/${part(course)}/place`, place);
  }

  setTimeZone(course: string, timeZone: string): Promise<void> {
    return this.call('PUT', `courses/${part(course)}/time-zone`, { time_zone: timeZone });
  }

  /** Fetch an open module if it is not here yet. */
  open(course: string, module: string): Promise<IOpened> {
    return this.call('POST', `${moduleAt(course, module)}/open`, {});
  }

  /** Merge the newest release into the folder. Its documents must be saved and closed. */
  update(course: string, module: string): Promise<IUpdated[]> {
    return this.call('POST', `${moduleAt(course, module)}/update`, {});
  }

  module(course: string, module: string): Promise<IModule> {
    return this.call('GET', moduleAt(course, module));
  }

  /** Which module a notebook belongs to; null for any other notebook. */
  moduleOf(path: string): Promise<IModule | null> {
    return this.call('GET', `module-of?path=${part(path)}`);
  }

  /** Keep a form's answer. A number may be sent as the text that was typed. */
  save(course: string, module: string, prompt: string, response: Answer): Promise<ISaved> {
    return this.call('PUT', `${moduleAt(course, module)}/answers/${part(prompt)}`, { response });
  }

  /**
   * Seal what stands in the saved file; `shown` is what the learner sees. Refused with `not-as-shown` when the two
   * differ: save, and try again.
   */
  commit(course: string, module: string, prompt: string, shown: Answer, revision = false): Promise<ICommitted> {
    return this.call('POST', `${moduleAt(course, module)}/commitments/${part(prompt)}`, { shown, revision });
  }

  /**
   * Hand in. `shown`: the notebook's cells as they are on the screen; refused with `not-as-shown` when the file says
   * anything else. Refused with `prompts-missing` (and `more.prompts`) when a required prompt is empty, unless
   * `allowMissing`.
   */
  submit(
    course: string,
    module: string,
    shown: IShownCell[],
    options: { allowMissing?: boolean; useThis?: boolean } = {}
  ): Promise<IHandedIn> {
    return this.call('POST', `${moduleAt(course, module)}/submissions`, {
      shown,
      allow_missing: options.allowMissing ?? false,
      use_this: options.useThis ?? false
    });
  }

  submissions(course: string, module: string): Promise<ISubmission[]> {
    return this.call('GET', `${moduleAt(course, module)}/submissions`);
  }

  /** Put a submission, as it was handed in, into a folder of its own. */
  copySubmission(course: string, submission: string): Promise<IOpened> {
    return this.call('POST', `courses/${part(course)}/submissions/${part(submission)}/copy`, {});
  }

  feedback(course: string, module: string): Promise<IFeedback[]> {
    return this.call('GET', `${moduleAt(course, module)}/feedback`);
  }

  pointers(course: string, module: string): Promise<IPointers> {
    return this.call('GET', `${moduleAt(course, module)}/pointers`);
  }

  appeal(course: string, module: string, prompt: string, reason = ''): Promise<void> {
    return this.call('POST', `${moduleAt(course, module)}/appeals/${part(prompt)}`, { reason });
  }

  /** One call below coursekit/api/. For parts that have routes of their own. */
  async call<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
    const url = URLExt.join(this.settings.baseUrl, 'coursekit/api', path);
    const init: RequestInit = { method, signal: signal ?? null };
    if (body !== undefined) {
      init.body = JSON.stringify(body);
    }
    let answer: Response;
    try {
      answer = await ServerConnection.makeRequest(url, init, this.settings);
    } catch (error) {
      if (signal?.aborted) {
        throw error;
      }
      throw new ApiError(0, 'no-answer', '', '');
    }
    const text = await answer.text();
    let value: unknown = undefined;
    try {
      value = text ? JSON.parse(text) : undefined;
    } catch {
      // A proxy's page; what its status says is all there is.
      if (answer.redirected) {
        throw new ApiError(401, 'signed-out', '', '');
      }
      if (answer.ok) {
        throw new ApiError(502, 'strange-answer', '', '');
      }
    }
    if (!answer.ok) {
      const { code, detail, next_step, ...more } = (value ?? {}) as Record<string, unknown>;
      throw new ApiError(answer.status, text_(code), text_(detail), text_(next_step), more);
    }
    return value as T;
  }
}

function text_(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
