/** What this tab is doing, in one line, and the buttons that change it. */
import type { HubPhase, HubView } from '@shoal/worker/browser';
import { language } from '../shared/language.ts';
import { percent, seconds } from './figures.ts';
import { texts } from './texts.ts';
import { join, leave, pause, resume, waitForNext } from './volunteer.ts';

export function Status({ view }: { readonly view: HubView }) {
  const t = texts();
  const { phase, limit, firstGradientMs, slotsLost } = view;
  const kind = phase.type === 'ended' ? (phase.over ? 'over' : 'failed') : phase.type;
  return (
    <section class={`panel status ${kind}`} aria-label={t.phases[kind]}>
      <div role="status">
        <h1 class="phase">
          <span class="light" aria-hidden="true" />
          <span>
            {t.phases[kind]}
            {kind === 'computing' && limit < 100 ? (
              <span class="slowed quiet number"> {t.slowedTo(limit)}</span>
            ) : null}
          </span>
        </h1>
        <Result view={view} />
        <Note phase={phase} kind={kind} firstGradientMs={firstGradientMs} />
      </div>
      {slotsLost > 0 ? <p class="quiet">{t.slotsLost(slotsLost)}</p> : null}
      <Buttons phase={phase} />
    </section>
  );
}

/** Of the run that was the last one, as long as no other has begun. */
function Result({ view: { standing } }: { readonly view: HubView }) {
  const t = texts();
  if (standing === null || standing.reason === '') return null;
  const { testAccuracy, reason } = standing;
  return (
    <>
      {testAccuracy === null ? null : <p class="result">{t.result(percent(testAccuracy, language.value))}</p>}
      <p class="quiet words" lang="en">
        {reason}
      </p>
    </>
  );
}

type NoteProps = {
  readonly phase: HubPhase;
  readonly kind: Exclude<HubPhase['type'], 'ended'> | 'over' | 'failed';
  readonly firstGradientMs: number | null;
};

function Note({ phase, kind, firstGradientMs }: NoteProps) {
  const t = texts();
  if (kind === 'computing') {
    if (firstGradientMs === null) return <p class="quiet">{t.phaseNotes.connecting}</p>;
    return (
      <p class="quiet" data-first-gradient-ms={firstGradientMs}>
        {t.firstGradient(seconds(firstGradientMs, language.value))}
      </p>
    );
  }
  return (
    <>
      {kind === 'failed' ? null : <p>{t.phaseNotes[kind]}</p>}
      {'message' in phase && kind !== 'over' ? (
        <p class="quiet words" lang="en">
          {phase.message}
        </p>
      ) : null}
    </>
  );
}

function Buttons({ phase }: { readonly phase: HubPhase }) {
  const t = texts();
  const going = (
    <button type="button" onClick={leave}>
      {t.leave}
    </button>
  );
  switch (phase.type) {
    case 'connecting':
    case 'computing':
    case 'reconnecting':
      return (
        <div class="buttons">
          <button type="button" onClick={pause}>
            {t.pause}
          </button>
          {going}
        </div>
      );
    case 'waiting':
      return <div class="buttons">{going}</div>;
    case 'paused':
      return (
        <div class="buttons">
          <button type="button" class="primary" onClick={resume}>
            {t.resume}
          </button>
          {going}
        </div>
      );
    case 'left':
      return (
        <div class="buttons">
          <button type="button" class="primary" onClick={join}>
            {t.joinAgain}
          </button>
        </div>
      );
    case 'ended':
      return (
        <div class="buttons">
          <button type="button" class="primary" onClick={phase.over ? waitForNext : join}>
            {phase.over ? t.waitForNext : t.joinAgain}
          </button>
        </div>
      );
  }
}
