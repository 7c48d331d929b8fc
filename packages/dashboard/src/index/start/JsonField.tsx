/** JSON as text: taken over as soon as it is JSON, and told what is missing until then. */
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { startTexts } from './texts.ts';

type JsonProps = {
  readonly label: string;
  readonly value: unknown;
  readonly rows: number;
  readonly onType: (value: unknown) => void;
};

/** Where reading stopped, as far as the browser says. */
type Place = { readonly line: number; readonly column: number } | 'somewhere';

/** Browsers word the fault in their own language, but all that name a place write it so. */
function placeOf(message: string): Place {
  const [, line, column] = /line (\d+) column (\d+)/.exec(message) ?? [];
  return line === undefined || column === undefined
    ? 'somewhere'
    : { line: Number(line), column: Number(column) };
}

const written = (value: unknown): string => {
  if (!Array.isArray(value)) return JSON.stringify(value, null, 2);
  return value.length === 0 ? '[]' : `[\n${value.map((item) => `  ${JSON.stringify(item)}`).join(',\n')}\n]`;
};

export function JsonField({ label, value, rows, onType }: JsonProps) {
  const t = startTexts();
  const id = useId();
  const own = useRef(value);
  const [text, setText] = useState(written(value));
  const [fault, setFault] = useState<Place | null>(null);
  useEffect(() => {
    if (value === own.current) return;
    own.current = value;
    setText(written(value));
    setFault(null);
  }, [value]);
  const type = (typed: string): void => {
    setText(typed);
    try {
      const parsed: unknown = JSON.parse(typed);
      own.current = parsed;
      setFault(null);
      onType(parsed);
    } catch (error) {
      setFault(placeOf(String(error)));
    }
  };
  return (
    <div class="field long">
      <label for={id}>{label}</label>
      <textarea
        id={id}
        rows={rows}
        spellcheck={false}
        aria-invalid={fault !== null}
        aria-describedby={fault === null ? undefined : `${id}-fault`}
        value={text}
        onInput={({ currentTarget }) => type(currentTarget.value)}
      />
      {fault === null ? null : (
        <p id={`${id}-fault`} class="problem">
          {fault === 'somewhere' ? t.notJson : t.notJsonAt(fault.line, fault.column)}
        </p>
      )}
    </div>
  );
}
