/** The rubric with its levels as radio buttons, or points in one; then the comment, and what saves it all. */
import * as React from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';

import * as sheets from '../logic/reviewSheet';
import { look } from './answer';
import { Comment } from './comment';
import { Conflict, Key, Suggestion } from './parts';
import type { ReviewModel } from './model';
import type { IReviewCriterion, IReviewItem } from './shapes';

export function Rubric(props: {
  model: ReviewModel;
  trans: TranslationBundle;
  item: IReviewItem;
  sheet: sheets.ISheet;
  onFlash(index: number): void;
}): JSX.Element {
  const { model, trans, item, sheet } = props;
  const lacks = sheets.missing(item, sheet);
  return (
    <form
      className="ck-review-rubric"
      aria-label={trans.__('Marks')}
      onSubmit={event => {
        event.preventDefault();
        void model.save();
      }}
    >
      {item.mark?.by_person ? (
        <p className="ck-review-flag">{trans.__('It has %1 points by a person.', item.mark.points ?? 0)}</p>
      ) : null}
      {item.criteria.length === 0 ? (
        <Points model={model} trans={trans} item={item} sheet={sheet} />
      ) : (
        item.criteria.map((one, index) => (
          <Criterion
            key={one.id}
            model={model}
            trans={trans}
            item={item}
            sheet={sheet}
            criterion={one}
            index={index}
            onFlash={() => props.onFlash(index)}
          />
        ))
      )}
      {item.asks_adequate ? <Adequate model={model} trans={trans} item={item} sheet={sheet} /> : null}
      <p className="ck-review-total">
        {trans.__('%1 of %2 points', sheets.total(item, sheet), item.most)}
        {lacks ? <span className="ck-review-quiet"> · {model.sayMissing(lacks)}</span> : null}
      </p>
      {item.has_suggestion && !model.suggestion ? (
        <button
          type="button"
          className="ck-review-button"
          onClick={() => void model.suggest()}
          title={trans.__('That it was looked at is noted down: the mark is no blind one any more.')}
        >
          {trans.__('Show the suggestion')} <Key>s</Key>
        </button>
      ) : null}
      {item.blind ? (
        <p className="ck-review-quiet">{trans.__('It is marked blind: there is no suggestion to look at.')}</p>
      ) : null}
      {model.suggestion ? <Suggestion trans={trans} item={item} suggestion={model.suggestion} /> : null}
      <Comment key={item.id} model={model} trans={trans} sheet={sheet} />
      {model.conflict ? (
        <Conflict
          trans={trans}
          conflict={model.conflict}
          mine={sheets.total(item, sheet)}
          onSettle={mine => void model.settle(mine)}
        />
      ) : (
        <div className="ck-review-row ck-review-save">
          <button type="submit" className="ck-review-button ck-review-main" aria-disabled={lacks !== null}>
            {trans.__('Save and next')} <Key>Enter</Key>
          </button>
          <button type="button" className="ck-review-button" onClick={() => void model.undo()}>
            {trans.__('Undo')} <Key>u</Key>
          </button>
        </div>
      )}
    </form>
  );
}

interface IPart {
  model: ReviewModel;
  trans: TranslationBundle;
  item: IReviewItem;
  sheet: sheets.ISheet;
}

function Criterion(props: IPart & { criterion: IReviewCriterion; index: number; onFlash(): void }): JSX.Element {
  const { model, trans, item, sheet, criterion, index } = props;
  const given = sheets.levelOf(sheet.levels, criterion.id);
  const name = `ck-review-${item.id}-${index}`;
  const isCurrent = sheet.current === criterion.id;
  return (
    <fieldset className={`ck-review-criterion ${isCurrent ? 'ck-review-current' : ''}`}>
      <legend onClick={criterion.spans.length > 0 ? props.onFlash : undefined}>
        <span className={`ck-review-number ${look(index)}`} aria-hidden="true">
          {index + 1}
        </span>
        {criterion.ask}
      </legend>
      {item.group === 'unread' ? null : (
        <div className="ck-review-row ck-review-quiet">
          <span>{state(trans, criterion)}</span>
          {criterion.spans.length > 0 ? (
            <button
              type="button"
              className="ck-review-link"
              onClick={props.onFlash}
              aria-label={trans.__('Show the evidence for criterion %1', index + 1)}
            >
              {trans.__('Show the evidence')}
            </button>
          ) : null}
        </div>
      )}
      {criterion.levels.map(([points, words]) => (
        <label key={points} className="ck-review-level">
          <input
            type="radio"
            name={name}
            value={points}
            checked={given === points}
            onFocus={() => model.choose(criterion.id)}
            onChange={() => model.setLevel(criterion.id, points)}
          />
          <strong>{points}</strong> <span>{words}</span>
        </label>
      ))}
    </fieldset>
  );
}

function state(trans: TranslationBundle, criterion: IReviewCriterion): string {
  switch (criterion.state) {
    case 'found':
      return trans.__('✓ found');
    case 'maybe':
      return trans.__('? perhaps');
    case 'not-found':
      return trans.__('– not found by the tool');
    case null:
      return trans.__('a person alone reads for this');
  }
}

function Points(props: IPart): JSX.Element {
  const { model, trans, item, sheet } = props;
  return (
    <label className="ck-review-points">
      {trans.__('Points, 0 to %1', item.most)}
      <input
        type="text"
        inputMode="decimal"
        autoComplete="off"
        value={sheet.points}
        aria-invalid={sheet.points !== '' && sheets.pointsOf(item, sheet.points) === null}
        onChange={event => model.setPoints(event.target.value)}
      />
      <span className="ck-review-quiet">{trans.__('There is no rubric for it.')}</span>
    </label>
  );
}

function Adequate(props: IPart): JSX.Element {
  const { model, trans, item, sheet } = props;
  const choices: [boolean, string, string][] = [
    [true, trans.__('Yes'), 'y'],
    [false, trans.__('Not yet'), 'x']
  ];
  return (
    <fieldset className="ck-review-criterion">
      <legend>{trans.__('Is it an adequate attempt?')}</legend>
      {choices.map(([value, label, key]) => (
        <label key={key} className="ck-review-level">
          <input
            type="radio"
            name={`ck-review-${item.id}-adequate`}
            checked={sheet.adequate === value}
            onChange={() => model.setAdequate(value)}
          />
          {label} <Key>{key}</Key>
        </label>
      ))}
    </fieldset>
  );
}
