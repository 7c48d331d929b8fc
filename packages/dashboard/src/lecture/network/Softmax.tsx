/** From scores to probabilities: powers of e, divided by their sum. */
import { useState } from 'preact/hooks';
import { Slider } from '../picture/Slider.tsx';
import { networkTexts } from './texts.ts';

/** As on the slide: 3, 1, −3 become 0.88, 0.12 and almost nothing. */
const START = [3, 1, -3];

export function softmaxOf(logits: readonly number[]): number[] {
  const largest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

export function Softmax() {
  const t = networkTexts();
  const [logits, setLogits] = useState<readonly number[]>(START);
  const parts = softmaxOf(logits);
  const powers = logits.map((logit) => Math.exp(logit));
  const sum = powers.reduce((total, power) => total + power, 0);
  return (
    <>
      <div class="picture softmax" data-parts={parts.join(' ')}>
        <table class="number" aria-label={t.softmaxLabel(parts.map((part) => part.toFixed(2)).join(', '))}>
          <thead>
            <tr>
              <th scope="col">z</th>
              <th scope="col">{t.powers}</th>
              <th scope="col">{t.probability}</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {logits.map((logit, i) => (
              <tr key={i}>
                <td>{logit.toFixed(1).replace('-', '−')}</td>
                <td>{(powers[i] ?? 0).toPrecision(3)}</td>
                <td>
                  <strong>{(parts[i] ?? 0).toFixed(2)}</strong>
                </td>
                <td>
                  <svg class="part-bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
                    <rect width={100 * (parts[i] ?? 0)} height="10" fill={`var(--series-${i + 1})`} />
                  </svg>
                </td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <td />
              <td>{sum.toPrecision(3)}</td>
              <td colSpan={2}>{t.addUp}</td>
            </tr>
          </tfoot>
        </table>
      </div>
      <div class="controls">
        {logits.map((logit, i) => (
          <Slider
            key={i}
            name={t.logit(i + 1)}
            value={logit}
            min={-5}
            max={5}
            step={0.1}
            onChange={(value) => setLogits(logits.map((one, k) => (k === i ? value : one)))}
          />
        ))}
      </div>
    </>
  );
}
