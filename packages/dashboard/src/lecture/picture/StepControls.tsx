/** Buttons and keys of a stepper. */
import { lectureTexts } from '../texts.ts';
import { KeyButton } from './KeyButton.tsx';
import type { Stepper } from './stepper.ts';

export function StepControls({ stepper }: { readonly stepper: Stepper }) {
  const t = lectureTexts();
  const { at, end, isPlaying, play, moveTo } = stepper;
  return (
    <div class="controls play" data-at={at} data-end={end}>
      <KeyButton letter="p" onPress={() => play(!isPlaying)}>
        {isPlaying ? t.pause : t.play}
      </KeyButton>
      <KeyButton letter="n" onPress={() => moveTo(at + 1)}>
        {t.stepKey}
      </KeyButton>
      <KeyButton
        letter="r"
        onPress={() => {
          moveTo(0);
          play(true);
        }}
      >
        {t.again}
      </KeyButton>
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
    </div>
  );
}
