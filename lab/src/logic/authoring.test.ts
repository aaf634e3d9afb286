import { describe, expect, it } from 'vitest';

import {
  answerElsewhere,
  asPrompt,
  asReveal,
  choicesOf,
  freePrompt,
  markAs,
  markAsPrompt,
  markOf,
  promptsAbove,
  slug,
  type ICell,
  type IPromptFields
} from './authoring';

const markdown = (id: string, source: string, metadata = {}): ICell => ({
  cell_type: 'markdown',
  id,
  metadata,
  source
});
const code = (id: string, source: string, metadata = {}): ICell => ({
  ...{ cell_type: 'code', id, metadata, source },
  ...{ outputs: [], execution_count: null }
});
const SETUP = code('setup', 'import coursekit.prompts as ck');
const flags = { grade: false, locked: false, schema_version: 3, solution: false, task: false };

describe('a reveal after an estimate tells a number', () => {
  const reveal = (id: string, fields: object): ICell => markdown(id, '', { coursekit: { reveal: fields } });
  const estimate = (id: string): ICell => code(id, '', { coursekit: { prompt: { id, kind: 'estimate', title: id } } });
  const files = ['exhibits/a.csv'];

  it('which is written beside what was there, and taken out again', () => {
    const told = asReveal(reveal('a', { after: 'p1', files }), 'p1', 4260);
    expect(told.metadata.coursekit.reveal).toEqual({ after: 'p1', files, answer: 4260 });
    expect(asReveal(told, 'p1').metadata.coursekit.reveal).toEqual({ after: 'p1', files });
    expect(asReveal(told, 'p1', 0).metadata.coursekit.reveal.answer).toBe(0);
  });

  it('which does not go along to another prompt', () => {
    const cells = [estimate('p1'), estimate('p2'), reveal('a', { after: 'p1', answer: 9, files })];
    expect(markAs(cells, 2, 'reveal', 'p1').cells[0].metadata.coursekit.reveal.answer).toBe(9);
    expect(markAs(cells, 2, 'reveal', 'p2').cells[0].metadata.coursekit.reveal).toEqual({ after: 'p2', files });
  });

  it('which another cell may say already', () => {
    const cells = [estimate('p1'), reveal('a', { after: 'p1' }), reveal('b', { after: 'p1', answer: 0 })];
    expect(answerElsewhere(cells, 1, 'p1')).toBe(0);
    expect(answerElsewhere(cells, 2, 'p1')).toBeNull();
  });
});

describe('a text becomes a prompt', () => {
  it('a decision takes the text as its question, and its heading as its title', () => {
    const cells = [SETUP, markdown('a', '### 2 · Your call\n\nWhat do *you* do?')];
    const { cells: made, at, gone } = markAsPrompt(cells, 1, 'decision', null);
    expect([made.length, at, gone]).toEqual([1, 0, []]);
    expect(made[0]).toMatchObject({ cell_type: 'code', id: 'a', source: 'ck.decision("p1")', outputs: [] });
    expect(made[0].metadata).toEqual({
      coursekit: {
        prompt: {
          ...{ id: 'p1', kind: 'decision', title: 'Your call', question: 'What do *you* do?', minutes: 3 },
          options: [
            { id: 'yes', label: 'Yes' },
            { id: 'no', label: 'No' }
          ]
        }
      },
      nbgrader: { ...flags, grade_id: 'p1', locked: true }
    });
  });

  it('a reflection leaves its question above, and has its status below', () => {
    const cells = [SETUP, markdown('a', '### Your view\n\nWhat do you see?', { tags: ['x'] })];
    const { cells: made, at } = markAsPrompt(cells, 1, 'reflection', 6);
    expect(at).toBe(1);
    expect(made.map(one => [one.id, one.cell_type, one.source])).toEqual([
      ['p1-question', 'markdown', '### Your view\n\nWhat do you see?'],
      ['a', 'markdown', ''],
      ['p1-status', 'code', 'ck.reflection_status("p1")']
    ]);
    expect(made[1].metadata).toEqual({
      tags: ['x'],
      coursekit: { prompt: { id: 'p1', kind: 'reflection', title: 'Your view', minutes: 5 } },
      nbgrader: { ...flags, grade: true, grade_id: 'p1', points: 6, solution: true }
    });
    expect(made[2].metadata).toEqual({ nbgrader: { ...flags, grade_id: 'p1-status', locked: true } });
  });

  it('where nobody imports our prompts, the import comes with it', () => {
    const { cells: made, at } = markAsPrompt([markdown('a', '')], 0, 'estimate', null);
    expect(made.map(one => one.source)).toEqual(['import coursekit.prompts as ck', 'ck.estimate("p1")']);
    expect(at).toBe(1);
  });
});

