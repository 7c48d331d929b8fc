/** One field of the run spec: a number, a text, a choice or a switch, whatever stands at its path in the draft. */
import { useId } from 'preact/hooks';
import { CHOICES, NULLABLE, TEXTS } from './choices.ts';
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
  const label = t.fields[last] ?? last;
  const choices = CHOICES[name];
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
    <div class={name === 'about' ? 'field long' : 'field'} title={name}>
      <label for={id}>{label}</label>
      {choices === undefined ? (
        <Typed
          {...common}
          value={value}
          placeholder={empty}
          parse={(text) => (TEXTS.has(name) ? text : typedNumber(text, { nullable: NULLABLE.has(name) }))}
          onType={write}
        />
      ) : (
        <select
          {...common}
          value={String(value)}
          onChange={({ currentTarget }) => (onChoose ?? write)(currentTarget.value)}
        >
          {choices.map((word) => (
            <option key={word} value={word}>
              {word}
            </option>
          ))}
        </select>
      )}
    </div>
  );
}
