/// <reference lib="webworker" />
/** Looks into the model, in a thread of its own: whatever it computes, the page stays awake. */
import { unreachable } from '../shared/unreachable.ts';
import { LabError, type LabProblem, problemOf } from './lab/labProblem.ts';
import { ModelLab } from './lab/modelLab.ts';
import { Cancelled, type Pace, paceOf } from './lab/pace.ts';
import type { PageMessage, TaskName, Tasks, WorkerMessage } from './modelMessages.ts';

declare const self: DedicatedWorkerGlobalScope;

type Task = Extract<PageMessage, { readonly type: 'task' }>;

let lab: ModelLab | null = null;
/** Why the model cannot be looked into; null while it can. */
let problem: LabProblem | null = null;
const cancelled = new Set<number>();
const running = new Set<number>();

const say = (message: WorkerMessage): void => self.postMessage(message);

/** Messages are handled between two turns of a channel; a timer would wait four milliseconds each time. */
const channel = new MessageChannel();
const rested: (() => void)[] = [];
channel.port2.onmessage = () => rested.shift()?.();
const rest = (): Promise<void> =>
  new Promise((resolve) => {
    rested.push(resolve);
    channel.port1.postMessage(null);
  });

function paceFor(id: number): Pace {
  return paceOf({
    now: () => performance.now(),
    rest,
    isCancelled: () => cancelled.has(id),
    progress: (done, total) => say({ type: 'progress', id, done, total }),
  });
}

async function answer(one: ModelLab, task: Task): Promise<Tasks[TaskName]['answer']> {
  switch (task.name) {
    case 'read':
      return one.read(task.ask.pixels, task.ask.training);
    case 'set':
      return one.countOf(task.ask.set);
    case 'sample':
      return one.sample(task.ask.index);
    case 'confusion':
      return one.confusion(paceFor(task.id));
    case 'boundary':
      return one.boundary(task.ask.side);
    case 'slope':
      return one.slope(task.ask.choice, task.ask.samples, paceFor(task.id));
    case 'surface':
      return one.surface(task.ask, paceFor(task.id), (surface) =>
        say({ type: 'partly', id: task.id, answer: surface }),
      );
    default:
      return unreachable(task);
  }
}

async function perform(task: Task): Promise<void> {
  const { id } = task;
  running.add(id);
  try {
    if (problem !== null) throw new LabError(problem);
    if (lab === null) throw new LabError({ type: 'noRun' });
    say({ type: 'answer', id, answer: await answer(lab, task) });
  } catch (error) {
    if (error instanceof Cancelled) say({ type: 'cancelled', id });
    else say({ type: 'failed', id, problem: problemOf(error) });
  } finally {
    running.delete(id);
    cancelled.delete(id);
  }
}

/** What is wrong with a run or its parameters is told to whoever asks about them next. */
function prepare(step: () => void): void {
  try {
    step();
  } catch (error) {
    problem = problemOf(error);
  }
}

self.onmessage = ({ data }: MessageEvent<PageMessage>) => {
  switch (data.type) {
    case 'run':
      problem = null;
      lab = null;
      for (const id of running) cancelled.add(id);
      prepare(() => {
        lab = new ModelLab(data.spec);
      });
      return;
    case 'parameters':
      prepare(() => {
        if (lab === null) return;
        lab.useParameters(data.values);
        problem = null;
      });
      return;
    case 'manifest':
      prepare(() => lab?.expectSet(data.set, data.manifest));
      return;
    case 'block':
      prepare(() => lab?.acceptBlock(data.set, data.index, data.content));
      return;
    case 'task':
      void perform(data);
      return;
    case 'cancel':
      if (running.has(data.id)) cancelled.add(data.id);
      return;
    default:
      unreachable(data);
  }
};
