/** One hand-in at a time: its questions, its sentences and its receipt. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import type { IDocumentManager } from '@jupyterlab/docmanager';

import { ApiError, type Api } from '../api/client';
import { sayError } from '../api/say';
import type { ICourse, IHandedIn, IPrompt } from '../api/shapes';
import { localeOf, type IClocks } from '../logic/dates';
import {
  handInState,
  openedSince,
  saveUntilHeard,
  sendUntilHeard,
  shutModules,
  type IHandInWork,
  type ITrouble
} from '../logic/handIn';
import type { ITrans } from '../logic/trans';
import { saveAndCompare, shownIn } from '../module/save';
import type { ICourseModel, IOpenModule, ISubmitPlace, ISubmitter } from '../tokens';
import { documentsOf } from './documents';
import { HandInLayer } from './layer';

export class Submitter implements ISubmitter {
  constructor(
    private readonly app: JupyterFrontEnd,
    private readonly api: Api,
    private readonly documents: IDocumentManager,
    private readonly course: ICourseModel | null,
    private readonly trans: ITrans,
    private readonly language: () => string
  ) {}

  async submit(module: IOpenModule, around: ISubmitPlace = this.inNotebook(module)): Promise<IHandedIn | null> {
    if (this.running) {
      return null;
    }
    this.running = true;
    const layer = new HandInLayer(module.info, () => this.courseOf(module), this.clocksOf(module), this.trans);
    layer.open();
    try {
      return await this.lead(module, layer, around);
    } finally {
      this.running = false;
      layer.dispose();
      layer.afterwards?.();
    }
  }

  /** From step to step; each press of a button decides on the next. */
  private async lead(module: IOpenModule, layer: HandInLayer, around: ISubmitPlace): Promise<IHandedIn | null> {
    const options = { allowMissing: false, useThis: false };
    const work = this.workOf(module, layer, options);
    let shut: string[] | null = null;
    let handedIn: IHandedIn | null = null;
    let isAsked = false;
    for (;;) {
      layer.present({ kind: 'busy', what: 'saving', silent: false });
      const saved = await saveUntilHeard(work);
      if (saved.kind === 'left') {
        return handedIn;
      }
      if (saved.kind === 'trouble') {
        if (!(await layer.askAgain(saved.error, 'no'))) {
          return handedIn;
        }
        continue;
      }
      if (!isAsked) {
        const press = await this.ask(module, layer, around);
        if (press === 'leave') {
          return null;
        }
        options.allowMissing = press === 'as-it-is';
        isAsked = true;
      }
      // Not later: what is tried again may have opened something the first time.
      shut ??= shutModules(this.courseOf(module)?.steps ?? []);
      const wereShut = shut;
      layer.present({ kind: 'busy', what: 'sending', silent: false });
      const end = await sendUntilHeard(work);
      if (end.kind === 'left') {
        return handedIn;
      }
      if (end.kind === 'missing') {
        const press = await this.askMissing(module, layer, around, end.prompts);
        if (press === 'leave') {
          return null;
        }
        options.allowMissing = true;
        continue;
      }
      if (end.kind === 'trouble') {
        if (!(await layer.askAgain(end.error, end.arrived))) {
          return handedIn;
        }
        continue;
      }
      const { done } = end;
      handedIn = done;
      layer.present({ kind: 'done', done });
      const tell = (): void => {
        // An answer that was lost, and was asked for again, no longer says what it opened; the course does, once it is heard.
        const since = openedSince(wereShut, this.courseOf(module)?.steps ?? []);
        if (handedIn === done && !done.opened.length && since.length) {
          handedIn = { ...done, opened: since };
          layer.presentDone(handedIn);
        }
      };
      this.course?.changed.connect(tell);
      this.renew(module);
      const press = await layer.pressed();
      this.course?.changed.disconnect(tell);
      if (press.what === 'count-this') {
        options.useThis = true;
        continue;
      }
      const next = handedIn.opened[0];
      if (press.what === 'open-next' && next) {
        layer.afterwards = () => void around.open(next).catch(error => this.sayTrouble(error));
      }
      return handedIn;
    }
  }

  private async ask(
    module: IOpenModule,
    layer: HandInLayer,
    around: ISubmitPlace
  ): Promise<'leave' | 'go-on' | 'as-it-is'> {
    // What is empty was decided by the server, on what has just been saved.
    await module.refresh().catch(() => undefined);
    const state = handInState(module.info.prompts);
    if (state.missing.length) {
      return this.askMissing(module, layer, around, state.missing);
    }
    layer.present({ kind: 'asking', state });
    return (await layer.pressed()).what === 'go-on' ? 'go-on' : 'leave';
  }

  private async askMissing(
    module: IOpenModule,
    layer: HandInLayer,
    around: ISubmitPlace,
    ids: string[]
  ): Promise<'leave' | 'as-it-is'> {
    const prompts = ids.map(id => module.find(id)).filter((p): p is IPrompt => p !== null);
    layer.present({ kind: 'missing', prompts });
    const press = await layer.pressed();
    const wanted = press.prompt ?? prompts[0]?.id;
    if (press.what === 'go-to' && wanted) {
      // Once the page below can have the keyboard again.
      layer.afterwards = () => around.goTo(wanted);
    }
    return press.what === 'as-it-is' ? 'as-it-is' : 'leave';
  }

  private inNotebook(module: IOpenModule): ISubmitPlace {
    return {
      goTo: prompt => {
        this.app.shell.activateById(module.panel.id);
        module.goTo(prompt);
      },
      open: next => this.course?.open(next) ?? Promise.resolve(null)
    };
  }

  /** What goes wrong once the dialog is gone. */
  private sayTrouble(error: unknown): void {
    Notification.warning(sayError(error, this.trans), { autoClose: false });
  }

  private workOf(
    module: IOpenModule,
    layer: HandInLayer,
    options: { allowMissing: boolean; useThis: boolean }
  ): IHandInWork {
    const { course, module: id } = module.info;
    return {
      save: async () => {
        await module.flush();
        for (const context of documentsOf(module, this.app.shell, this.documents)) {
          await saveAndCompare(context, this.documents.services.contents, this.trans);
        }
      },
      send: () => this.api.submit(course, id, shownIn(module.panel.context.model), options),
      wait: ms => layer.pause(ms),
      hasLeft: () => layer.hasLeft,
      troubleOf,
      tell: () => layer.showSilence()
    };
  }

  /** The panel and the notebook know of it at once. */
  private renew(module: IOpenModule): void {
    void module.refresh().catch(() => undefined);
    void this.course?.refresh().catch(() => undefined);
  }

  private courseOf(module: IOpenModule): ICourse | null {
    const course = this.course?.course ?? null;
    return course?.course === module.info.course ? course : null;
  }

  private clocksOf(module: IOpenModule): IClocks {
    return {
      zone: this.courseOf(module)?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
      locale: localeOf(this.language(), navigator.languages)
    };
  }

  private running = false;
}

function troubleOf(error: unknown): ITrouble {
  if (!(error instanceof ApiError)) {
    return { code: '', isSilent: false, prompts: [] };
  }
  const { prompts } = error.more;
  return {
    code: error.code,
    // With words of its own somebody did answer: the lab's server, about an exchange that is away.
    isSilent: error.isAway && error.detail === '',
    prompts: Array.isArray(prompts) ? prompts.filter((id): id is string => typeof id === 'string') : []
  };
}
