/** Entry of the page `/`. */
import { render } from 'preact';
import '../shared/base.css';
import { App } from './App.tsx';
import { reportStrayFailures } from './failures.ts';
import './index.css';
import { followTitle } from './shell/title.ts';
import { startStore } from './store.ts';

reportStrayFailures();
startStore();
followTitle();
const root = document.getElementById('app');
if (root !== null) render(<App />, root);
