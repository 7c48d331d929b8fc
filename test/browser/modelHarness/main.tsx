/** The part of the page that shows the model, by itself, for its test. */
import { render } from 'preact';
import { startStore } from '../../../packages/dashboard/src/index/store.ts';
import { ModelPanel } from '../../../packages/dashboard/src/model/ModelPanel.tsx';
import '../../../packages/dashboard/src/shared/base.css';
import { chooseLanguage, language } from '../../../packages/dashboard/src/shared/language.ts';

startStore();
chooseLanguage(language.peek());
const root = document.getElementById('app');
if (root !== null) {
  render(
    <main>
      <h1>Shoal</h1>
      <ModelPanel />
    </main>,
    root,
  );
}
