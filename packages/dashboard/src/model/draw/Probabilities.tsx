/** How sure the network is of each class, as bars. */
import { textsIn } from '../../shared/language.ts';
import { className } from '../classNames.ts';
import { model } from '../follow.ts';
import { texts } from '../texts.ts';
import { reading, subject } from './subject.ts';

const HEIGHT = 160;
const STEP = 34;
const BAR = 24;
const FOOT = 24;
const HEAD = 20;

/** As much of a name as there is room for under a bar. */
const shortened = (name: string): string => (name.length > 4 ? `${name.slice(0, 3)}…` : name);

export function Probabilities() {
  const text = textsIn(texts);
  const classes = Math.max(2, model.value?.outputs ?? 10);
  const read = reading.value;
  const truth = subject.value?.from === 'test' ? subject.value.label : null;
  const width = classes * STEP;
  return (
    <figure class="bars">
      <figcaption>{model.value?.loss === 'perceptron' ? text.scores : text.probabilities}</figcaption>
      <svg
        viewBox={`0 0 ${width} ${HEAD + HEIGHT + FOOT}`}
        role="img"
        aria-label={read === null ? text.noProbabilities : text.probabilitiesLabel([...read.probabilities])}
      >
        {Array.from({ length: classes }, (_, k) => {
          const part = read?.probabilities[k] ?? 0;
          const x = k * STEP + (STEP - BAR) / 2;
          return (
            <g key={k} class={k === read?.said ? 'chosen' : ''} data-part={part.toFixed(4)}>
              <rect class="ground" x={x} y={HEAD} width={BAR} height={HEIGHT} rx="3" />
              <rect
                class="bar"
                x={x}
                y={HEAD + HEIGHT * (1 - part)}
                width={BAR}
                height={HEIGHT * part}
                rx="3"
              />
              {part >= 0.005 && (
                <text class="part" x={x + BAR / 2} y={HEAD + HEIGHT * (1 - part) - 5}>
                  {Math.round(100 * part)}
                </text>
              )}
              <text class={k === truth ? 'class truth' : 'class'} x={x + BAR / 2} y={HEAD + HEIGHT + 18}>
                {shortened(className(k))}
                <title>{className(k)}</title>
              </text>
            </g>
          );
        })}
      </svg>
    </figure>
  );
}
