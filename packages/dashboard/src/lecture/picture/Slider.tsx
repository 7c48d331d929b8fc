/** A number that is moved by hand, with its name and value. */
import { useId } from 'preact/hooks';

type Props = {
  readonly name: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly onChange: (value: number) => void;
  /** How the value is written. */
  readonly format?: (value: number) => string;
};

/** As many digits as are worth showing; the sign of a minus that is one. */
export const short = (value: number): string => {
  const text = String(Number(value.toFixed(2)));
  return text.replace('-', '−');
};

export function Slider({ name, value, min, max, step, onChange, format = short }: Props) {
  const id = useId();
  return (
    <div class="slider">
      <label for={id}>{name}</label>
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        aria-valuetext={format(value)}
        onInput={(event) => onChange(Number(event.currentTarget.value))}
      />
      <output class="number" for={id}>
        {format(value)}
      </output>
    </div>
  );
}
