/** Gives every tensor its place in the flat parameter vector: trainable ones first, running values after them. */
import type { TensorInfo, TensorRole, TensorStart } from './model.ts';
import { ModelError } from './modelError.ts';
import { ELEMENTS_MAX, lengthOf } from './shapes.ts';

type Placed = { -readonly [K in keyof TensorInfo]: TensorInfo[K] };

export class TensorLayout {
  readonly #trainable: Placed[] = [];
  readonly #running: Placed[] = [];
  #trainableLength = 0;
  #runningLength = 0;

  trainable(layer: string, role: TensorRole, shape: readonly number[], start: TensorStart): TensorInfo {
    const tensor = this.#tensor(layer, role, shape, start, this.#trainableLength);
    this.#trainable.push(tensor);
    this.#trainableLength += tensor.length;
    return tensor;
  }

  running(layer: string, role: TensorRole, features: number, value: number): TensorInfo {
    const start: TensorStart = { type: 'constant', value };
    const tensor = this.#tensor(layer, role, [features], start, this.#runningLength);
    this.#running.push(tensor);
    this.#runningLength += tensor.length;
    return tensor;
  }

  /** Moves the running values behind the last trainable tensor; call once, when every layer has its tensors. */
  finish(): {
    readonly tensors: readonly TensorInfo[];
    readonly trainableLength: number;
    readonly vectorLength: number;
  } {
    for (const tensor of this.#running) tensor.offset += this.#trainableLength;
    return {
      tensors: [...this.#trainable, ...this.#running],
      trainableLength: this.#trainableLength,
      vectorLength: this.#trainableLength + this.#runningLength,
    };
  }

  #tensor(
    layer: string,
    role: TensorRole,
    shape: readonly number[],
    start: TensorStart,
    offset: number,
  ): Placed {
    const length = lengthOf(shape);
    if (this.#trainableLength + this.#runningLength + length > ELEMENTS_MAX) {
      throw new ModelError({ type: 'tensorTooLarge', layer, role, shape, parametersMax: ELEMENTS_MAX });
    }
    return { name: `${layer}.${role}`, role, shape, offset, length, start };
  }
}
