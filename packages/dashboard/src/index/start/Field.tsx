/** One field of the run spec: a number, a text, a choice or a switch, whatever stands at its path in the draft. */
import { formAt } from '@shoal/core';
import { useId } from 'preact/hooks';
import { aboutOf, named } from '../../shared/words.ts';
import { choiceKind } from './choices.ts';
import { type Path, problemAt, typedNumber, valueAt, withValue } from './draft.ts';
import { draft, problems, writeDraft } from './draftStore.ts';
import { Typed } from './Typed.tsx';
import { startTexts } from './texts.ts';

type FieldProps = {
  readonly path: Path;
  /** What an empty field means, where one may be empty. */
  readonly empty?: string;
  /** Instead of writing the chosen word at the path. */
  readonly onChoose?: (word: string) => void;
};

export function Field({ path, empty = '', onChoose }: FieldProps) {
  const t = startTexts();
  const id = useId();
  const name = path.join('.');
  const value = valueAt(draft.value, path);
  const wrong = problemAt(problems.value, path);
  const last = String(path.at(-1));
  const label = t.fields[path.slice(-2).join('.')] ?? t.fields[last] ?? last;
  const form = formAt(draft.value, path);
  const kind = choiceKind(path);
  // A name in the data may be left out, and is nothing when nothing is written.
  const isOpen = path[0] === 'data' && form?.optional === true;
  const common = { id, 'aria-invalid': wrong, 'aria-describedby': wrong ? 'spec-problems' : undefined };
  const write = (written: unknown): void => writeDraft(withValue(draft.peek(), path, written));
  if (typeof value === 'boolean') {
    return (
      <label class="check" title={name}>
        <input
          {...common}
          type="checkbox"
          checked={value}
          onChange={({ currentTarget }) => write(currentTarget.checked)}
        />
        <span>{label}</span>
      </label>
    );
  }
  return (
    <div class={classOf(name, form?.kind === 'choice')} title={name}>
      <label for={id}>{label}</label>
      {form?.kind !== 'choice' ? (
        <Typed
          {...common}
          value={shownOf(name, value)}
          placeholder={empty}
          parse={(text) =>
            form?.kind === 'text'
              ? isOpen && text === ''
                ? undefined
                : text
              : typedNumber(text, { nullable: form?.nullable === true })
          }
          onType={write}
        />
      ) : (
        <select
          {...common}
          value={String(value)}
          onChange={({ currentTarget }) => (onChoose ?? write)(currentTarget.value)}
        >
          {form.choices.map((word) => (
            <option key={word} value={word}>
              {kind === null ? word : named(kind, word)}
            </option>
          ))}
        </select>
      )}
    </div>
  );
}

/** A preset says what it shows in the page's language; whatever is typed in its place is the spec's own. */
function shownOf(name: string, value: unknown): unknown {
  if (name !== 'about') return value;
  return aboutOf({ name: String(draft.value.name ?? ''), about: String(value ?? '') });
}

function classOf(name: string, isChoice: boolean): string {
  if (name === 'about') return 'field long';
  return isChoice ? 'field termed' : 'field';
}
