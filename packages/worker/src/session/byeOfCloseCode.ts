/** What a WebSocket's close code says of why a coordinator ended the connection. */
import { ByeCode, type ByeName } from '@shoal/core';

/** A connection may break before its `bye` is read; the close code says the same. */
export function byeOfCloseCode(
  code: number | null,
): { readonly code: ByeName; readonly message: string } | null {
  for (const [name, bye] of Object.entries(ByeCode)) {
    if (bye.code === code) {
      const message = `The coordinator closed the connection (${name}).`;
      return { code: name as ByeName, message };
    }
  }
  return null;
}
