/** Which class is taken for which, as a table. */
import { textsIn } from '../../shared/language.ts';
import type { Confusion } from '../lab/confusion.ts';
import { texts } from '../texts.ts';
import './confusion.css';

/** Shades in four steps for confusions, and a colour of its own for what is right. */
function shadeOf(part: number): string {
  if (part === 0) return 'none';
  if (part < 0.005) return 'some';
  return part < 0.02 ? 'more' : 'most';
}

type Props = {
  readonly confusion: Confusion;
  /** Of the classes; absent where they are numbers. */
  readonly names: readonly string[] | undefined;
};

export function ConfusionMatrix({ confusion, names }: Props) {
  const text = textsIn(texts);
  const { classes, counts } = confusion;
  const all = Array.from({ length: classes }, (_, k) => k);
  const nameOf = (k: number): string => names?.[k] ?? String(k);
  const inRow = (row: number): number => all.reduce((sum, k) => sum + counts[row * classes + k], 0);
  return (
    <table class="confusion number">
      <caption class="quiet small">{text.confusionAxes}</caption>
      <thead>
        <tr>
          <td />
          {all.map((k) => (
            <th key={k} scope="col" class={names === undefined ? '' : 'named'}>
              {nameOf(k)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {all.map((row) => (
          <tr key={row}>
            <th scope="row">{nameOf(row)}</th>
            {all.map((column) => {
              const n = counts[row * classes + column];
              const part = n / Math.max(1, inRow(row));
              return (
                <td
                  key={column}
                  class={row === column ? 'right' : shadeOf(part)}
                  title={text.confusionCell(nameOf(row), nameOf(column), n)}
                >
                  {n === 0 ? '' : n}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
