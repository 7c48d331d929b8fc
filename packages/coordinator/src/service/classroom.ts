/** What those see who were invited to compute: what is trained and for whom, the scene of a lecture, and who has done most. */
import { aboutIn, type Invitation, RANKING_MAX, type RunView, type WorkerView } from '@shoal/core';
import type { NewsStream } from '../news/news.ts';
import type { ClassroomControl } from '../server/coordinatorControl.ts';

export type ClassroomOptions = {
  /** Who invites others to compute, in words for them; null where nothing is said. */
  readonly by: string | null;
  readonly run: () => RunView | null;
  readonly workers: () => readonly WorkerView[];
  readonly news: NewsStream;
};

type Places = NonNullable<Invitation['ranking']>;

export class Classroom implements ClassroomControl {
  readonly #options: ClassroomOptions;
  #scene: string | null = null;
  #showsRanking = false;
  /** The latest of a run, which its workers leave when it ends. */
  #latest: { readonly runId: string; readonly places: Places } | null = null;

  constructor(options: ClassroomOptions) {
    this.#options = options;
  }

  get invitation(): Invitation {
    const { by } = this.#options;
    const run = this.#options.run();
    return {
      by,
      scene: this.#scene,
      run: run === null ? null : invitedTo(run),
      ranking: this.#showsRanking ? this.#ranking(run?.runId ?? '') : null,
    };
  }

  #ranking(runId: string): Places {
    const places = rankingOf(this.#options.workers());
    if (places.length > 0) this.#latest = { runId, places };
    return this.#latest?.runId === runId ? this.#latest.places : places;
  }

  get scene(): string | null {
    return this.#scene;
  }

  showScene(scene: string | null): void {
    if (scene === this.#scene) return;
    this.#scene = scene;
    this.#options.news.publish({ type: 'lecture', scene });
  }

  showRanking(isShown: boolean): void {
    this.#showsRanking = isShown;
  }
}

/** What is shown to whoever may join and has not yet. */
function invitedTo({ spec, dataSet, state, workers, parameters, epoch }: RunView): Invitation['run'] {
  const { name, epochs } = spec;
  const about = { en: aboutIn(spec, 'en'), zh: aboutIn(spec, 'zh') };
  return { name, about, dataSet: dataSet.name, parameters, state, workers, epoch, epochs };
}

/** Of those who came, not of the coordinator's own. */
function rankingOf(workers: readonly WorkerView[]): Places {
  return workers
    .filter(({ local, samples }) => !local && samples > 0)
    .map(({ name, samples }) => ({ name, samples }))
    .sort((a, b) => b.samples - a.samples)
    .slice(0, RANKING_MAX);
}
