/** What the page knows, as signals. The feed writes them, the parts of the page read them, and nobody else writes. */
import { batch, computed, effect, signal } from '@preact/signals';
import type {
  ClusterView,
  EpochRecord,
  EventView,
  JoinInfo,
  LocalWorkerView,
  QueueView,
  Role,
  RunsMark,
  RunView,
  StepColumns,
  WatchMessage,
  WorkerView,
} from '@shoal/core';
import { type ConnectionState, Feed } from './feed/feed.ts';
import { EMPTY_QUEUE, type ReplacedLinks, WatchState } from './feed/watchState.ts';
import { keepToken, startSession, token } from './session.ts';

export { api } from './api.ts';
export { ApiError } from './apiError.ts';

export const connection = signal<ConnectionState>({ name: 'connecting' });
export const role = signal<Role | null>(null);
export const version = signal('');
/** The run that is going on, or that was the last one. */
export const run = signal<RunView | null>(null);
export const epochs = signal<readonly EpochRecord[]>([]);
/** Columns that grow in place: a new object for every change, the same arrays inside. */
export const steps = signal<StepColumns>(new WatchState().steps);
export const workers = signal<readonly WorkerView[]>([]);
export const locals = signal<readonly LocalWorkerView[]>([]);
/** Oldest first. */
export const events = signal<readonly EventView[]>([]);
/** How many runs there are; another `change` means another list. */
export const runs = signal<RunsMark>({ count: 0, change: 0 });
export const join = signal<JoinInfo | null>(null);
/** Links that stood on this page and hold no longer, or not for long; null as long as there were none. */
export const replacedLinks = signal<ReplacedLinks | null>(null);
/** The scene of the lecture that the operator shows, as the coordinator has told it; null while none is shown. */
export const sharedScene = signal<string | null>(null);
/** Whether samples of the data set may be read with the link that was opened. */
export const readsData = signal(true);
/** What waits behind the run that goes on. */
export const queue = signal<QueueView>(EMPTY_QUEUE);
/** How the coordinator stands among those of its cluster; null where it is alone. */
export const cluster = signal<ClusterView | null>(null);

/** Of the coordinator that this page was loaded from, as far as it is known; a later one has a page of its own. */
let loadedFrom = '';
export const outdated = computed(
  () => loadedFrom !== '' && version.value !== '' && version.value !== loadedFrom,
);

/** Whether the one who looks may also control. */
export const operates = computed(() => role.value === 'operator');

function show(state: WatchState): void {
  const { view } = state;
  batch(() => {
    role.value = view.role;
    if (loadedFrom === '') loadedFrom = view.version;
    version.value = view.version;
    run.value = view.run;
    epochs.value = view.epochs;
    steps.value = state.steps;
    workers.value = view.workers;
    locals.value = view.locals;
    events.value = view.events;
    runs.value = view.runs;
    join.value = view.join;
    replacedLinks.value = view.replaced;
    sharedScene.value = view.scene;
    readsData.value = view.readsData;
    cluster.value = view.cluster;
    queue.value = view.queue;
  });
}

/**
 * Follows the coordinator with whatever token the session has. Called once, by the entry.
 * @param isPlace which fragments of the address are places of the page, and no tokens
 */
export function startStore(isPlace: (fragment: string) => boolean = () => false): void {
  startSession(isPlace);
  effect(() => {
    const given = token.value;
    if (given === null) return;
    const state = new WatchState();
    const feed = new Feed({
      token: given,
      have: () => state.have,
      hear: (messages: readonly WatchMessage[]) => {
        for (const message of messages) state.apply(message);
        show(state);
      },
      connection: (changed) => {
        connection.value = changed;
        if (changed.name === 'refused') keepToken(null);
      },
    });
    feed.open();
    return () => {
      feed.close();
      show(new WatchState());
    };
  });
}
