/** One hand-in at a time: its questions, its sentences and its receipt. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IDocumentManager } from '@jupyterlab/docmanager';

import { ApiError, type Api } from '../api/client';
import type { ICourse, IHandedIn, IPrompt } from '../api/shapes';
import { localeOf, type IClocks } from '../logic/dates';
import { handInState, saveUntilHeard, sendUntilHeard, type IHandInWork, type ITrouble } from '../logic/handIn';
import type { ITrans } from '../logic/trans';
import { saveAndCompare, shownIn } from '../module/save';
import type { ICourseModel, IOpenModule, ISubmitter } from '../tokens';
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

  async submit(module: IOpenModule): Promise<IHandedIn | null> {
    if (this.running) {
      return null;
    }
    this.running = true;
    const layer = new HandInLayer(module.info, () => this.courseOf(module), this.clocksOf(module), this.trans);
    layer.open();
    try {
      return await this.lead(module, layer);
    } finally {
      this.running = false;
      layer.dispose();
      layer.afterwards?.();
    }
  }

  /** From step to step; each press of a button decides on the next. */
  private async lead(module: IOpenModule, layer: HandInLayer): Promise<IHandedIn | null> {
    const options = { allowMissing: false, useThis: false };
    const work = this.workOf(module, layer, options);
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
        const press = await this.ask(module, layer);
        if (press === 'leave') {
          return null;
        }
        options.allowMissing = press === 'as-it-is';
        isAsked = true;
      }
      layer.present({ kind: 'busy', what: 'sending', silent: false });
      const end = await sendUntilHeard(work);
      if (end.kind === 'left') {
        return handedIn;
      }
      if (end.kind === 'missing') {
        const press = await this.askMissing(module, layer, end.prompts);
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
      handedIn = end.done;
      this.renew(module);
      layer.present({ kind: 'done', done: handedIn });
      const press = await layer.pressed();
      if (press.what === 'count-this') {
        options.useThis = true;
        continue;
      }
      const next = handedIn.opened[0];
      if (press.what === 'open-next' && next) {
        layer.afterwards = () => void this.course?.open(next);
      }
      return handedIn;
    }
  }

  private async ask(module: IOpenModule, layer: HandInLayer): Promise<'leave' | 'go-on' | 'as-it-is'> {
    // What is empty was decided by the server, on what has just been saved.
    await module.refresh().catch(() => undefined);
    const state = handInState(module.info.prompts);
    if (state.missing.length) {
      return this.askMissing(module, layer, state.missing);
    }
    layer.present({ kind: 'asking', state });
    return (await layer.pressed()).what === 'go-on' ? 'go-on' : 'leave';
  }

  private async askMissing(module: IOpenModule, layer: HandInLayer, ids: string[]): Promise<'leave' | 'as-it-is'> {
    const prompts = ids.map(id => module.find(id)).filter((p): p is IPrompt => p !== null);
    layer.present({ kind: 'missing', prompts });
    const press = await layer.pressed();
    const first = prompts[0];
    if (press.what === 'go-to' && first) {
      // Once the page below can have the keyboard again.
      layer.afterwards = () => this.goTo(module, first.id);
    }
    return press.what === 'as-it-is' ? 'as-it-is' : 'leave';
  }

  private goTo(module: IOpenModule, prompt: string): void {
    if (this.jump === null || !this.jump(module, prompt)) {
      this.app.shell.activateById(module.panel.id);
      module.goTo(prompt);
    }
  }

  private workOf(module: IOpenModule, layer: HandInLayer, options: { allowMissing: boolean; useThis: boolean }): IHandInWork {
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

  /** The panel and the notebook know of it at once; nothing here waits for them. */
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

  /** Where a prompt is shown in another place than the notebook; true when it has been brought there. */
  jump: ((module: IOpenModule, prompt: string) => boolean) | null = null;
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
