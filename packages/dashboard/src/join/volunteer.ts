/** The page's side of a volunteer: what the person chose, and the hub worker that does everything else. */
import { signal } from '@preact/signals';
import {
  agentName,
  type Device,
  type HubCommand,
  type HubReport,
  type HubView,
  type JoinAddress,
  openPageSlots,
  parseJoinUrl,
} from '@shoal/worker/browser';
import { watchBattery } from './battery.ts';
import { coresOf, defaultThreads } from './extras.ts';
import { forget, identity, keep, kept, newIdentity } from './kept.ts';
import { ScreenLock } from './wakeLock.ts';

const NAME_LENGTH_MAX = 64;

export const cores = coresOf(navigator);
export const view = signal<HubView | null>(null);
/** Between the button and the first sign of the hub; `failed` when its script cannot be loaded. */
export const start = signal<'none' | 'starting' | 'failed'>('none');
export const name = signal(kept('name') ?? '');
export const threads = signal(numberOf(kept('threads'), 1, cores, defaultThreads(cores)));
export const limit = signal(numberOf(kept('limit'), 10, 100, 100));
export const keepsAwake = signal(false);
const DEVICES: readonly string[] = ['auto', 'processor', 'gpu'] satisfies Device[];
export const device = signal<Device>(deviceOf(kept('device')));

const agent = agentName(navigator.userAgent, navigator.maxTouchPoints);
const lock = new ScreenLock(navigator);
const conditions = { hidden: document.hidden, lowBattery: false };
let hub: Worker | null = null;

/** Where to join, from the link's fragment, or as it was before a reload; null without a token. */
export const address: JoinAddress | null = findAddress();

function findAddress(): JoinAddress | null {
  try {
    const found = parseJoinUrl(location.href, location.hash === '' ? kept('token') : null);
    // What was got by another link may have ended with it.
    if (kept('token') !== found.token) forget('credential');
    keep('token', found.token);
    return found;
  } catch {
    return null;
  }
}

function numberOf(text: string | null, least: number, most: number, otherwise: number): number {
  const value = text === null ? Number.NaN : Number(text);
  return Number.isInteger(value) && value >= least && value <= most ? value : otherwise;
}

function deviceOf(text: string | null): Device {
  return DEVICES.includes(text ?? '') ? (text as Device) : 'auto';
}

/** What others see when no name is given. */
export const nameless = `${agent} ${identity().slice(0, 4)}`;

const createSlot = (): Worker =>
  new Worker(new URL('./volunteer.worker.ts', import.meta.url), { type: 'module', name: 'shoal slot' });

function tell(command: HubCommand): void {
  hub?.postMessage(command);
}

function startHub(): void {
  if (hub !== null) return;
  hub = new Worker(new URL('./volunteer.worker.ts', import.meta.url), { type: 'module', name: 'shoal hub' });
  const slots = openPageSlots(createSlot, tell);
  hub.onmessage = ({ data }: MessageEvent<HubReport>) => {
    if (slots.take(data)) return;
    if (data.type === 'view') view.value = data.view;
    if (data.type !== 'credential') return;
    if (data.credential === null) forget('credential');
    else keep('credential', data.credential);
  };
  hub.onerror = () => {
    if (view.value !== null) return;
    hub = null;
    start.value = 'failed';
  };
}

/** Whether this tab was computing before it was reloaded. */
export const wasJoined = kept('joined') !== null;

export function join(): void {
  if (address === null) return;
  start.value = 'starting';
  startHub();
  keep('joined', 'yes');
  keep('name', name.value);
  // Someone else has this identity: this is a duplicate of that tab. What was done goes with an identity, so that
  // nothing else is a reason for another one.
  const phase = view.value?.phase;
  const isDuplicate = phase?.type === 'ended' && phase.why === 'replaced';
  tell({
    type: 'join',
    address,
    identity: isDuplicate ? newIdentity() : identity(),
    credential: kept('credential'),
    name: (name.value.trim() || nameless).slice(0, NAME_LENGTH_MAX),
    agent,
    threads: threads.value,
    device: device.value,
    limit: limit.value,
    conditions: { ...conditions },
    pressedAt: Date.now(),
  });
}

export function leave(): void {
  forget('joined');
  keepAwake(false);
  tell({ type: 'leave' });
}

export const pause = (): void => tell({ type: 'pause' });
export const resume = (): void => tell({ type: 'continue' });
export const waitForNext = (): void => tell({ type: 'wait' });

export function chooseThreads(chosen: number): void {
  threads.value = chosen;
  keep('threads', String(chosen));
  tell({ type: 'threads', threads: chosen });
}

export function chooseDevice(chosen: Device): void {
  device.value = chosen;
  keep('device', chosen);
  tell({ type: 'device', device: chosen });
}

export function chooseLimit(chosen: number): void {
  limit.value = chosen;
  keep('limit', String(chosen));
  tell({ type: 'limit', limit: chosen });
}

export function keepAwake(wanted: boolean): void {
  keepsAwake.value = wanted;
  lock.want(wanted);
}

function changed(part: Partial<typeof conditions>): void {
  Object.assign(conditions, part);
  tell({ type: 'conditions', conditions: { ...conditions } });
}

const tellNetwork = (): void => tell({ type: 'network', online: navigator.onLine });
addEventListener('online', tellNetwork);
addEventListener('offline', tellNetwork);

document.addEventListener('visibilitychange', () => {
  changed({ hidden: document.hidden });
  void lock.renew();
});
watchBattery(navigator as Parameters<typeof watchBattery>[0], (lowBattery) => changed({ lowBattery }));
