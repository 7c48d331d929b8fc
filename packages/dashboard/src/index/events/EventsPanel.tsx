/** What happened, newest first. */
import type { EventView } from '@shoal/core';
import { useState } from 'preact/hooks';
import { wordsOfEvent } from '../../shared/words.ts';
import { timeOfDay } from '../format.ts';
import { Guarded } from '../shell/Guarded.tsx';
import { events } from '../store.ts';
import './events.css';
import { type EventFilter, filtered } from './filtered.ts';
import { eventTexts } from './texts.ts';

const KINDS: readonly EventView['kind'][] = ['run', 'worker', 'schedule', 'control', 'trust', 'page'];
const LEVELS: readonly EventView['level'][] = ['info', 'warn'];
/** More entries are drawn when they are asked for. */
const PAGE = 100;

export function EventsPanel() {
  return (
    <Guarded name="log">
      <Events />
    </Guarded>
  );
}

function Events() {
  const t = eventTexts();
  const [filter, setFilter] = useState<EventFilter>({ text: '', kind: null, level: null });
  const [shown, setShown] = useState(PAGE);
  const all = events.value;
  const fitting = filtered(all, filter, wordsOfEvent);
  return (
    <section class="panel">
      <div class="title">
        <h1>{t.title}</h1>
        <span class="quiet number">{t.shown(fitting.length, all.length)}</span>
      </div>
      <div class="filters">
        <label class="field inline grow">
          <span>{t.contains}</span>
          <input
            type="search"
            value={filter.text}
            onInput={({ currentTarget }) => setFilter({ ...filter, text: currentTarget.value })}
          />
        </label>
        <Choice
          label={t.kind}
          options={KINDS}
          names={t.kinds}
          value={filter.kind}
          onChoose={(kind) => setFilter({ ...filter, kind })}
        />
        <Choice
          label={t.level}
          options={LEVELS}
          names={t.levels}
          value={filter.level}
          onChoose={(level) => setFilter({ ...filter, level })}
        />
      </div>
      {fitting.length === 0 ? <p class="quiet">{all.length === 0 ? t.none : t.noneFits}</p> : null}
      <ol class="events">
        {fitting.slice(0, shown).map((event) => (
          <Entry key={event.id} event={event} />
        ))}
      </ol>
      {fitting.length > shown ? (
        <button type="button" onClick={() => setShown(shown + PAGE)}>
          {t.older}
        </button>
      ) : null}
    </section>
  );
}

function Entry({ event }: { readonly event: EventView }) {
  const t = eventTexts();
  return (
    <li class={event.level}>
      <time class="quiet number" dateTime={new Date(event.at).toISOString()}>
        {timeOfDay(event.at)}
      </time>
      <span class="kind">{t.kinds[event.kind]}</span>
      <span>
        {event.level === 'warn' ? <b class="level">{t.levels.warn} </b> : null}
        {wordsOfEvent(event)}
      </span>
    </li>
  );
}

type ChoiceProps<T extends string> = {
  readonly label: string;
  readonly options: readonly T[];
  readonly names: Readonly<Record<T, string>>;
  readonly value: T | null;
  readonly onChoose: (value: T | null) => void;
};

function Choice<T extends string>({ label, options, names, value, onChoose }: ChoiceProps<T>) {
  const t = eventTexts();
  return (
    <label class="field inline">
      <span>{label}</span>
      <select
        value={value ?? ''}
        onChange={({ currentTarget }) =>
          onChoose(options.find((option) => option === currentTarget.value) ?? null)
        }
      >
        <option value="">{t.any}</option>
        {options.map((option) => (
          <option key={option} value={option}>
            {names[option]}
          </option>
        ))}
      </select>
    </label>
  );
}
