/** The review panel's calls to its own server. Each may raise ApiError. */
import type { Api } from '../api/client';
import type {
  IComment,
  IDecided,
  IDecision,
  IReviewItem,
  IReviewModules,
  IReviewQueue,
  ISuggestion,
  Order
} from './shapes';

const part = encodeURIComponent;

export class ReviewCalls {
  constructor(private readonly api: Api) {}

  modules(course: string): Promise<IReviewModules> {
    return this.api.call('GET', `review/${part(course)}/modules`);
  }

  queue(course: string, module: string, prompt: string, order: Order): Promise<IReviewQueue> {
    return this.api.call('GET', `${at(course, module)}/queue?prompt=${part(prompt)}&order=${order}`);
  }

  item(course: string, module: string, item: string): Promise<IReviewItem> {
    return this.api.call('GET', `${at(course, module)}/items/${part(item)}`);
  }

  /** Look at what is suggested; that is noted down. */
  suggestion(course: string, module: string, item: string): Promise<ISuggestion> {
    return this.api.call('POST', `${at(course, module)}/items/${part(item)}/suggestion`, {});
  }

  /** Whose answer it is; that it was asked is noted down. */
  name(course: string, module: string, item: string): Promise<{ name: string }> {
    return this.api.call('GET', `${at(course, module)}/items/${part(item)}/name`);
  }

  /** Refused with 409, `more.mark` and `more.expected` when somebody else has marked it since. */
  decide(course: string, module: string, item: string, decision: IDecision): Promise<IDecided> {
    return this.api.call('POST', `${at(course, module)}/items/${part(item)}/decision`, decision);
  }

  undo(course: string, module: string): Promise<{ item: string; prompt: string }> {
    return this.api.call('POST', `${at(course, module)}/undo`, {});
  }

  comments(course: string): Promise<{ comments: IComment[] }> {
    return this.api.call('GET', `review/${part(course)}/comments`);
  }

  changeComments(course: string, add: string[], remove: string[]): Promise<{ comments: IComment[] }> {
    return this.api.call('PUT', `review/${part(course)}/comments`, { add, remove });
  }
}

function at(course: string, module: string): string {
  return `review/${part(course)}/${part(module)}`;
}
