/** One of a few, all in sight: radio buttons that look like a row of buttons. */
import { useId } from 'preact/hooks';

type Props<T extends string> = {
  readonly name: string;
  readonly options: readonly (readonly [value: T, label: string])[];
  readonly value: T | null;
  readonly onChange: (value: T) => void;
};

export function Choice<T extends string>({ name, options, value, onChange }: Props<T>) {
  const group = useId();
  return (
    <fieldset class="choice">
      <legend>{name}</legend>
      {options.map(([one, label]) => (
        <label key={one} class={one === value ? 'chosen' : ''}>
          <input
            type="radio"
            name={group}
            value={one}
            checked={one === value}
            onChange={() => onChange(one)}
          />
          {label}
        </label>
      ))}
    </fieldset>
  );
}
