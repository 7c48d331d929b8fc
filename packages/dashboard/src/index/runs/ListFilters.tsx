/** What of the runs is listed: search, filters, and which is the best. */
import type { Facet } from '@shoal/core';
import { useId } from 'preact/hooks';
import { frameTexts } from '../texts.ts';
import { RANKED_FIGURES, writeFigure } from './figures.ts';
import { ask, clearFilters, isFiltered, type ListQuery, list, query } from './listStore.ts';
import { runsTexts } from './texts.ts';

export function ListFilters({ onOpen }: { readonly onOpen: (runId: string) => void }) {
  const t = runsTexts();
  const asked = query.value;
  const facets = list.value?.facets;
  const { states } = frameTexts();
  const help = useId();
  return (
    <search class="filters">
      <label class="field inline">
        <span>{t.search}</span>
        <input
          type="search"
          value={asked.search}
          aria-describedby={help}
          onInput={({ currentTarget }) => ask({ search: currentTarget.value })}
        />
      </label>
      <Choice
        label={t.state}
        field="state"
        facets={facets?.states ?? []}
        write={(state) => (Object.hasOwn(states, state) ? states[state as keyof typeof states] : state)}
      />
      <Choice label={t.data} field="data" facets={facets?.data ?? []} />
      <Choice label={t.tag} field="tag" facets={facets?.tags ?? []} />
      <label class="field inline">
        <span>{t.archived}</span>
        <select
          value={asked.archived}
          onChange={({ currentTarget }) => ask({ archived: currentTarget.value as ListQuery['archived'] })}
        >
          <option value="no">{t.archivedNo}</option>
          <option value="too">{t.archivedToo(facets?.archived ?? 0)}</option>
          <option value="only">{t.archivedOnly(facets?.archived ?? 0)}</option>
        </select>
      </label>
      <label class="field inline">
        <span>{t.bestBy}</span>
        <select
          value={asked.best}
          onChange={({ currentTarget }) => ask({ best: currentTarget.value as ListQuery['best'] })}
        >
          <option value="">{t.bestByNone}</option>
          {RANKED_FIGURES.map((figure) => (
            <option key={figure} value={figure}>
              {t.figures[figure]}
            </option>
          ))}
        </select>
      </label>
      {isFiltered(asked) ? (
        <button type="button" onClick={clearFilters}>
          {t.clearFilters}
        </button>
      ) : null}
      <p id={help} class="quiet">
        {t.searchHelp}
      </p>
      <Best onOpen={onOpen} />
    </search>
  );
}

type ChoiceProps = {
  readonly label: string;
  readonly field: 'state' | 'data' | 'tag';
  readonly facets: readonly Facet[];
  readonly write?: (value: string) => string;
};

function Choice({ label, field, facets, write = (value) => value }: ChoiceProps) {
  const chosen = query.value[field];
  // What was chosen stays to be seen when the last run that had it is gone.
  const all =
    chosen === '' || facets.some(({ value }) => value === chosen)
      ? facets
      : [...facets, { value: chosen, runs: 0 }];
  return (
    <label class="field inline">
      <span>{label}</span>
      <select value={chosen} onChange={({ currentTarget }) => ask({ [field]: currentTarget.value })}>
        <option value="">{runsTexts().any}</option>
        {all.map(({ value, runs }) => (
          <option key={value} value={value}>
            {`${write(value)} (${runs})`}
          </option>
        ))}
      </select>
    </label>
  );
}

function Best({ onOpen }: { readonly onOpen: (runId: string) => void }) {
  const t = runsTexts();
  const { best: figure } = query.value;
  if (figure === '' || list.value === null) return null;
  const { best } = list.value;
  return (
    <p class="best" role="status">
      {best === null ? (
        t.noBest(t.figures[figure])
      ) : (
        <>
          {t.best(t.figures[figure])}{' '}
          <button type="button" class="plain" onClick={() => onOpen(best.runId)}>
            {best.name} <small>{best.runId}</small>
          </button>{' '}
          <b class="number">{writeFigure(figure, best[figure])}</b>
        </>
      )}
    </p>
  );
}
