/** How much of this device the run may have, adjustable at any time. */
import { texts } from './texts.ts';
import { chooseLimit, chooseThreads, cores, keepAwake, keepsAwake, limit, threads } from './volunteer.ts';

const hasWakeLock = 'wakeLock' in navigator;

export function Settings() {
  const t = texts();
  return (
    <section class="panel settings" aria-labelledby="settings">
      <h2 id="settings">{t.settings}</h2>
      <label class="field">
        <span>
          {t.limit} <b class="number">{t.limitValue(limit.value)}</b>
        </span>
        <input
          type="range"
          min={10}
          max={100}
          step={10}
          value={limit.value}
          aria-valuetext={t.limitValue(limit.value)}
          onInput={(event) => chooseLimit(Number(event.currentTarget.value))}
        />
      </label>
      <label class="field row">
        <span>{t.threads}</span>
        <select value={threads.value} onChange={(event) => chooseThreads(Number(event.currentTarget.value))}>
          {Array.from({ length: cores }, (_, i) => i + 1).map((count) => (
            <option key={count} value={count}>
              {count}
            </option>
          ))}
        </select>
        <span class="quiet">{t.threadsOf(cores)}</span>
      </label>
      {hasWakeLock ? (
        <label class="field row">
          <input
            type="checkbox"
            checked={keepsAwake.value}
            onChange={(event) => keepAwake(event.currentTarget.checked)}
          />
          <span>{t.awake}</span>
        </label>
      ) : null}
    </section>
  );
}
