/** What a WebSocket's close code says of why a coordinator ended the connection. */
import { ByeCode, type ByeName, type FactOf } from '@shoal/core';

/** A connection may break before its `bye` is read; the close code says the same. */
export function byeOfCloseCode(code: number | null): FactOf<'coordinatorSaid'> | null {
  for (const [name, bye] of Object.entries(ByeCode)) {
    if (bye.code === code) return { type: 'coordinatorSaid', code: name as ByeName, message: '' };
  }
  return null;
}
