/** How far it is, and a slider to go elsewhere. */
import { lectureTexts } from '../texts.ts';
import type { Stepper } from './stepper.ts';

export function PositionSlider({ at, end, moveTo }: Pick<Stepper, 'at' | 'end' | 'moveTo'>) {
  const t = lectureTexts();
  return (
    <label class="row grow">
      <span class="number">{t.positionOf(at, end)}</span>
      <input
        type="range"
        aria-label={t.position}
        min={0}
        max={end}
        value={at}
        onInput={(event) => moveTo(Number(event.currentTarget.value))}
      />
    </label>
  );
}
