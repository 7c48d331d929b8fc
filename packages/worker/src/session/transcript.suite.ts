/** Drives a session by hand and writes down, one line for each effect, what it asks for. */
import { type CoordinatorMessage, connectionMessage, DEFAULT_LIMITS, unreachable } from '@shoal/core';
import { WORKER_LIMITS, type WorkerLimits } from '../limits.ts';
import type { SlotAnswer } from '../slot/slotMessages.ts';
import type { SessionEffect, SessionEvent } from './events.ts';
import { WorkerSession } from './session.ts';

const ADDRESS = 'http://host:1';

export class Transcript {
  readonly session: WorkerSession;
  now = 0;

  constructor(
    options: {
      readonly threads?: number;
      readonly follows?: boolean;
      readonly sharesData?: boolean;
      readonly limits?: Partial<WorkerLimits>;
    } = {},
  ) {
    this.session = new WorkerSession({
      address: ADDRESS,
      token: 'secret',
      credential: null,
      identity: 'identity-1',
      name: 'ada',
      agent: 'test',
      engines: ['wasm-strict', 'reference'],
      kernels: 'build-1',
      threads: options.threads ?? 1,
      sharesData: options.sharesData ?? false,
      lending: null,
      follows: options.follows ?? false,
      protocolLimits: DEFAULT_LIMITS,
      workerLimits: { ...WORKER_LIMITS, ...options.limits },
    });
  }

  on(event: SessionEvent): string[] {
    return this.effects(event).map(line);
  }

  /** The same, whole: where a line leaves out what matters. */
  effects(event: SessionEvent): SessionEffect[] {
    return this.session.handle(event, this.now);
  }

  hear(message: CoordinatorMessage): string[] {
    return this.on({ type: 'received', message });
  }

  /** The connection breaks; jitter 1/2. No `reason`: it was closed without one. */
  lose(reason: string, code: number | null = 1006): string[] {
    const fact =
      reason === ''
        ? ({ type: 'connectionClosed' } as const)
        : ({ type: 'connectionBroken', reason } as const);
    return this.on({ type: 'disconnected', code, reason: fact, jitter: 0.5 });
  }

  answer(slot: number, answer: SlotAnswer): string[] {
    return this.on({ type: 'slotAnswered', slot, answer });
  }
}

function line(effect: SessionEffect): string {
  switch (effect.type) {
    case 'send':
      return sent(effect.message);
    case 'disconnect':
      return 'disconnect';
    case 'connect':
      return `connect${effect.address === ADDRESS ? '' : ` to ${effect.address}`} after ${effect.afterMs} ms`;
    case 'startSlot':
      return `start slot ${effect.slot} with ${effect.setup.engine}`;
    case 'toSlot': {
      const { request } = effect;
      switch (request.type) {
        case 'parameters':
          return `slot ${effect.slot}: parameters ${request.version}`;
        case 'compute':
          return `slot ${effect.slot}: job ${request.job}, ${request.task} of ${request.from} to ${request.to}, samples ${request.numbers.join(' ')}`;
        case 'cancel':
          return `slot ${effect.slot}: cancel job ${request.job}`;
        default:
          return `slot ${effect.slot}: ${request.type}`;
      }
    }
    case 'loadData':
      return `load data ${effect.load}`;
    case 'fetchBlock':
      return `fetch block ${effect.place.index} of ${effect.place.set}, round ${effect.round}`;
    case 'stopFetching':
      return 'stop fetching';
    case 'relayed':
      return `relayed ${effect.what.type}`;
    case 'show':
      return `show standing: ${effect.standing.state}, rank ${effect.standing.rank}`;
    case 'log':
      return `${effect.level}: ${connectionMessage(effect.fact)}`;
    case 'end':
      return `end ${effect.exitCode}: ${connectionMessage(effect.fact)}`;
    default:
      return unreachable(effect);
  }
}

function sent(message: Extract<SessionEffect, { readonly type: 'send' }>['message']): string {
  switch (message.type) {
    case 'partial': {
      const what = message.finite ? `loss ${message.loss}` : 'not finite';
      return `send partial of lease ${message.lease}: node ${message.level}.${message.index}, ${what}, ${message.correct} of ${message.count} right, ${message.computeMs} ms`;
    }
    case 'failed':
      return `send failed lease ${message.lease}: ${message.code}, ${message.message}`;
    case 'progress':
      return message.missing > 0
        ? `send progress of lease ${message.lease}: ${message.missing} bytes missing`
        : `send progress of lease ${message.lease}: ${message.done} samples, ${message.computeMs} ms`;
    case 'pong':
      return `send pong ${message.nonce}`;
    case 'leave':
      return `send leave ${message.code}: ${message.reason}`;
    default:
      return `send ${message.type}`;
  }
}