describe('another kind', () => {
  const cells = [
    SETUP,
    ...markAsPrompt([SETUP, markdown('a', '### View\n\nWhy?')], 1, 'reflection', 4).cells,
    markdown('r', 'So it was.', { coursekit: { reveal: { after: 'p1' } } })
  ];

  it('keeps its id and its title, and drops what only the kind before had', () => {
    const rated = asPrompt(cells[2], { ...(cells[2].metadata.coursekit.prompt as IPromptFields), rubric: 'view' }, 4);
    const made = markAsPrompt([...cells.slice(0, 2), rated, ...cells.slice(3)], 2, 'confidence', null);
    expect(made.gone).toEqual(['p1-status']);
    expect(made.cells).toHaveLength(1);
    const { prompt } = made.cells[0].metadata.coursekit;
    expect([prompt.id, prompt.kind, prompt.title, prompt.rubric]).toEqual(['p1', 'confidence', 'View', undefined]);
    expect(made.cells[0].source).toBe('ck.confidence("p1")');
  });

  it('the same again changes nothing but its status, which is made anew', () => {
    const made = markAsPrompt(cells, 2, 'reflection', 4);
    expect(made.gone).toEqual(['p1-status']);
    expect(made.cells).toEqual([cells[2], cells[3]]);
  });

  it('none any more: its call and its status go', () => {
    const one = [SETUP, code('a', 'ck.decision("p1")', { coursekit: { prompt: { id: 'p1', kind: 'decision' } } })];
    expect(markAs(one, 1, 'text').cells[0]).toEqual(code('a', ''));
    expect(markAs(cells, 2, 'faculty')).toEqual({
      cells: [{ ...cells[2], metadata: { coursekit: { faculty: true } } }],
      at: 0,
      gone: ['p1-status']
    });
  });
});

describe('other marks', () => {
  it('a reveal keeps its files when it waits for another prompt', () => {
    const reveal = { after: 'p1', files: ['exhibits/a.csv'], alt: 'Bars.' };
    const cells = [code('a', 'print(1)', { coursekit: { reveal } })];
    expect(markAs(cells, 0, 'reveal', 'p2').cells[0].metadata).toEqual({
      coursekit: { reveal: { ...reveal, after: 'p2' } }
    });
  });

  it('an exhibit of code is locked, under a name that nobody has', () => {
    const cells = [code('b', '', { nbgrader: { ...flags, grade_id: 'Chart_1' } }), code('chart-1', 'plot()')];
    const taken = [{ ...cells[0], metadata: { nbgrader: { grade_id: 'chart-1' } } }, cells[1]];
    expect(markAs(taken, 1, 'exhibit').cells[0].metadata).toEqual({
      nbgrader: { ...flags, grade_id: 'chart-1-2', locked: true }
    });
    expect(markAs([markdown('a', 'Look.')], 0, 'exhibit').cells[0].metadata).toEqual({});
  });

  it('says what a cell is', () => {
    const of = (metadata: object): string => markOf(code('a', '', metadata));
    expect(of({ coursekit: { prompt: { id: 'p1' } }, nbgrader: { locked: true } })).toBe('prompt');
    expect(of({ coursekit: { reveal: { after: 'p1' } } })).toBe('reveal');
    expect(of({ coursekit: { faculty: true } })).toBe('faculty');
    expect(of({ nbgrader: { locked: true } })).toBe('exhibit');
    expect(of({ nbgrader: { locked: true, grade: true } })).toBe('text');
    expect(of({})).toBe('text');
  });

  it('a reveal may wait for the prompts above it, the nearest first', () => {
    const cells = ['p1', 'p2', 'p3'].map(id => code(id, '', { coursekit: { prompt: { id, title: id } } }));
    expect(promptsAbove(cells, 2).map(one => one.id)).toEqual(['p2', 'p1']);
  });
});

describe('names', () => {
  it('a prompt takes the first number that is free, for nbgrader as well', () => {
    const cells = [
      code('a', '', { coursekit: { prompt: { id: 'p1' } }, nbgrader: { grade_id: 'p1' } }),
      code('b', '', { nbgrader: { grade_id: 'p2' } })
    ];
    expect(freePrompt(cells)).toBe('p3');
  });

  it('a choice keeps its id when its words change', () => {
    const before = [
      { id: 'wait', label: 'Wait' },
      { id: 'go', label: 'Go', min_words: 3 }
    ];
    expect(choicesOf(['Wait a day', 'Go', 'Gö on!', 'Go'], before)).toEqual([
      { id: 'wait', label: 'Wait a day' },
      { id: 'go', label: 'Go', min_words: 3 },
      { id: 'go-on', label: 'Gö on!' },
      { id: 'go-2', label: 'Go' }
    ]);
    expect(slug('日本', 'choice-1')).toBe('choice-1');
  });
});
