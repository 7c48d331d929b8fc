/** What a worker hears and says, in words for a trace; null for what a reader can do without. */
import type { CoordinatorSaying, WorkerSaying } from '@shoal/core';

export function heard(message: CoordinatorSaying): string | null {
  switch (message.type) {
    case 'welcome':
      return '← welcome';
    case 'parameters':
      return `← parameters, version ${message.version}`;
    case 'lease': {
      const { lease, task, from, to, leaves, version } = message;
      if (task === 'probe') return '← probe';
      const what = task === 'evaluate' ? 'evaluate ' : '';
      return `← lease ${lease}: ${what}microbatches ${range(from, to)} of ${leaves}, version ${version}`;
    }
    case 'revoke':
      return `← revoke lease ${message.lease}`;
    case 'counted':
      return '← counted: its first answer has entered the sums';
    case 'bye':
      return `← bye, ${message.code}`;
    case 'vouched':
      return `← guest ${message.guest} is vouched for`;
    case 'dismissed':
      return `← guest ${message.guest} is dismissed, ${message.code}`;
    case 'ping':
    case 'coordinators':
    case 'standing':
      return null;
  }
}

export function said(message: WorkerSaying): string | null {
  switch (message.type) {
    case 'hello':
      return '→ hello';
    case 'ready':
      return '→ ready: its leases need no values';
    case 'partial': {
      const { lease, level, index, count, finite } = message;
      if (lease === 0) return '→ answer to the probe';
      const node = range(index * 2 ** level, (index + 1) * 2 ** level);
      return `→ lease ${lease}: sum of microbatches ${node}, ${count} samples${finite ? '' : ', not finite'}`;
    }
    case 'failed':
      return `→ lease ${message.lease} failed: ${message.code}`;
    case 'progress':
      return message.missing > 0
        ? `→ lease ${message.lease}: ${message.missing} bytes missing`
        : `→ lease ${message.lease}: ${message.done} samples so far`;
    case 'leave':
      return `→ leave: ${message.reason}`;
    case 'crew':
      return `→ crew: ${message.workers} workers`;
    case 'guest':
      return `→ guest ${message.guest}: ${message.name}`;
    case 'guestGone':
      return `→ guest ${message.guest} is gone`;
    case 'pong':
    case 'follow':
      return null;
  }
}

/** Microbatches [from, to) as people count them in this project: from 0, both ends named. */
function range(from: number, to: number): string {
  return to - from === 1 ? `${from}` : `${from}–${to - 1}`;
}
