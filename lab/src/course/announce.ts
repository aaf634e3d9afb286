/** Says news to screen readers, also while the panel is hidden behind another one. */
export class Announcer {
  constructor() {
    this.node.className = 'ck-unseen';
    this.node.setAttribute('role', 'status');
    this.node.setAttribute('aria-live', 'polite');
    document.body.appendChild(this.node);
  }

  say(sentences: readonly string[]): void {
    if (sentences.length) {
      // A line of its own each time: the same words twice are two pieces of news.
      const line = document.createElement('div');
      line.textContent = sentences.join(' ');
      this.node.replaceChildren(line);
    }
  }

  private readonly node = document.createElement('div');
}
