/** What this tab is doing, in one line, and the buttons that change it. */
import { volunteerWords } from '@shoal/core';
import type { HubPhase, HubView } from '@shoal/worker/browser';
import { language } from '../shared/language.ts';
import { percent, seconds } from './figures.ts';
import { texts } from './texts.ts';
import { join, leave, pause, resume, waitForNext } from './volunteer.ts';

export function Status({ view }: { readonly view: HubView }) {
  const t = texts();
  const { phase, limit, firstGradientMs, slotsLost, standing } = view;
  const kind = kindOf(phase);
  const idle = kind === 'computing' ? idleBecause(standing) : null;
  const title = idle === null ? t.phases[kind] : t.idle[idle].title;
  return (
    <section class={`panel status ${kind}${idle === null ? '' : ' idle'}`} aria-label={title}>
      <div role="status">
        <h1 class="phase">
          <span class="light" aria-hidden="true" />
          <span>
            {title}
            {kind === 'computing' && limit < 100 ? (
              <span class="slowed quiet number"> {t.slowedTo(limit)}</span>
            ) : null}
          </span>
        </h1>
        <Result view={view} />
        {idle === null ? (
          <Note phase={phase} kind={kind} firstGradientMs={firstGradientMs} />
        ) : (
          <p>{t.idle[idle].note}</p>
        )}
      </div>
      {slotsLost > 0 ? <p class="quiet">{t.slotsLost(slotsLost)}</p> : null}
      <Buttons phase={phase} />
    </section>
  );
}

type Kind =
  | Exclude<HubPhase['type'], 'ended'>
  /** Ends that are none to worry about, and all others. */
  | 'over'
  | 'removed'
  | 'failed';

function kindOf(phase: HubPhase): Kind {
  if (phase.type !== 'ended') return phase.type;
  if (phase.why === 'finished') return 'over';
  return phase.why === 'removed' ? 'removed' : 'failed';
}

/** Why nothing that is computed here counts; null as long as something does, or nobody can say. */
function idleBecause(standing: HubView['standing']): keyof ReturnType<typeof texts>['idle'] | null {
  const help = standing?.help ?? 'unknown';
  return help === 'unknown' || help === 'counts' || standing?.state !== 'training' ? null : help;
}

/** Of the run that was the last one, as long as no other has begun. */
function Result({ view: { standing } }: { readonly view: HubView }) {
  const t = texts();
  if (standing === null || standing.reason === '') return null;
  const { testAccuracy, reason, facts = [] } = standing;
  const words = volunteerWords(facts, language.value);
  return (
    <>
      {testAccuracy === null ? null : <p class="result">{t.result(percent(testAccuracy, language.value))}</p>}
      <Words words={words} otherwise={reason} />
    </>
  );
}

/** What was told, in the page's language; where this page has no words for it, as it was told, in English. */
function Words({ words, otherwise }: { readonly words: string | null; readonly otherwise: string }) {
  return words === null ? (
    <p class="quiet words" lang="en">
      {otherwise}
    </p>
  ) : (
    <p class="quiet words">{words}</p>
  );
}

type NoteProps = {
  readonly phase: HubPhase;
  readonly kind: Kind;
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
  const why = phase.type === 'reconnecting' ? phase.why : phase.type === 'ended' ? phase.fact : null;
  return (
    <>
      {phase.type === 'silent' ? <p>{t.silentFor(phase.seconds)}</p> : null}
      {kind === 'failed' || kind === 'silent' ? null : <p>{t.phaseNotes[kind]}</p>}
      {phase.type === 'ended' && kind === 'failed' && phase.why !== null ? <p>{t.ends[phase.why]}</p> : null}
      {why === null || kind === 'over' || kind === 'removed' ? null : (
        <Words words={volunteerWords([why], language.value)} otherwise="" />
      )}
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
    case 'silent':
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
          <EndButton kind={kindOf(phase)} />
        </div>
      );
  }
}

/** Whoever was sent away is not urged to come back. */
function EndButton({ kind }: { readonly kind: Kind }) {
  const t = texts();
  if (kind === 'removed') {
    return (
      <button type="button" onClick={join}>
        {t.letInAgain}
      </button>
    );
  }
  return (
    <button type="button" class="primary" onClick={kind === 'over' ? waitForNext : join}>
      {kind === 'over' ? t.waitForNext : t.joinAgain}
    </button>
  );
}
