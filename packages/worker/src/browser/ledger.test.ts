import type { PartialAnswer, WorkerMessage } from '@shoal/core';
import { expect, test } from 'vitest';
import { Ledger } from './ledger.ts';

const partial: PartialAnswer = {
  type: 'partial',
  lease: 1,
  level: 0,
  index: 0,
  finite: true,
  loss: 1,
  correct: 1,
  count: 2,
  vector: new Uint8Array(8),
  checksum: 0,
  computeMs: 1,
};

test('every message is booked once, under what it is', () => {
  const ledger = new Ledger();
  const sent: readonly (readonly [WorkerMessage, number])[] = [
    [partial, 1_000],
    [{ ...partial, vector: null }, 200],
    [{ type: 'pong', nonce: 1 }, 3],
    [{ type: 'follow' }, 4],
    [{ type: 'ready' }, 5],
    [{ type: 'leave', reason: 'Enough.' }, 6],
    [{ type: 'failed', lease: 1, code: 'revoked', message: 'Stopped.' }, 7],
  ];
  for (const [message, bytes] of sent) ledger.sent(message, bytes);
  ledger.received(
    { type: 'parameters', version: 1, base: null, checksum: 0, vector: new Uint8Array(8) },
    500,
  );
  ledger.received({ type: 'ping', nonce: 1 }, 9);
  ledger.received({ type: 'revoke', lease: 1 }, 11);
  ledger.block(10_000);
  expect(ledger.view).toEqual({
    sent: { gradients: 1_000, counts: 200, greeting: 0, other: 25 },
    received: { parameters: 500, leases: 0, blocks: 10_000, news: 0, other: 20 },
    saved: 0,
  });
});

test('what vectors travel in saves is told, as far as their length in full is known', () => {
  const ledger = new Ledger();
  const change = { type: 'parameters', version: 2, base: 1, checksum: 0 } as const;
  ledger.sent(partial, 60);
  ledger.vectorBytes = 100;
  ledger.sent(partial, 60);
  ledger.sent({ ...partial, vector: null }, 52);
  ledger.received({ ...change, vector: new Uint8Array(30) }, 80);
  ledger.received({ ...change, base: null, vector: new Uint8Array(100) }, 150);
  expect(ledger.view.saved).toBe(92 + 70);
});
