/** The page to join a run: an invitation, then what this tab does for it. */
import { effect } from '@preact/signals';
import { render } from 'preact';
import '../shared/base.css';
import { Contribution } from './Contribution.tsx';
import { Header } from './Header.tsx';
import { Invitation } from './Invitation.tsx';
import './join.css';
import { WhatLeaves } from './Ledger.tsx';
import { Missing } from './Missing.tsx';
import { Ranking, Scene, TryModel } from './Room.tsx';
import { Run } from './Run.tsx';
import { askRoom } from './room.ts';
import { Settings } from './Settings.tsx';
import { Status } from './Status.tsx';
import { texts } from './texts.ts';
import { join, view, wasJoined } from './volunteer.ts';

function Page() {
  const shown = view.value;
  return (
    <div class="page">
      <Header />
      {shown === null ? (
        <Invitation />
      ) : (
        <main class="working">
          <div class="column">
            <Status view={shown} />
            <Scene />
            <Run view={shown} />
            <TryModel />
          </div>
          <div class="column">
            <Contribution view={shown} />
            <Ranking />
            <Settings gpu={shown.gpu} />
            <WhatLeaves ledger={shown.ledger} />
          </div>
        </main>
      )}
      <footer>
        <Missing />
      </footer>
    </div>
  );
}

effect(() => {
  document.title = texts().title;
});
const root = document.getElementById('app');
if (root !== null) render(<Page />, root);
// A phone throws hidden tabs away and loads them again: what was agreed to still is.
if (wasJoined) join();
askRoom();
