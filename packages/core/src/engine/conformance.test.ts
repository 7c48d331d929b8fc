import { engineConformance } from './conformance.suite.ts';
import { referenceEngine } from './reference/referenceEngine.ts';

engineConformance('reference', referenceEngine);
