/** Scripted scenarios: what goes wrong, said in a few lines. What then happens is in `transcripts/`, to be read. */
import type { Stage } from './stage.ts';

export type Scenario = {
  readonly name: string;
  /** What a reader of the transcript should look for. */
  readonly about: string;
  readonly play: (stage: Stage) => Promise<void>;
};

const atStep = (stage: Stage, done: number): Promise<void> =>
  stage.until(`all worked on step ${done + 1}`, () => stage.stepsDone === done && stage.allAtWork);

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'worker_dies_holding_the_last_lease',
    about:
      'All of step 2 is answered but what ben holds, and ben dies. His connection is reset, his lease goes to ada, ' +
      'and the step ends with each sample counted once. Nobody waits for a timeout.',
    play: async (stage) => {
      const ada = stage.hire('ada', 20);
      const ben = stage.hire('ben', 25);
      stage.coordinator.start();
      ada.start();
      ben.start();
      await stage.until(
        'only ben holds a lease of step 2',
        () => stage.stepsDone === 1 && stage.holders.join() === 'ben',
      );
      stage.note('only ben still computes');
      ben.crash();
      await stage.end();
    },
  },
  {
    name: 'coordinator_restarts_mid_step',
    about:
      'The coordinator dies in the middle of step 3 and is started again. It goes on from the checkpoint after step ' +
      '2; the workers come back by themselves, prove their bits again, and step 3 is done from its beginning.',
    play: async (stage) => {
      const { coordinator } = stage;
      const workers = [stage.hire('ada', 20), stage.hire('ben', 30)];
      coordinator.start();
      for (const worker of workers) worker.start();
      await atStep(stage, 2);
      await stage.pause(50);
      coordinator.crash();
      await stage.pause(300);
      coordinator.start();
      await stage.end();
    },
  },
  {
    name: 'slow_worker_is_outrun',
    about:
      'In step 2 ben becomes forty times slower. Once his lease is late, ada computes it as well; her answer comes ' +
      'first and counts, his lease is revoked, and he is known to be slow: step 3 does not wait for him.',
    play: async (stage) => {
      const ada = stage.hire('ada', 20);
      const ben = stage.hire('ben', 20);
      stage.coordinator.start();
      ada.start();
      ben.start();
      await stage.until('step 1 is done', () => stage.stepsDone === 1);
      stage.note('ben becomes forty times slower');
      ben.slowness = 40;
      await stage.end();
    },
  },
  {
    name: 'partition_heals_after_regrant',
    about:
      'In step 2 nothing passes between ben and the coordinator for three seconds; neither side hears that anything ' +
      'is wrong. His lease is late and ada computes it as well. When the line heals, his answer comes, is for a ' +
      'step that is over, and changes nothing.',
    play: async (stage) => {
      const ada = stage.hire('ada', 20);
      const ben = stage.hire('ben', 20);
      stage.coordinator.start();
      ada.start();
      ben.start();
      await atStep(stage, 1);
      const line = ben.link;
      if (line === null) throw new Error('ben is not connected.');
      stage.note("ben's line stalls");
      line.quality.latencyMs = 3000;
      await stage.until('ada has done step 2', () => stage.stepsDone === 2);
      line.quality.latencyMs = 2;
      stage.note("ben's line is as before; what was on its way still comes, in order");
      ada.slowness = 60;
      stage.note('ada becomes slow, so that the run lasts until then');
      await stage.end();
    },
  },
  {
    name: 'worker_joins_mid_step',
    about:
      'ada has all of step 1 to herself, 300 ms a microbatch. ben joins, proves his bits with the probe, and takes ' +
      'what ada does not hold yet, pixels included since he has no data set; from step 2 on both share evenly.',
    play: async (stage) => {
      const ada = stage.hire('ada', 300);
      stage.coordinator.start();
      ada.start();
      await stage.until('ada works on step 1', () => stage.holders.includes('ada'));
      await stage.pause(100);
      stage.hire('ben', 300).start();
      await stage.end();
    },
  },
  {
    name: 'not_finite_is_asked_twice',
    about:
      'In step 2 ben claims that his sum is not finite, as faulty memory might. One such word ends no run: ada ' +
      'computes the same microbatches, finds them finite, and the run goes on.',
    play: async (stage) => {
      const ada = stage.hire('ada', 20);
      const ben = stage.hire('ben', 20);
      stage.coordinator.start();
      ada.start();
      ben.start();
      await atStep(stage, 1);
      ben.doubtNext = true;
      await stage.end();
    },
  },
  {
    name: 'damaged_gradient_is_noticed',
    about:
      'In step 2 one bit of a gradient from ben is flipped on the way. The checksum does not fit, his connection is ' +
      'closed with that reason, his lease goes to ada, and ben comes back by himself.',
    play: async (stage) => {
      const ada = stage.hire('ada', 120);
      const ben = stage.hire('ben', 120);
      stage.coordinator.start();
      ada.start();
      ben.start();
      await atStep(stage, 1);
      ben.damageNext = true;
      await stage.end();
    },
  },
];
