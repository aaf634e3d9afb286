/**
 * The parts of the extension, and how they find each other.
 *
 *     ICourseModel     what the exchange says about the course; the panel, the reading view and submit listen to it
 *     IModules         the open notebooks that are modules of ours, and what is known about their prompts
 *     ISubmitter       saves, reads back, compares, hands in
 */
import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import type { NotebookPanel } from '@jupyterlab/notebook';

import type { Api } from './api/client';
import type { ICommitted, ICourse, ICourseRow, IHandedIn, IModule, IPrompt, Response } from './api/shapes';

export const IApi = new Token<Api>('@coursekit/lab:IApi', 'Calls to the learner’s own server.');

/** The course that is shown, kept up to date. */
export interface ICourseModel {
  readonly courses: readonly ICourseRow[];
  /** Null until the first answer, and where there is no course. */
  readonly course: ICourse | null;
  /** Why there is nothing new: the exchange is away, or the session is over. Null when all is well. */
  readonly trouble: 'away' | 'signed-out' | null;
  readonly changed: ISignal<ICourseModel, void>;
  /** Show another course of mine. */
  choose(course: string): void;
  /** Ask again now. Resolves when the answer is there. */
  refresh(): Promise<void>;
  /**
   * Open a module's notebook, fetched if need be, at a cell if one is given. Raises ApiError, such as for a locked one.
   * Null where it opens in a browser tab of its own (Notebook 7).
   */
  open(module: string, cellId?: string): Promise<NotebookPanel | null>;
}
export const ICourseModel = new Token<ICourseModel>('@coursekit/lab:ICourseModel', 'The learner’s course.');

/** Whether an answer is on the disk: a form's, or what is written in the notebook itself. */
export interface IAnswerStanding {
  saved: 'nothing' | 'saving' | 'saved' | 'not-saved';
  /** Why it is not saved, as a sentence. */
  trouble?: string;
  /** How a number was read; empty when it was not one. */
  heard?: string;
}

/** One open notebook that is a module of ours. */
export interface IOpenModule extends IDisposable {
  readonly panel: NotebookPanel;
  readonly info: IModule;
  readonly changed: ISignal<IOpenModule, void>;
  find(prompt: string): IPrompt | null;
  /** Put in what a call answered. */
  put(prompt: IPrompt): void;
  /** The answer as the learner sees it just now: from the notebook's model, or what was last saved of a form. */
  shown(prompt: string): Response | null;
  /** What is going on with an answer just now; `changed` says when it is something else. */
  standing(prompt: string): IAnswerStanding;
  /** Keep a form's answer, soon; `flush` waits until all of it is on the disk, and raises what went wrong. */
  keep(prompt: string, response: Response): void;
  flush(): Promise<void>;
  /** Save, then seal. Raises ApiError. */
  commit(prompt: string, revision?: boolean): Promise<ICommitted>;
  refresh(): Promise<void>;
  /** Bring a prompt before the learner's eyes and the keyboard to it. */
  goTo(prompt: string): void;
}

export interface IModules {
  readonly open: readonly IOpenModule[];
  readonly changed: ISignal<IModules, void>;
  find(panel: NotebookPanel): IOpenModule | null;
}
export const IModules = new Token<IModules>('@coursekit/lab:IModules', 'The open modules.');

export interface ISubmitter {
  /** The whole way of a hand-in, with its questions and its receipt; null when the learner thought better of it. */
  submit(module: IOpenModule, around?: ISubmitPlace): Promise<IHandedIn | null>;
}
/** Where it is handed in from, if not from the notebook: how one gets to a prompt there, and to the next module. */
export interface ISubmitPlace {
  goTo(prompt: string): void;
  open(module: string): Promise<unknown>;
}
export const ISubmitter = new Token<ISubmitter>('@coursekit/lab:ISubmitter', 'Hands a module in.');
