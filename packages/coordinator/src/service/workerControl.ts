/** What an operator may do to workers: those of the run, those who were removed, those of this machine. */
import type { ControlFact, LocalAction } from '@shoal/core';
import type { Access } from '../access/access.ts';
import type { NewsStream } from '../news/news.ts';
import type { ActiveRun } from '../run/activeRun.ts';
import { LOCAL_WORKERS_MAX, type LocalWorkers } from '../run/local/localWorkers.ts';
import {
  ControlError,
  type RemovedWorker,
  type WorkerAction,
  type WorkersControl,
} from '../server/coordinatorControl.ts';
import { isChecked } from '../transition/model/belief.ts';
import type { WorkerState } from '../transition/model/worker.ts';
import type { Coordinator } from './coordinator.ts';
import type { Reception } from './reception.ts';
import { goingOn } from './runControl.ts';

export type WorkerControlOptions = {
  readonly coordinator: Pick<Coordinator, 'current' | 'notice'>;
  readonly reception: Pick<Reception, 'removals' | 'ownToken'>;
  readonly locals: Pick<LocalWorkers, 'act' | 'add'>;
  readonly access: Access;
  readonly news: NewsStream;
};

const POISON_STAYS =
  'No answers are checked in this run, so that poison would stay in the model. Switch checking on first, or say that it may ("unchecked": true).';

export class WorkerControl implements WorkersControl {
  readonly #options: WorkerControlOptions;

  constructor(options: WorkerControlOptions) {
    this.#options = options;
  }

  /** @returns what was decided. @throws ControlError */
  control(id: number, action: WorkerAction): ControlFact {
    const run = goingOn(this.#options.coordinator.current);
    const worker = run.state.workers.get(id);
    if (worker === undefined) {
      throw new ControlError('noSuchWorker', `No worker has number ${id}: it has left.`);
    }
    const { name } = worker;
    switch (action) {
      case 'pause':
        run.control({ type: 'mode', worker: id, mode: 'paused' });
        return { type: 'workerPaused', name };
      case 'continue':
        run.control({ type: 'mode', worker: id, mode: 'working' });
        return { type: 'workerContinues', name };
      case 'drain':
        run.control({ type: 'mode', worker: id, mode: 'draining' });
        return { type: 'workerDrains', name };
      case 'remove':
        return this.#remove(run, worker);
    }
  }

  #remove(run: ActiveRun, { id, identity, name }: WorkerState): ControlFact {
    // A worker of this machine is started again from here, if at all.
    const known = run.workers.registered.get(id);
    const isLocal = known?.isLocal === true;
    if (known !== undefined && !isLocal) {
      this.#options.reception.removals.add(known.hello.identity, identity, name);
    }
    run.control({ type: 'remove', worker: id });
    this.#revokeOwn(id);
    return { type: 'workerRemoved', name, staysAway: !isLocal };
  }

  /** Whoever was sent away does not come back with a credential either. */
  #revokeOwn(connection: number): void {
    const { coordinator, reception, access } = this.#options;
    const token = reception.ownToken(connection);
    if (token === null) return;
    access
      .revoke({ token })
      .catch((error: Error) =>
        coordinator.notice({ type: 'credentialNotRevoked', problem: error.message.replace(/\.$/, '') }),
      );
  }

  get removed(): readonly RemovedWorker[] {
    return this.#options.reception.removals.list;
  }

  letIn(id: number): ControlFact {
    const name = this.#options.reception.removals.forgive(id);
    if (name === null) throw new ControlError('notRemoved', `Nobody of number ${id} was removed.`);
    return this.#decided({ type: 'workerLetIn', name });
  }

  controlLocal(name: string, action: LocalAction, unchecked: boolean): ControlFact {
    const run = this.#options.coordinator.current;
    const nothingIsChecked = run !== null && run.ended === null && !isChecked(run.state.trust.policy);
    if (action === 'poison' && nothingIsChecked && !unchecked) {
      throw new ControlError('poisonStays', POISON_STAYS);
    }
    const done = this.#options.locals.act(name, action, nothingIsChecked ? 'checked' : 'suspected');
    switch (done.type) {
      case 'unknown':
        throw new ControlError('noSuchLocal', `There is no local worker "${name.slice(0, 64)}".`);
      case 'notRunning':
        throw new ControlError('localNotRunning', `${name} is not running any more: restore it first.`);
      case 'done':
        return this.#decided(done.fact);
    }
  }

  addLocal(): ControlFact {
    const name = this.#options.locals.add();
    if (name === null) {
      const message = `There are ${LOCAL_WORKERS_MAX} local workers already, which is the limit.`;
      throw new ControlError('localsMax', message);
    }
    return this.#decided({ type: 'localStarted', name });
  }

  #decided(fact: ControlFact): ControlFact {
    this.#options.news.publish({ type: 'remark', level: 'info', kind: 'control', facts: [fact] });
    return fact;
  }
}
