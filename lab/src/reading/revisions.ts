/** Which sealed answers are being revised just now. */
import { Signal, type ISignal } from '@lumino/signaling';

export class Revisions {
  get changed(): ISignal<this, void> {
    return this.changed_;
  }

  has(prompt: string): boolean {
    return this.open.has(prompt);
  }

  begin(prompt: string): void {
    this.open.add(prompt);
    this.changed_.emit();
  }

  end(prompt: string): void {
    if (this.open.delete(prompt)) {
      this.changed_.emit();
    }
  }

  private readonly open = new Set<string>();
  private readonly changed_ = new Signal<this, void>(this);
}
