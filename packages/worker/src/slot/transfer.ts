/** The buffers of a request that change hands when it is posted to another thread. */
import { unreachable } from '@shoal/core';
import type { SlotRequest } from './slotMessages.ts';

export function transferOf(request: SlotRequest): ArrayBuffer[] {
  switch (request.type) {
    case 'compute': {
      const { numbers, rows, samples } = request;
      const arrays = [
        numbers,
        ...(rows === undefined ? [] : [rows]),
        samples.inputs.values,
        samples.targets.values,
      ];
      // Memory that both see stays where it is.
      return arrays.flatMap(({ buffer }) => (buffer instanceof ArrayBuffer ? [buffer] : []));
    }
    case 'parameters':
      return request.given ? [request.vector.buffer as ArrayBuffer] : [];
    case 'recycle':
      return [request.buffer];
    case 'setup':
    case 'cancel':
      return [];
    default:
      return unreachable(request);
  }
}
