/** What waits behind the run that goes on: its order, and out of the queue. Nothing where nothing waits. */
import { attempt } from '../actions.ts';
import { api, operates, queue } from '../store.ts';
import './sweep.css';
import { sweepTexts } from './texts.ts';

export function QueueCard() {
  const t = sweepTexts();
  const { waiting } = queue.value;
  if (waiting.length === 0) return null;
  const ask = (id: string, body: object): void => {
    void attempt(() => api.post(`/api/queue/${encodeURIComponent(id)}`, body));
  };
  return (
    <section class="panel queue" aria-label={t.queue}>
      <div class="title">
        <h2>{t.queue}</h2>
        <span class="quiet">{t.queueHint}</span>
      </div>
      <ol>
        {waiting.map(({ id, kind, name, trials }, index) => (
          <li key={id}>
            <span class="who">
              <span class="name">{name}</span>
              <small>
                {id} · {t.kinds[kind]}
                {kind === 'sweep' ? ` · ${t.trialsOf(trials)}` : ''}
              </small>
            </span>
            {operates.value ? (
              <span class="buttons tight">
                <button
                  type="button"
                  disabled={index === 0}
                  aria-label={t.on(t.up, `${name} ${id}`)}
                  onClick={() => ask(id, { action: 'move', place: index })}
                >
                  {t.up}
                </button>
                <button
                  type="button"
                  disabled={index === waiting.length - 1}
                  aria-label={t.on(t.down, `${name} ${id}`)}
                  onClick={() => ask(id, { action: 'move', place: index + 2 })}
                >
                  {t.down}
                </button>
                <button
                  type="button"
                  class="danger"
                  aria-label={t.on(t.remove, `${name} ${id}`)}
                  onClick={() => ask(id, { action: 'remove' })}
                >
                  {t.remove}
                </button>
              </span>
            ) : null}
          </li>
        ))}
      </ol>
    </section>
  );
}
