/** The chapter in the course's order: the name of each scene, which is its address, and its formula. */

/** The parts of the chapter; the words of their scenes stand in the `texts.ts` of the folder of that name. */
export type Part = 'neuron' | 'network' | 'loss' | 'descent' | 'depth' | 'fitting';

type Named = { readonly id: string; readonly part: Part; readonly formula: string };

export const scenes = [
  { id: 'neuron', part: 'neuron', formula: 'y = f(∑_{i=1}^{n} ω_i x_i − θ)' },
  { id: 'activations', part: 'neuron', formula: 'y = f(z), \\frac{dy}{dz} = f′(z)' },
  { id: 'approximation', part: 'neuron', formula: 'g(x) ≈ b + ∑_k c_k f(a_k x − θ_k)' },
  { id: 'perceptron', part: 'neuron', formula: 'ω_i ← ω_i + η (\\hat{y} − y) x_i' },
  { id: 'xor', part: 'neuron', formula: 'ω_1 x_1 + ω_2 x_2 − θ = 0' },
  { id: 'multilayer', part: 'network', formula: 'y = f(W^2 f(W^1 x + b^1) + b^2)' },
  { id: 'functions', part: 'network', formula: 'f_{θ^*} ∈ \\{f_θ\\}' },
  { id: 'digits', part: 'network', formula: 'y = \\softmax(W^L ⋯ f(W^1 x + b^1) ⋯ + b^L)' },
  { id: 'softmax', part: 'network', formula: 'y_i = \\frac{e^{z_i}}{∑_j e^{z_j}}' },
  {
    id: 'training-data',
    part: 'loss',
    formula: '(x^1, \\hat{y}^1), (x^2, \\hat{y}^2), …, (x^N, \\hat{y}^N)',
  },
  { id: 'total-loss', part: 'loss', formula: 'L(θ) = ∑_{n=1}^{N} l^n(θ)' },
  { id: 'descent', part: 'descent', formula: 'θ^{t+1} = θ^t − η ∇L(θ^t)' },
  {
    id: 'backpropagation',
    part: 'descent',
    formula: '\\frac{∂l}{∂w} = \\frac{∂z}{∂w} \\frac{∂l}{∂z} ≈ \\frac{Δl}{Δw}',
  },
  {
    id: 'vanishing',
    part: 'depth',
    formula: '\\frac{∂l}{∂w^1} ∝ σ′(z^1) σ′(z^2) ⋯ σ′(z^L), σ′ ≤ \\frac{1}{4}',
  },
  { id: 'rectifiers', part: 'depth', formula: 'f(z) = \\max(0, z) + α \\min(0, z)' },
  {
    id: 'cross-entropy',
    part: 'loss',
    formula: 'l = −∑_i \\hat{y}_i \\ln y_i, l = ∑_i (y_i − \\hat{y}_i)^2',
  },
  { id: 'rates', part: 'descent', formula: 'η^t = \\frac{η}{\\sqrt{t+1}}' },
  { id: 'adaptive', part: 'descent', formula: 'w ← w − \\frac{η}{\\sqrt{∑_t (g^t)^2}} g' },
  { id: 'momentum', part: 'descent', formula: 'v^t = λ v^{t−1} − η ∇L, θ^{t+1} = θ^t + v^t' },
  { id: 'optimizers', part: 'descent', formula: 'θ^{t+1} = θ^t − η \\frac{m^t}{\\sqrt{s^t} + ε}' },
  { id: 'slice', part: 'descent', formula: 'L(θ^* + a d_1 + b d_2)' },
  { id: 'dropout', part: 'fitting', formula: '\\E(r_i ω_i x_i) = (1 − p) ω_i x_i' },
  { id: 'decay', part: 'fitting', formula: 'L′ = L + λ ∑ w^2' },
  { id: 'overfitting', part: 'fitting', formula: 'L_{\\test} − L_{\\train}' },
  { id: 'early-stopping', part: 'fitting', formula: 't^* = \\argmin_t L_{\\val}(θ^t)' },
  { id: 'more-data', part: 'fitting', formula: 'N ↑' },
  { id: 'pretraining', part: 'depth', formula: 'W^1 → W^2 → ⋯ → W^L' },
  { id: 'residual', part: 'depth', formula: 'y = x + F(x)' },
] as const satisfies readonly Named[];

export type SceneName = (typeof scenes)[number]['id'];

export const isScene = (text: string): text is SceneName => scenes.some(({ id }) => id === text);

/** The scene that comes `by` after this one; the first and the last are ends. */
export function sceneAfter(scene: SceneName, by: number): SceneName {
  const at = scenes.findIndex(({ id }) => id === scene) + by;
  const kept = Math.min(Math.max(at, 0), scenes.length - 1);
  return (scenes[kept] as (typeof scenes)[number]).id;
}
