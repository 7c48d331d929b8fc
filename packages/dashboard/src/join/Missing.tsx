/** One line for what this browser does not offer here. */
import { browserEngineNames } from '@shoal/worker/browser';
import { missingExtras } from './extras.ts';
import { texts } from './texts.ts';

const missing = missingExtras(navigator, browserEngineNames().includes('wasm-relaxed'));

export function Missing() {
  const t = texts();
  if (missing.length === 0) return null;
  const list = missing.map((extra) => t.missingExtras[extra]).join(t.andSeparator);
  return (
    <p class="quiet missing">
      {t.missing(list)} {isSecureContext ? '' : t.insecure}
    </p>
  );
}
