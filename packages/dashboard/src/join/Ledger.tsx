/** The answer to "what leaves my computer?", and every byte that came or went, by what it was. */
import type { LedgerView } from '@shoal/worker/browser';
import { language, textsIn } from '../shared/language.ts';
import { bytes } from './figures.ts';
import { PRIVACY_TEXTS } from './privacyTexts.ts';
import { texts } from './texts.ts';

export function WhatLeaves({ ledger }: { readonly ledger: LedgerView | null }) {
  const t = texts();
  return (
    <section class="panel" aria-labelledby="leaves">
      <h2 id="leaves">{t.whatLeaves}</h2>
      <p>{t.whatLeavesAnswer}</p>
      <ul class="quiet">
        {Object.entries(textsIn(PRIVACY_TEXTS)).map(([name, sentence]) => (
          <li key={name}>{sentence}</li>
        ))}
      </ul>
      {ledger === null ? null : <Account ledger={ledger} />}
    </section>
  );
}

function Account({ ledger }: { readonly ledger: LedgerView }) {
  const t = texts();
  const { sent, received, saved } = ledger;
  return (
    <div class="accounts">
      {saved === 0 ? null : <p class="saved">{t.saved(bytes(saved, language.value))}</p>}
      <Side
        title={t.sent}
        rows={[
          [t.ledger.gradients, sent.gradients],
          [t.ledger.counts, sent.counts],
          [t.ledger.greeting, sent.greeting],
          [t.ledger.otherSent, sent.other],
        ]}
      />
      <Side
        title={t.received}
        rows={[
          [t.ledger.blocks, received.blocks],
          [t.ledger.parameters, received.parameters],
          [t.ledger.leases, received.leases],
          [t.ledger.news, received.news],
          [t.ledger.otherReceived, received.other],
        ]}
      />
    </div>
  );
}

type Row = readonly [what: string, bytes: number];

function Side({ title, rows }: { readonly title: string; readonly rows: readonly Row[] }) {
  const total = rows.reduce((sum, [, count]) => sum + count, 0);
  return (
    <table class="account">
      <thead>
        <tr>
          <th scope="col">{title}</th>
          <th scope="col" class="number">
            {bytes(total, language.value)}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([what, count]) => (
          <tr key={what}>
            <th scope="row">{what}</th>
            <td class="number">{bytes(count, language.value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
