/** Training data as a wall of pictures with their labels. */
import { digitsDataSet } from '@shoal/core';
import { useMemo, useState } from 'preact/hooks';
import { pixelsOf } from '../network/Digits.tsx';
import { Choice } from '../picture/Choice.tsx';
import { DigitPicture } from '../picture/DigitPicture.tsx';
import { lossTexts } from './texts.ts';

const DRAWN = 480;
const SHOWN = 40;
const CLASSES = ['all', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;
let drawn: ReturnType<typeof digitsDataSet>['train'] | null = null;

export function TrainingData() {
  const t = lossTexts();
  const [which, setWhich] = useState<(typeof CLASSES)[number]>('all');
  const samples = useMemo(() => {
    drawn ??= digitsDataSet({ train: DRAWN, test: 1 }).train;
    return drawn;
  }, []);
  const rows = useMemo(
    () =>
      Array.from({ length: samples.count }, (_, i) => i)
        .filter((i) => which === 'all' || samples.targets.values[i] === Number(which))
        .slice(0, SHOWN),
    [which],
  );
  return (
    <>
      <div class="picture" data-labels={rows.map((i) => samples.targets.values[i]).join('')}>
        <ul class="wall" aria-label={t.wallLabel(rows.length)}>
          {rows.map((i) => (
            <li key={i}>
              <DigitPicture pixels={pixelsOf(samples, i)} label="" />
              <span class="number">{t.labelOf(samples.targets.values[i] ?? 0)}</span>
            </li>
          ))}
        </ul>
      </div>
      <div class="controls">
        <Choice
          name={t.which}
          options={CLASSES.map((one) => [one, one === 'all' ? t.all : one] as const)}
          value={which}
          onChange={setWhich}
        />
        <p class="quiet number">{t.samplesOf(rows.length)}</p>
      </div>
    </>
  );
}
