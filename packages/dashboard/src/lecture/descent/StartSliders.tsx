/** Where ways begin, for whoever has no pointer to press the map with. */
import { Slider } from '../picture/Slider.tsx';
import type { Spot } from './landscape.ts';
import { descentTexts } from './texts.ts';

type Props = {
  readonly start: Spot;
  /** The map shows −extent to extent. */
  readonly extent: number;
  readonly onStart: (start: Spot) => void;
};

export function StartSliders({ start: [x, y], extent, onStart }: Props) {
  const t = descentTexts();
  const range = { min: -extent, max: extent, step: 0.1 };
  return (
    <>
      <Slider name={t.startX} value={x} {...range} onChange={(next) => onStart([next, y])} />
      <Slider name={t.startY} value={y} {...range} onChange={(next) => onStart([x, next])} />
    </>
  );
}
