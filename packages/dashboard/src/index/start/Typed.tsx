/** An input whose text stays as it is typed, while what it means goes to the draft. */
import { useEffect, useRef, useState } from 'preact/hooks';

type TypedProps = {
  readonly id: string;
  /** As it stands in the draft: a number, a text, a pair, or nothing. */
  readonly value: unknown;
  readonly placeholder?: string;
  /** What a text means; `0.` on the way to `0.5` means 0 and must stay as it is. */
  readonly parse: (text: string) => unknown;
  readonly onType: (value: unknown) => void;
  readonly 'aria-invalid'?: boolean;
  readonly 'aria-describedby'?: string | undefined;
};

const textOf = (value: unknown): string => {
  if (value === null || value === undefined) return '';
  return Array.isArray(value) ? value.join(', ') : String(value);
};

export function Typed({ value, parse, onType, ...rest }: TypedProps) {
  const shown = textOf(value);
  const own = useRef(shown);
  const [text, setText] = useState(shown);
  useEffect(() => {
    // Somebody else has written: a preset, or another spec.
    if (shown !== own.current) setText(shown);
    own.current = shown;
  }, [shown]);
  return (
    <input
      {...rest}
      type="text"
      autocomplete="off"
      spellcheck={false}
      value={text}
      onInput={({ currentTarget }) => {
        const meant = parse(currentTarget.value);
        own.current = textOf(meant);
        setText(currentTarget.value);
        onType(meant);
      }}
    />
  );
}
