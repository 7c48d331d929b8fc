/** The page: its frame and the part that is chosen. */
import { lazy, Suspense } from 'preact/compat';
import { EventsPanel } from './events/EventsPanel.tsx';
import { JoinPanel } from './join/JoinPanel.tsx';
import { RunPanel } from './run/RunPanel.tsx';
import { RunStrip } from './run/RunStrip.tsx';
import { RunsPanel } from './runs/RunsPanel.tsx';
import { token } from './session.ts';
import { Guarded } from './shell/Guarded.tsx';
import { Header, shownTab } from './shell/Header.tsx';
import { Notices } from './shell/Notices.tsx';
import { TokenForm } from './shell/TokenForm.tsx';
import type { Tab } from './shell/tabs.ts';
import { StartPanel } from './start/StartPanel.tsx';
import { connection, role } from './store.ts';
import { SweepsPanel } from './sweep/SweepsPanel.tsx';
import { frameTexts } from './texts.ts';
import { WorkersPanel } from './workers/WorkersPanel.tsx';

/** It brings the kernels along, which whoever only watches need not load. */
const loadModelPanel = () =>
  lazy(async () => ({ default: (await import('../model/ModelPanel.tsx')).ModelPanel }));
let ModelPanel = loadModelPanel();
/** What could not be loaded is loaded anew. */
const loadAgain = (): void => {
  ModelPanel = loadModelPanel();
};

export function App() {
  const t = frameTexts();
  if (token.value === null) return <TokenForm />;
  const shown = shownTab();
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('part')?.focus()}>
        {t.skip}
      </button>
      <Header />
      <Notices />
      {shown === 'run' || role.value === null ? null : (
        <Guarded name="run-strip">
          <RunStrip />
        </Guarded>
      )}
      <main>
        <div id="part" role="tabpanel" aria-labelledby={`tab-${shown}`} tabIndex={-1}>
          {role.value === null ? (
            <Connecting />
          ) : (
            // The parts guard their own cards; this is for what stands between them.
            <Guarded key={shown} name={`part-${shown}`} onRetry={loadAgain}>
              <Part shown={shown} />
            </Guarded>
          )}
        </div>
      </main>
    </>
  );
}

function Connecting() {
  const t = frameTexts();
  return connection.value.name === 'connecting' ? <p class="quiet waiting">{t.connecting}</p> : null;
}

function Part({ shown }: { readonly shown: Tab }) {
  const t = frameTexts();
  switch (shown) {
    case 'run':
      return <RunPanel />;
    case 'workers':
      return <WorkersPanel />;
    case 'model':
      return (
        <Suspense fallback={<p class="quiet waiting">{t.modelLoading}</p>}>
          <ModelPanel />
        </Suspense>
      );
    case 'runs':
      return <RunsPanel />;
    case 'sweeps':
      return <SweepsPanel />;
    case 'start':
      return <StartPanel />;
    case 'join':
      return <JoinPanel />;
    case 'log':
      return <EventsPanel />;
  }
}
