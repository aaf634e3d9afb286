/**
 * What the server says, in the lab's language. Its sentences come in English, with names and numbers in them; the ones
 * that learners meet stand here with %1, %2 … in those places, are recognised, and said again. Any other stays as it is.
 *
 * tests/house/test_strings.py holds each of them against the sources it comes from.
 */
import type { ITrans } from './trans';

/** Marks a text as one to be translated, where it cannot stand in the call that does it. */
const msg = (text: string): string => text;

const SENTENCES = [
  // coursekit/policy/gate.py
  msg('“%1” is not handed in yet.'),
  msg('Hand in “%1”, then open this one.'),
  msg('“%1” still has required prompts that are not committed.'),
  msg('Open “%1”, commit the prompts that are left, then open this one.'),
  msg('Open “%1”, commit the prompts that are left, and hand it in again.'),
  msg('“%1” is handed in; its mark is not released yet.'),
  msg('Wait for the feedback. You can revise and hand in again meanwhile.'),
  msg('“%1” has %2; this module asks for %3.'),
  msg('Read the feedback on “%1”, improve your work, and hand it in again.'),
  msg('Come back then; nothing else is missing.'),
  // coursekit/policy/completeness.py
  msg('Your answer to “%1” is still empty.'),
  msg('Your reason for “%1” is still empty.'),
  msg('The part “%1” of “%2” is still empty.'),
  msg('Write it, then commit.'),
  msg('Your answer to “%1” has %2 word so far.'),
  msg('Your answer to “%1” has %2 words so far.'),
  msg('Your reason for “%1” has %2 word so far.'),
  msg('Your reason for “%1” has %2 words so far.'),
  msg('The part “%1” of “%2” has %3 word so far.'),
  msg('The part “%1” of “%2” has %3 words so far.'),
  msg('Say a little more: at least %1 words, in any language.'),
  msg('“%1” has no choice yet.'),
  msg('Choose one of the options.'),
  msg('“%1” has no number yet.'),
  msg('Enter your best guess as a number.'),
  msg('%1 is outside the range of “%2”.'),
  msg('Enter a number from %1 to %2.'),
  msg('“%1” is not answered yet.'),
  msg('“%1” is not rated yet.'),
  msg('Choose a point on the scale.'),
  // coursekit/labserver
  msg('The saved answer to “%1” is not what you see.'),
  msg('Save, look at it once more, then commit.'),
  msg('This is still your sealed answer to “%1”.'),
  msg('Change it first, then commit the revision.'),
  msg('Your sign-in to the course is over.'),
  msg('Start your server again from the control panel, or sign in again. Your work is kept here.'),
  msg('The course does not answer just now.'),
  msg('There is something else in the place of %1.'),
  msg('Rename it, then open the module again.'),
  msg('Choose “Update” in the course panel first.'),
  msg('Rename that folder, then try again.'),
  // coursekit/policy/reflection/pointers.py
  msg(
    "Checked by pattern matching against your course's rubric. It can miss things. " +
      'A person decides anything below a clear pass.'
  ),
  msg('The tool could not read this answer. A person reads it.'),
  msg('The tool knows English best and may have missed things here. A person reads your answer.'),
  msg('A person reads your answer.'),
  msg('A person alone reads for this: %1'),
  msg('The tool did not find this.'),
  msg('Is this it?'),
  msg('The tool found this.'),
  // coursekit/client.py, coursekit/policy
  msg("Your work is safe where it is. Try again in a minute; if it stays so, tell the course's staff."),
  msg('There is no such course, or you are not in it.'),
  msg("Check the course's name, or ask its instructor to add you."),
  msg('%1 has %2; %3 are allowed.'),
  msg('Make it smaller: clear large outputs, or shrink pictures.')
];

interface IKnown {
  pattern: RegExp;
  text: string;
}

const KNOWN: IKnown[] = SENTENCES.map(text => ({
  // What is filled in may be of several lines; what stands around it is as it is.
  pattern: new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/%\d/g, '([^]+)')}$`),
  text
}))
  // The one that says most about the text comes first: “The part “a” of “b” is …” is no answer called “a” of “b”.
  .sort((a, b) => b.text.length - a.text.length);

/** What the server said, a sentence or a few. */
export function inOurWords(said: string, trans: ITrans): string {
  const whole = sayAgain(said, trans);
  if (whole !== null) {
    return whole;
  }
  for (const end of said.matchAll(/[.!?] /g)) {
    const first = sayAgain(said.slice(0, end.index + 1), trans);
    if (first !== null) {
      return `${first} ${inOurWords(said.slice(end.index + 2), trans)}`;
    }
  }
  return said;
}

function sayAgain(sentence: string, trans: ITrans): string | null {
  for (const { pattern, text } of KNOWN) {
    const found = pattern.exec(sentence);
    if (found) {
      // Written so, because the texts are found above and not here (lab/strings.py).
      return trans['__'](text, ...found.slice(1));
    }
  }
  return null;
}

/** A refusal: why not, and what to do. */
export function sayRefusal(refusal: { reason: string; next_step: string }, trans: ITrans): string {
  return `${inOurWords(refusal.reason, trans)} ${inOurWords(refusal.next_step, trans)}`.trim();
}
