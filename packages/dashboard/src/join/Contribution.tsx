/** What this volunteer has done for the run. */
import type { HubView } from '@shoal/worker/browser';
import { language } from '../shared/language.ts';
import { percent, whole } from './figures.ts';
import { texts } from './texts.ts';

export function Contribution({ view }: { readonly view: HubView }) {
  const t = texts();
  const { standing } = view;
  const counted = standing?.samples ?? 0;
  const inLanguage = language.value;
  return (
    <section class="panel contribution" aria-labelledby="part">
      <h2 id="part">{t.yourPart}</h2>
      <dl>
        <Figure large name={t.samples} value={whole(counted, inLanguage)} />
        <Figure name={t.late} value={whole(standing?.samplesLate ?? 0, inLanguage)} />
        <Figure name={t.share} value={percent(standing?.share ?? 0, inLanguage)} />
        <Figure
          name={t.rank}
          value={
            standing === null || counted === 0
              ? '–'
              : t.rankOf(whole(standing.rank, inLanguage), whole(standing.workers, inLanguage))
          }
        />
        <Figure name={t.speed} value={t.perSecond(whole(standing?.speed ?? 0, inLanguage))} />
        <Figure name={t.leases} value={whole(standing?.leases ?? 0, inLanguage)} />
      </dl>
    </section>
  );
}

type FigureProps = { readonly name: string; readonly value: string; readonly large?: boolean };

function Figure({ name, value, large = false }: FigureProps) {
  return (
    <div class={large ? 'large' : ''}>
      <dt class="quiet">{name}</dt>
      <dd class="number">{value}</dd>
    </div>
  );
}
