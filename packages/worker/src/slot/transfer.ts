/** The buffers of a request that change hands when it is posted to another thread. */
import { unreachable } from '@shoal/core';
import type { SlotRequest } from './slotMessages.ts';

export function transferOf(request: SlotRequest): ArrayBuffer[] {
  switch (request.type) {
    case 'compute': {
      const { numbers, samples } = request;
      return [numbers, samples.inputs.values, samples.targets.values].map(
        (array) => array.buffer as ArrayBuffer,
      );
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
