/** The room as a volunteer sees it: what is trained and for whom, the scene on the screen, who has done most. */
import { coordinatorUrl } from '../shared/coordinatorUrl.ts';
import { language } from '../shared/language.ts';
import { whole } from './figures.ts';
import { room } from './room.ts';
import { texts } from './texts.ts';
import { address } from './volunteer.ts';

/** Before joining. */
export function WhatFor() {
  const t = texts();
  const known = room.value;
  if (known === null) return null;
  const { by, run } = known;
  return (
    <div class="what-for">
      {by === null ? null : <p class="lead">{t.by(by)}</p>}
      {run === null ? (
        <p>{t.noRunYet}</p>
      ) : (
        <>
          {run.about.en && <p>{t.trainsNow(run.about[language.value])}</p>}
          <p class="quiet">
            {t.trainsWhat(run.name, run.dataSet, whole(run.parameters, language.value))}{' '}
            {t.others(run.workers)}
          </p>
        </>
      )}
    </div>
  );
}

/** The scene of the lecture, small; a page of its own, so that none of its code is loaded without a lecture. */
export function Scene() {
  const t = texts();
  const scene = room.value?.scene ?? null;
  if (scene === null) return null;
  const src = coordinatorUrl('/lecture');
  src.search = '?small';
  src.hash = scene;
  return (
    <section class="panel lecture-now" aria-label={t.lecture}>
      <iframe src={src.href} title={t.lecture} />
    </section>
  );
}

/** The dashboard opens with the same link, at the part that asks the model. */
export function TryModel() {
  const t = texts();
  if (address === null || room.value?.run == null) return null;
  const link = coordinatorUrl('/');
  link.search = '?part=model';
  link.hash = address.token;
  return (
    <p>
      <a class="try" href={link.href} target="_blank" rel="noreferrer">
        {t.tryModel} ↗
      </a>
    </p>
  );
}

export function Ranking() {
  const t = texts();
  const places = room.value?.ranking ?? null;
  if (places === null || places.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="ranking">
      <h2 id="ranking">{t.ranking}</h2>
      <ol class="ranking">
        {places.map(({ name, samples }, place) => (
          // A place keeps its row: Chromium goes on counting rows that are moved. Names may be alike.
          <li key={place}>
            <span>{name}</span> <b class="number">{whole(samples, language.value)}</b>
          </li>
        ))}
      </ol>
    </section>
  );
}
