/** Tells the coordinator's log what went wrong on this page. */
import { reasonOf } from '@shoal/core';
import { api } from './api.ts';
import { placeIn } from './failurePlace.ts';

/** One page tells so much: what fails with every step says nothing new. */
const REPORTS_MAX = 10;
const TEXT_MAX = 400;

const told = new Set<string>();

/** Once for each failure of a part, which is named in small letters and dashes. */
export function reportFailure(card: string, error: unknown): void {
  const message = reasonOf(error).slice(0, TEXT_MAX);
  const key = `${card} ${message}`;
  if (told.has(key) || told.size >= REPORTS_MAX) return;
  told.add(key);
  const at = error instanceof Error ? placeIn(error.stack) : null;
  // Whoever cannot be told has lost the connection, and says so elsewhere.
  api.post('/api/page-errors', { card, message, at }).catch(() => {});
}

/** Failures that no part of the page has caught: of a button, of a timer. */
export function reportStrayFailures(): void {
  window.addEventListener('error', ({ error }) => {
    // Without an error it is a warning of the browser's, such as that sizes are still being observed.
    if (error !== null && error !== undefined) reportFailure('page', error);
  });
  window.addEventListener('unhandledrejection', ({ reason }) => reportFailure('page', reason));
}
