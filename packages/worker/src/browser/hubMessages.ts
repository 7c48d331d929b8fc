/** What a page and its hub worker say to each other. */
import type { DisconnectFact, SessionEndFact, Standing } from '@shoal/core';
import type { JoinAddress } from '../joinUrl.ts';
import type { EndReason } from '../session/events.ts';
import type { CurveView } from './curve.ts';
import type { LedgerView } from './ledger.ts';
import type { Conditions } from './throttle.ts';

/* ── Page to hub ───────────────────────────────────────────────────────── */

/** What a person wants: the faster, the processor, or the graphics processor whatever it takes. */
export type Device = 'auto' | 'processor' | 'gpu';

/** What is known of the graphics processor of this device, and why it is not used where it is not. */
export type GpuView = {
  /** Null where the browser offers none. */
  readonly name: string | null;
  readonly state: 'none' | 'used' | 'notWanted' | 'played' | 'slower' | 'lost' | 'exactRun' | 'measuring';
};

export type JoinCommand = {
  readonly type: 'join';
  readonly address: JoinAddress;
  /** 8 to 64 letters, digits or hyphens; kept by the page. */
  readonly identity: string;
  /** What the coordinator has given this tab before, so that a reload replaces the old connection; null without. */
  readonly credential: string | null;
  readonly name: string;
  readonly agent: string;
  readonly threads: number;
  readonly device: Device;
  /** Percent of each thread's processor. */
  readonly limit: number;
  readonly conditions: Conditions;
  /** When the button was pressed, in milliseconds since 1970. */
  readonly pressedAt: number;
};

export type HubCommand =
  | JoinCommand
  /** Leaves the run without leaving the page. */
  | { readonly type: 'pause' }
  | { readonly type: 'continue' }
  | { readonly type: 'leave' }
  /** After the end of a run: tries until there is another. */
  | { readonly type: 'wait' }
  | { readonly type: 'threads'; readonly threads: number }
  | { readonly type: 'limit'; readonly limit: number }
  | { readonly type: 'device'; readonly device: Device }
  | { readonly type: 'conditions'; readonly conditions: Conditions }
  /** Whether the browser says that this device has a network. */
  | { readonly type: 'network'; readonly online: boolean }
  /** A slot that the page made has failed. */
  | { readonly type: 'slotFailed'; readonly slot: number; readonly reason: string };

/* ── Hub to page ───────────────────────────────────────────────────────── */

export type HubPhase =
  | { readonly type: 'connecting' }
  | { readonly type: 'computing' }
  /** Connected, as far as anybody knows, and yet nothing has been heard for so long. */
  | { readonly type: 'silent'; readonly seconds: number }
  | { readonly type: 'reconnecting'; readonly why: DisconnectFact; readonly retryMs: number }
  /** The run is over; the next one is joined when there is one. */
  | { readonly type: 'waiting' }
  | { readonly type: 'paused' }
  | { readonly type: 'left' }
  /** It does not go on by itself. `why` is null where only `fact` says it. */
  | { readonly type: 'ended'; readonly why: EndReason | null; readonly fact: SessionEndFact };

export type RunInHub = {
  readonly runId: string;
  readonly name: string;
  readonly epochs: number;
  readonly engine: string;
};

export type HubView = {
  readonly phase: HubPhase;
  /** The run at hand, or the last one; null before the first. */
  readonly run: RunInHub | null;
  readonly threads: number;
  readonly gpu: GpuView;
  /** Percent in force: what was chosen, or less in a hidden tab or on a low battery. */
  readonly limit: number;
  /** Gradients sent since the page joined. */
  readonly gradients: number;
  /** From the button to the first gradient that was sent, the probe's aside; null before. */
  readonly firstGradientMs: number | null;
  /** Slot workers that had to be replaced. */
  readonly slotsLost: number;
  readonly connections: number;
  readonly ledger: LedgerView;
  readonly standing: Standing | null;
  readonly curve: CurveView;
};

export type HubReport =
  | { readonly type: 'view'; readonly view: HubView }
  /** The coordinator has given this tab a token of its own, to be kept over a reload; null when it holds no longer. */
  | { readonly type: 'credential'; readonly credential: string | null }
  /** Where a worker may have no workers, the page makes the slots: this one, which takes its commands over the port. */
  | { readonly type: 'openSlot'; readonly slot: number; readonly port: MessagePort }
  | { readonly type: 'closeSlot'; readonly slot: number };
