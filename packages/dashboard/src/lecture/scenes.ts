/** What draws each scene. */
import type { FunctionComponent } from 'preact';
import { Pretraining } from './depth/Pretraining.tsx';
import { Rectifiers } from './depth/Rectifiers.tsx';
import { Residual } from './depth/Residual.tsx';
import { Vanishing } from './depth/Vanishing.tsx';
import { Backpropagation } from './descent/Backpropagation.tsx';
import { Adaptive, Descent } from './descent/Descent.tsx';
import { Momentum } from './descent/Momentum.tsx';
import { Optimizers } from './descent/Optimizers.tsx';
import { Rates } from './descent/Rates.tsx';
import { SliceScene } from './descent/SliceScene.tsx';
import { Dropout } from './fitting/Dropout.tsx';
import { EarlyStopping } from './fitting/EarlyStopping.tsx';
import { MoreData } from './fitting/MoreData.tsx';
import { Overfitting } from './fitting/Overfitting.tsx';
import { WeightDecay } from './fitting/WeightDecay.tsx';
import { CrossEntropy } from './loss/CrossEntropy.tsx';
import { TotalLoss } from './loss/TotalLoss.tsx';
import { TrainingData } from './loss/TrainingData.tsx';
import { Digits } from './network/Digits.tsx';
import { Functions } from './network/Functions.tsx';
import { Multilayer } from './network/Multilayer.tsx';
import { Softmax } from './network/Softmax.tsx';
import { Activations } from './neuron/Activations.tsx';
import { Approximation } from './neuron/Approximation.tsx';
import { Neuron } from './neuron/Neuron.tsx';
import { Perceptron, Xor } from './neuron/Perceptron.tsx';
import type { SceneName } from './sceneNames.ts';

export const pictureOf: Readonly<Record<SceneName, FunctionComponent>> = {
  neuron: Neuron,
  activations: Activations,
  approximation: Approximation,
  perceptron: Perceptron,
  xor: Xor,
  multilayer: Multilayer,
  functions: Functions,
  digits: Digits,
  softmax: Softmax,
  'training-data': TrainingData,
  'total-loss': TotalLoss,
  descent: Descent,
  backpropagation: Backpropagation,
  vanishing: Vanishing,
  rectifiers: Rectifiers,
  'cross-entropy': CrossEntropy,
  rates: Rates,
  adaptive: Adaptive,
  momentum: Momentum,
  optimizers: Optimizers,
  slice: SliceScene,
  dropout: Dropout,
  decay: WeightDecay,
  overfitting: Overfitting,
  'early-stopping': EarlyStopping,
  'more-data': MoreData,
  pretraining: Pretraining,
  residual: Residual,
};
