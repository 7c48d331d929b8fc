/** Entry of the page `/lecture`. */
import { effect } from '@preact/signals';
import { render } from 'preact';
import '../shared/base.css';
import { reportStrayFailures } from '../index/failures.ts';
import { startStore } from '../index/store.ts';
import { Lecture } from './Lecture.tsx';
import './picture/picture.css';
import './neuron/neuron.css';
import './network/network.css';
import './loss/loss.css';
import './descent/descent.css';
import './depth/depth.css';
import './fitting/fitting.css';
// Last: where the screen is wide, it arranges what the others have made.
import './lecture.css';
import { keepPlace, scene } from './place.ts';
import { isScene } from './sceneNames.ts';
import { sceneWords } from './sceneWords.ts';

reportStrayFailures();
// In a frame of the page to join there is no token, and nobody is followed but that page.
startStore(isScene);
keepPlace();
effect(() => {
  document.title = `${sceneWords(scene.value).title} · Shoal`;
});
const root = document.getElementById('app');
if (root !== null) render(<Lecture />, root);
