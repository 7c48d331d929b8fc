/** Buttons and keys of a stepper. */
import { PlayButtons } from './PlayButtons.tsx';
import { PositionSlider, type PositionWords } from './PositionSlider.tsx';
import type { Stepper } from './stepper.ts';

type Props = { readonly stepper: Stepper; readonly words?: PositionWords };

export function StepControls({ stepper, words }: Props) {
  const { at, end, isPlaying, play, moveTo } = stepper;
  return (
    <div class="controls play" data-at={at} data-end={end}>
      <PlayButtons at={at} end={end} isPlaying={isPlaying} play={play} moveTo={moveTo} />
      <PositionSlider at={at} end={end} moveTo={moveTo} {...(words === undefined ? {} : { words })} />
    </div>
  );
}
