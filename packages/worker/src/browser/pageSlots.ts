/** Slot workers that the page makes for its hub, in browsers where a worker may have no workers of its own. */
import type { HubCommand, HubReport } from './hubMessages.ts';
import type { SlotPort, SlotReply } from './slotMessages.ts';
import { type SlotThreadEvents, type SpawnSlot, sentenceOf } from './webSlot.ts';

/* ── In the hub ────────────────────────────────────────────────────────── */

export class SlotsOfPage {
  readonly #tell: (report: HubReport, transfer: Transferable[]) => void;
  readonly #failed = new Map<number, SlotThreadEvents['onFailed']>();
  #next = 1;

  constructor(tell: (report: HubReport, transfer: Transferable[]) => void) {
    this.#tell = tell;
  }

  readonly spawn: SpawnSlot = ({ onReply, onFailed }) => {
    const slot = this.#next;
    this.#next += 1;
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }: MessageEvent<SlotReply>) => onReply(data);
    this.#failed.set(slot, onFailed);
    this.#tell({ type: 'openSlot', slot, port: port2 }, [port2]);
    return {
      readsAtOnce: false,
      post: (command, transfer) => port1.postMessage(command, [...transfer]),
      end: () => {
        this.#failed.delete(slot);
        port1.close();
        this.#tell({ type: 'closeSlot', slot }, []);
      },
    };
  };

  failed(slot: number, reason: string): void {
    this.#failed.get(slot)?.(reason);
  }
}

/* ── On the page ───────────────────────────────────────────────────────── */

export type PageSlots = {
  /** @returns whether the report was about a slot */
  take(report: HubReport): boolean;
};

export function openPageSlots(create: () => Worker, tellHub: (command: HubCommand) => void): PageSlots {
  const workers = new Map<number, Worker>();
  return {
    take: (report) => {
      switch (report.type) {
        case 'openSlot': {
          const { slot, port } = report;
          const worker = create();
          worker.onerror = (event) => tellHub({ type: 'slotFailed', slot, reason: sentenceOf(event) });
          const message: SlotPort = { type: 'port', port };
          worker.postMessage(message, [port]);
          workers.set(slot, worker);
          return true;
        }
        case 'closeSlot':
          workers.get(report.slot)?.terminate();
          workers.delete(report.slot);
          return true;
        default:
          return false;
      }
    },
  };
}
