/** The few numbers that are read from the back of a lecture hall. */
import type { RunView } from '@shoal/core';
import { count, NOTHING, percent, significant } from '../format.ts';
import { epochs, steps } from '../store.ts';
import { runTexts } from './texts.ts';

export function Numbers({ run }: { readonly run: RunView }) {
  const t = runTexts();
  const records = epochs.value;
  const last = records.at(-1);
  const bestEpoch = run.earlyStopping?.bestEpoch ?? null;
  const best = bestEpoch === null ? null : records.find(({ epoch }) => epoch === bestEpoch);
  const note = (value: string | undefined): string =>
    value === undefined || value === NOTHING ? '' : t.best(value, best?.epoch ?? 0);
  const validated = last === undefined || last.validationLoss !== null;
  return (
    <dl class="numbers">
      {validated ? (
        <>
          <Tile
            label={t.valAccuracy}
            value={percent(last?.validationAccuracy)}
            note={note(best ? percent(best.validationAccuracy) : undefined)}
          />
          <Tile
            label={t.valLoss}
            value={significant(last?.validationLoss)}
            note={note(best ? significant(best.validationLoss) : undefined)}
          />
        </>
      ) : (
        <Tile label={t.trainAccuracy} value={percent(last.trainAccuracy)} />
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
