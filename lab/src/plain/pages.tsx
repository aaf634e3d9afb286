/** The simple page that is open, if one is. */
import * as React from 'react';

import { Layer } from '../layer/layer';
import type { IClocks } from '../logic/dates';
import type { ITrans } from '../logic/trans';
import type { IOpenModule } from '../tokens';
import { PageModel } from './model';
import { PlainPage } from './page';

export interface IPagesOptions {
  trans: ITrans;
  clocks(): IClocks;
  /** The title of the part that it is in, or nothing. */
  part(module: IOpenModule): string;
  submit: ((module: IOpenModule) => Promise<unknown>) | null;
}

export class Pages {
  constructor(private readonly options: IPagesOptions) {}

  show(module: IOpenModule): void {
    this.close();
    const layer = new PageLayer(new PageModel(module, this.options.trans), this.options);
    layer.disposed.connect(() => {
      if (this.layer === layer) {
        this.layer = null;
      }
    });
    this.layer = layer;
    layer.open();
  }

  /** A notebook that was renamed may be another module, or none. */
  look(): void {
    if (this.layer?.module.isDisposed) {
      this.close();
    }
  }

  get isOpen(): boolean {
    return this.layer !== null;
  }

  /** Bring a prompt before the eyes and the keyboard to it; false where it is not on the page. */
  goTo(module: IOpenModule, prompt: string): boolean {
    return this.layer?.module === module && this.layer.goTo(prompt);
  }

  close(): void {
    this.layer?.dispose();
  }

  private layer: PageLayer | null = null;
}

class PageLayer extends Layer {
  constructor(
    private readonly model: PageModel,
    private readonly options: IPagesOptions
  ) {
    super('page');
    // The notebook was closed below it.
    model.module.panel.disposed.connect(this.dispose, this);
  }

  get module(): IOpenModule {
    return this.model.module;
  }

  override leave(): void {
    this.dispose();
  }

  override dispose(): void {
    this.model.dispose();
    super.dispose();
  }

  goTo(prompt: string): boolean {
    const block = this.node.querySelector(`[data-prompt="${CSS.escape(prompt)}"]`);
    if (!block) {
      return false;
    }
    block.scrollIntoView({ block: 'start' });
    block.querySelector<HTMLElement>('.ck-form :is(textarea, input), .ck-button')?.focus({ preventScroll: true });
    return true;
  }

  override render(): React.JSX.Element {
    const { trans, clocks, part, submit } = this.options;
    return (
      <PlainPage
        model={this.model}
        // The notebook's own: it knows where its pictures are.
        rendermime={this.module.panel.content.rendermime}
        clocks={clocks()}
        trans={trans}
        part={part(this.module)}
        submit={submit}
        leave={() => this.leave()}
      />
    );
  }
}
