/** How much of this device the run may have, adjustable at any time. */
import type { Device, GpuView } from '@shoal/worker/browser';
import { texts } from './texts.ts';
import {
  chooseDevice,
  chooseLimit,
  chooseThreads,
  cores,
  device,
  keepAwake,
  keepsAwake,
  limit,
  threads,
} from './volunteer.ts';

const hasWakeLock = 'wakeLock' in navigator;

export function Settings({ gpu }: { readonly gpu: GpuView }) {
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
      <DeviceField gpu={gpu} />
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

/** Which processor computes, where there are two; where a plain address hides the second, that is said once. */
function DeviceField({ gpu: { name, state } }: { readonly gpu: GpuView }) {
  const t = texts();
  if (state === 'none') return isSecureContext ? null : <p class="quiet">{t.gpuNeedsHttps}</p>;
  const options: readonly Device[] = ['auto', 'processor', 'gpu'];
  return (
    <>
      <label class="field row">
        <span>{t.device}</span>
        <select value={device.value} onChange={(event) => chooseDevice(event.currentTarget.value as Device)}>
          {options.map((option) => (
            <option key={option} value={option}>
              {t.devices[option]}
            </option>
          ))}
        </select>
      </label>
      <p class="quiet" data-gpu={state}>
        {t.gpuStates[state](name ?? '')}
      </p>
    </>
  );
}
