/** The review panel: queue, answer, rubric. By mouse, by Tab, or by one key for each thing. */
import * as React from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';

import { actionFor, isOnButton, isTyping, type ReviewAction } from '../logic/reviewKeys';
import { inOurWords } from '../logic/sentences';
import { Answer } from './answer';
import { KeysHelp } from './parts';
import { QueueList } from './queue';
import { Rubric } from './rubric';
import { Start } from './start';
import type { ReviewModel } from './model';

function isNowhere(at: Element | null): boolean {
  return at === null || at === document.body || (at instanceof HTMLButtonElement && at.disabled);
}

export function ReviewPanel(props: { model: ReviewModel; trans: TranslationBundle }): JSX.Element {
  const { model, trans } = props;
  const [, redraw] = React.useReducer((count: number) => count + 1, 0);
  const [help, showHelp] = React.useState(false);
  const [keysOn, switchKeys] = React.useState(true);
  const [flash, setFlash] = React.useState<{ index: number | null; count: number }>({ index: null, count: 0 });
  const panel = React.useRef<HTMLDivElement>(null);
  const tail = React.useRef<Promise<void>>(Promise.resolve());
  const toComment = React.useRef(0);
  const drawing = React.useRef(false);
  const waiting = React.useRef<(() => void)[]>([]);

  React.useEffect(() => {
    const onChanged = (): void => {
      drawing.current = true;
      redraw();
    };
    model.changed.connect(onChanged);
    onChanged();
    return () => {
      model.changed.disconnect(onChanged);
    };
  }, [model]);
  const wasHere = React.useRef(false);
  React.useEffect(() => {
    const onFocus = (event: FocusEvent): void => {
      wasHere.current = panel.current?.contains(event.target as Node) ?? false;
    };
    const onPointer = (event: Event): void => {
      wasHere.current &&= panel.current?.contains(event.target as Node) ?? false;
    };
    document.addEventListener('focusin', onFocus);
    document.addEventListener('pointerdown', onPointer);
    return () => {
      document.removeEventListener('focusin', onFocus);
      document.removeEventListener('pointerdown', onPointer);
    };
  }, []);
  React.useLayoutEffect(() => {
    // What had the focus may be gone, such as a button that shows something in its place: keys go on working.
    if (wasHere.current && isNowhere(document.activeElement)) {
      panel.current?.focus({ preventScroll: true });
    }
    drawing.current = false;
    waiting.current.splice(0).forEach(go => go());
  });
  /** What the model says is on the screen, and the focus where it belongs. */
  const drawn = async (): Promise<void> => {
    if (drawing.current) {
      await new Promise<void>(go => waiting.current.push(go));
    }
  };
  const shown = model.item?.id;
  React.useEffect(() => setFlash({ index: null, count: 0 }), [shown]);

  /** One after the other: a digit that is pressed while the next answer comes is meant for that one. */
  const enqueue = (action: ReviewAction): void => {
    tail.current = tail.current
      .then(() => perform(action))
      .then(drawn)
      .catch(() => undefined);
  };

  const perform = async (action: ReviewAction): Promise<void> => {
    // What was pressed ahead was meant for an answer that did not come.
    const ahead = model.trouble !== '' || model.conflict !== null;
    switch (action.do) {
      case 'level':
        return ahead ? undefined : model.digit(action.digit);
      case 'adequate':
        return ahead ? undefined : model.setAdequate(action.value);
      case 'next':
        return model.move(1);
      case 'previous':
        return model.move(-1);
      case 'suggestion':
        return model.suggest();
      case 'undo':
        return model.undo();
      case 'save':
        return model.save();
      case 'comment':
        toComment.current = 0;
        panel.current?.querySelector<HTMLTextAreaElement>('textarea')?.focus();
        return;
      case 'leave':
        panel.current?.querySelector<HTMLElement>('#ck-review-title')?.focus();
        return;
      case 'keys':
        showHelp(on => !on);
        return;
    }
  };

  const onKeyDown = (event: React.KeyboardEvent): void => {
    const at = event.target as HTMLElement;
    const action = actionFor({
      key: event.key,
      ctrlKey: event.ctrlKey,
      metaKey: event.metaKey,
      altKey: event.altKey,
      typing: isTyping(at.tagName, (at as HTMLInputElement).type ?? '', at.isContentEditable),
      onButton: isOnButton(at.tagName),
      composing: event.nativeEvent.isComposing
    });
    const isHelp = action?.do === 'keys' || action?.do === 'leave';
    if (!action || (!keysOn && !isHelp) || (!model.queue && !isHelp)) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    if (toComment.current > 0) {
      // Words that are typed ahead of the field are no keys.
      return;
    }
    if (action.do === 'comment') {
      toComment.current++;
    }
    if (!event.repeat || action.do === 'next' || action.do === 'previous') {
      enqueue(action);
    }
  };

  const { opened, queue, item, sheet } = model;
  return (
    <div
      className="ck-review"
      ref={panel}
      tabIndex={-1}
      onKeyDown={onKeyDown}
      role="region"
      aria-label={trans.__('Review')}
    >
      <div className="ck-review-bar">
        <p role="status" aria-live="polite">
          {model.said}
        </p>
        <button type="button" className="ck-review-button" aria-expanded={help} onClick={() => showHelp(!help)}>
          {trans.__('Keys')} <kbd className="ck-review-key">?</kbd>
        </button>
      </div>
      {model.trouble ? (
        <p className="ck-review-trouble" role="alert">
          {inOurWords(model.trouble, trans)}
        </p>
      ) : null}
      {help ? <KeysHelp trans={trans} on={keysOn} onSwitch={switchKeys} onClose={() => showHelp(false)} /> : null}
      {opened && queue ? (
        <div className="ck-review-desk" aria-busy={model.busy}>
          <QueueList model={model} trans={trans} opened={opened} queue={queue} />
          {item && sheet ? (
            <>
              <Answer model={model} trans={trans} item={item} flash={flash.index} flashes={flash.count} />
              <Rubric
                model={model}
                trans={trans}
                item={item}
                sheet={sheet}
                onFlash={index => setFlash(before => ({ index, count: before.count + 1 }))}
              />
            </>
          ) : queue.items.length === 0 ? (
            <p className="ck-review-note">{trans.__('Nothing waits here.')}</p>
          ) : model.busy ? null : (
            <button type="button" className="ck-review-button" onClick={() => void model.show()}>
              {trans.__('Try again')}
            </button>
          )}
        </div>
      ) : (
        <Start model={model} trans={trans} />
      )}
    </div>
  );
}
