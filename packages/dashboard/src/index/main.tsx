/** Entry of the page `/`. */
import { render } from 'preact';
import { startStore } from './store.ts';

startStore();
const root = document.getElementById('app');
if (root !== null) render(<h1>Shoal</h1>, root);
