/** How far it is, and a slider to go elsewhere. */
import { lectureTexts } from '../texts.ts';
import type { Stepper } from './stepper.ts';

/** What is counted, where it is not steps. */
export type PositionWords = {
  readonly position: string;
  readonly positionOf: (at: number, end: number) => string;
};

type Props = Pick<Stepper, 'at' | 'end' | 'moveTo'> & { readonly words?: PositionWords };

export function PositionSlider({ at, end, moveTo, words = lectureTexts() }: Props) {
  return (
    <label class="row grow">
      <span class="number">{words.positionOf(at, end)}</span>
      <input
        type="range"
        aria-label={words.position}
        min={0}
        max={end}
        value={at}
        onInput={(event) => moveTo(Number(event.currentTarget.value))}
      />
    </label>
  );
}
