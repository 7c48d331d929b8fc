/** The length of the gradient, layer by layer: sigmoids beside rectifiers at the same epoch. */
import type { EpochReport } from '@shoal/core';
import { tickText } from '../picture/scale.ts';
import { PlayControls } from '../train/PlayControls.tsx';
import { usePlayhead } from '../train/playhead.ts';
import { recordingOf } from '../train/recordings.ts';
import { accuracyText } from './accuracyText.ts';
import { deepSpec } from './specs.ts';
import { depthTexts } from './texts.ts';

const SHOWN = ['sigmoid', 'relu'] as const;
/** Powers of ten that the bars span. */
const LOW = -6;
const HIGH = 1;

const DECADES = Array.from({ length: HIGH - LOW - 1 }, (_, i) => LOW + 1 + i);

const partOf = (norm: number): number =>
  Math.min(1, Math.max(0, (Math.log10(Math.max(norm, 1e-12)) - LOW) / (HIGH - LOW)));

export function Vanishing() {
  const t = depthTexts();
  const recordings = SHOWN.map((type) => recordingOf(deepSpec(type)));
  const playhead = usePlayhead(recordings);
  const epochs = recordings.map((one) => one.epochsAt(playhead.at).at(-1) ?? null);
  const ratios = epochs.map((epoch) => ratioOf(epoch));
  return (
    <>
      <div
        class="picture beside"
        data-ratios={ratios.map((one) => one ?? '').join(' ')}
        data-epoch={epochs[0]?.epoch ?? 0}
      >
        {SHOWN.map((type, i) => (
          <Bars key={type} name={t.names[type]} epoch={epochs[i] ?? null} look={i + 1} />
        ))}
      </div>
      <div class="controls">
        <p class="number">{t.epoch(epochs[0]?.epoch ?? 0)}</p>
        {SHOWN.map((type, i) => (
          <p key={type} class="reading number">
            {ratioText(t.names[type], ratios[i] ?? null)}
          </p>
        ))}
        <table class="small-table number">
          <caption>{t.accuracies}</caption>
          <tbody>
            {SHOWN.map((type, i) => (
              <tr key={type}>
                <th scope="row">{t.names[type]}</th>
                <td>{accuracyText(epochs[i]?.validationAccuracy ?? null)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <p class="quiet">{t.logScale}</p>
      </div>
      <PlayControls playhead={playhead} recordings={recordings} />
    </>
  );
}

/** What the first layer gets of the last one's. */
function ratioOf(epoch: EpochReport | null): number | null {
  const [first, last] = [epoch?.layerNorms[0]?.norm, epoch?.layerNorms.at(-1)?.norm];
  return first === undefined || last === undefined ? null : first / last;
}

/** `3·10⁻⁴` */
function written(norm: number | undefined): string {
  if (norm === undefined) return '';
  if (norm >= 0.01) return norm.toPrecision(2);
  const [digits = '', power = '0'] = norm.toExponential(0).split('e');
  return `${digits}·${tickText(10 ** Number(power), true)}`;
}

function ratioText(name: string, ratio: number | null): string {
  if (ratio === null) return '';
  const t = depthTexts();
  return ratio >= 0.1
    ? t.times(name, ratio.toFixed(1))
    : t.part(name, `1/${Math.round(1 / ratio).toLocaleString('en-US')}`);
}

type BarsProps = { readonly name: string; readonly epoch: EpochReport | null; readonly look: number };

/** The output layer on top, as the gradient goes. */
function Bars({ name, epoch, look }: BarsProps) {
  const t = depthTexts();
  const norms = epoch?.layerNorms.map(({ norm }) => norm) ?? [];
  return (
    <figure class="named">
      <figcaption>
        <strong>{name}</strong>
      </figcaption>
      <div
        class="layer-bars"
        role="img"
        aria-label={t.normsLabel(name, written(norms[0]), written(norms.at(-1)))}
      >
        {norms.map((_, i) => {
          const layer = norms.length - i;
          const norm = norms[layer - 1] ?? 0;
          return (
            <div key={layer}>
              <span>{t.layer(layer, norms.length)}</span>
              <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
                <rect class="ground" width="100" height="10" />
                <rect width={100 * partOf(norm)} height="10" fill={`var(--series-${look})`} />
                {DECADES.map((power) => (
                  <path key={power} d={`M${100 * partOf(10 ** power)} 0V10`} />
                ))}
              </svg>
              <span class="number">{written(norm)}</span>
            </div>
          );
        })}
      </div>
    </figure>
  );
}
