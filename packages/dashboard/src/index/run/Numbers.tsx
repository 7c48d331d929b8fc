/** The few numbers that are read from the back of a lecture hall. */
import { type EpochRecord, hasAccuracy, type RunView } from '@shoal/core';
import { count, percent, significant } from '../format.ts';
import { epochs, steps } from '../store.ts';
import { runTexts } from './texts.ts';
import { validates } from './validates.ts';

export function Numbers({ run }: { readonly run: RunView }) {
  const t = runTexts();
  const last = epochs.value.at(-1);
  const validated = validates(run.spec, last);
  const isOfNumbers = !hasAccuracy(run.spec.model);
  return (
    <dl class="numbers">
      {validated ? (
        <>
          {isOfNumbers ? null : (
            <Tile
              label={t.valAccuracy}
              value={percent(last?.validationAccuracy)}
              note={best(run, 'validationAccuracy', percent)}
            />
          )}
          <Tile
            label={t.valLoss}
            value={significant(last?.validationLoss)}
            note={best(run, 'validationLoss', significant)}
          />
        </>
      ) : isOfNumbers ? null : (
        <Tile label={t.trainAccuracy} value={percent(last?.trainAccuracy)} />
      )}
      <Tile
        label={t.trainLoss}
        value={significant(last?.trainLoss)}
        note={`${t.latest} ${significant(steps.value.loss.at(-1))}`}
      />
      <Tile label={t.speed} value={count(run.samplesPerSecond)} />
      <Tile label={t.workers} value={count(run.workers)} />
    </dl>
  );
}

type Watched = 'validationAccuracy' | 'validationLoss';

/** Which epoch is the best is for the watched metric to say; under another number it would mislead. */
function best(
  { spec, earlyStopping }: RunView,
  metric: Watched,
  write: (value: EpochRecord[Watched]) => string,
): string {
  if (earlyStopping === null || spec.earlyStopping?.metric !== metric) return '';
  const record = epochs.value.find(({ epoch }) => epoch === earlyStopping.bestEpoch);
  return record === undefined ? '' : runTexts().best(write(record[metric]), record.epoch);
}

type TileProps = { readonly label: string; readonly value: string; readonly note?: string };

function Tile({ label, value, note = '' }: TileProps) {
  return (
    <div class="panel">
      <dt>{label}</dt>
      <dd class="number">{value}</dd>
      <dd class="quiet number note">{note}</dd>
    </div>
  );
}
