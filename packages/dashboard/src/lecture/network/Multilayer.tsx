/** A hidden layer learns XOR: its lines in the plane, its weights and its lights beside each other. */
import { compileModel, findPreset, tableDataSet, valuesOf } from '@shoal/core';
import { useState } from 'preact/hooks';
import { rightOf } from '../../model/lab/boundaryGrid.ts';
import { Choice } from '../picture/Choice.tsx';
import { Plane } from '../picture/Plane.tsx';
import { useGrid } from '../picture/useGrid.ts';
import { PlayControls } from '../train/PlayControls.tsx';
import { usePlayhead } from '../train/playhead.ts';
import { recordingOf } from '../train/recordings.ts';
import { useColumns } from './inspect.ts';
import { NetDiagram } from './NetDiagram.tsx';
import { networkTexts } from './texts.ts';

const XOR_SPEC = findPreset('mlp-xor');
const model = compileModel(XOR_SPEC.model);
const samples = tableDataSet('xor').train;
const ROWS = ['00', '01', '10', '11'] as const;

export function Multilayer() {
  const t = networkTexts();
  const [row, setRow] = useState<(typeof ROWS)[number]>('01');
  const recording = recordingOf(XOR_SPEC);
  const playhead = usePlayhead([recording]);
  const parameters = recording.stateAt(playhead.at)?.parameters ?? null;
  const input = valuesOf(samples.inputs, ROWS.indexOf(row));
  const columns = useColumns(model, parameters, input);
  const grid = useGrid(model, parameters);
  const right = grid === null ? 0 : rightOf(grid, samples);
  const loss = recording.losses[Math.max(0, playhead.at - 1)];
  return (
    <>
      <div class="picture beside" data-right={right} data-step={playhead.at}>
        <Plane
          model={model}
          parameters={parameters}
          grid={grid}
          samples={samples}
          label={t.planeLabel(right, samples.count)}
        />
        {columns === null || parameters === null ? null : (
          <NetDiagram
            model={model}
            parameters={parameters}
            values={withProbability(columns)}
            label={t.diagramLabel(
              columns.map((column) => Array.from(column, (one) => one.toFixed(1)).join(' ')).join('; '),
            )}
          />
        )}
      </div>
      <div class="controls">
        <Choice
          name={t.inputs}
          options={ROWS.map((one) => [one, `(${one[0]}, ${one[1]})`] as const)}
          value={row}
          onChange={setRow}
        />
        <p class={right === 4 ? 'reading right' : 'reading'}>
          {t.right(right, samples.count)}
          {loss === undefined ? '' : ` · ${t.lossNow(loss.toFixed(3))}`}
        </p>
        <p class="quiet">{t.lines}</p>
      </div>
      <PlayControls playhead={playhead} recordings={[recording]} />
    </>
  );
}

/** The last neuron's logit as the probability that it means. */
const withProbability = (columns: readonly ArrayLike<number>[]): readonly ArrayLike<number>[] =>
  columns.map((column, i) =>
    i === columns.length - 1 ? Array.from(column, (logit) => 1 / (1 + Math.exp(-logit))) : column,
  );
