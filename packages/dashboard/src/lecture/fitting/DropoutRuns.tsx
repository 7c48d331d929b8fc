/** What dropout does to a network that learns by heart: two runs on MNIST, trained with the release. */
import { Plot, type Point } from '../picture/Plot.tsx';
import records from '../presetRecords.json';
import { fittingTexts } from './texts.ts';

const RUNS = ['mnist-overfit', 'mnist-dropout'] as const;

const lowest = (name: (typeof RUNS)[number]): number => Math.min(...records[name].validationLoss);
const last = (name: (typeof RUNS)[number]): number => records[name].validationLoss.at(-1) ?? 0;

export function DropoutRuns() {
  const t = fittingTexts();
  const lines = RUNS.map((name, look) => ({
    ...{ name: t.dropoutRuns[name], look },
    points: records[name].validationLoss.map((loss, epoch): Point => [epoch + 1, loss]),
  }));
  const told = RUNS.map((name) =>
    t.turned(t.dropoutRuns[name], lowest(name).toFixed(2), last(name).toFixed(2)),
  );
  return (
    <div class="picture" data-lowest={RUNS.map(lowest).join(' ')} data-last={RUNS.map(last).join(' ')}>
      <Plot
        label={t.dropoutRunsLabel(told.join('; '))}
        x={{ from: 1, to: records['mnist-overfit'].result.epochs, name: t.epochs }}
        y={{ from: 0.2, to: 0.8, name: t.heldLoss }}
        lines={lines}
      />
    </div>
  );
}

/** The same in numbers. */
export function DropoutNumbers() {
  const t = fittingTexts();
  return (
    <table class="small-table number">
      <caption>{t.onMnist}</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">{t.lowestLoss}</th>
          <th scope="col">{t.lastLoss}</th>
        </tr>
      </thead>
      <tbody>
        {RUNS.map((name) => (
          <tr key={name}>
            <th scope="row">{t.dropoutRuns[name]}</th>
            <td>{lowest(name).toFixed(3)}</td>
            <td>{last(name).toFixed(3)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
