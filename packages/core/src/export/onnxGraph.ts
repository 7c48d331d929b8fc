/** A graph in ONNX's own terms (onnx.proto, IR version 8): nodes, initial values, inputs and outputs, as they are added. */
import { bytesOf } from '../protocol/bytes.ts';
import { ProtoWriter } from './protobuf.ts';

const IR_VERSION = 8;
/** The first operator set with LayerNormalization. */
export const OPSET = 17;

/** Numbers of TensorProto.DataType. */
export const ONNX_TYPES = { float: 1, uint8: 2, int64: 7 } as const;
export type OnnxType = keyof typeof ONNX_TYPES;

/** Numbers of AttributeProto.AttributeType. */
const FLOAT = 1;
const INT = 2;
const INTS = 7;

/** A float, a whole number, or a list of whole numbers. */
export type Attribute =
  | { readonly float: number }
  | { readonly int: number }
  | { readonly ints: readonly number[] };

export class OnnxGraph {
  readonly #nodes: ProtoWriter[] = [];
  readonly #values: ProtoWriter[] = [];
  readonly #inputs: ProtoWriter[] = [];
  readonly #outputs: ProtoWriter[] = [];
  readonly #known = new Set<string>();
  #count = 0;

  /** An operator with one output. @returns the output's name: `output` where it is given, else a new one */
  node(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    output: string = this.#newName(operator),
  ): string {
    const node = new ProtoWriter();
    for (const input of inputs) node.text(1, input);
    node.text(2, output).text(3, output).text(4, operator);
    for (const [name, attribute] of Object.entries(attributes)) node.message(5, attributeOf(name, attribute));
    this.#nodes.push(node);
    return output;
  }

  /** A constant tensor; one of a known name is there already. @returns its name */
  value(name: string, shape: readonly number[], values: Float32Array | BigInt64Array): string {
    if (this.#known.has(name)) return name;
    this.#known.add(name);
    const tensor = new ProtoWriter();
    for (const extent of shape) tensor.integer(1, extent);
    tensor.integer(2, values instanceof Float32Array ? ONNX_TYPES.float : ONNX_TYPES.int64);
    const bytes = values instanceof Float32Array ? bytesOf(values) : new Uint8Array(values.buffer);
    this.#values.push(tensor.text(8, name).bytes(9, bytes));
    return name;
  }

  /** A number. @returns its name */
  number(value: number): string {
    return this.value(`number_${String(value).replaceAll(/[^0-9e]/g, '_')}`, [], Float32Array.of(value));
  }

  /** The first axis is that of the samples, of which there may be any number. */
  input(name: string, type: OnnxType, shape: readonly number[]): void {
    this.#inputs.push(valueInfo(name, type, shape));
  }

  output(name: string, shape: readonly number[]): void {
    this.#outputs.push(valueInfo(name, 'float', shape));
  }

  /** The whole file. */
  finish(name: string, metadata: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer> {
    const graph = new ProtoWriter();
    for (const node of this.#nodes) graph.message(1, node);
    graph.text(2, name);
    for (const value of this.#values) graph.message(5, value);
    for (const input of this.#inputs) graph.message(11, input);
    for (const output of this.#outputs) graph.message(12, output);
    const model = new ProtoWriter()
      .integer(1, IR_VERSION)
      .text(2, 'shoal')
      .message(7, graph)
      .message(8, new ProtoWriter().text(1, '').integer(2, OPSET));
    for (const [key, value] of Object.entries(metadata)) {
      model.message(14, new ProtoWriter().text(1, key).text(2, value));
    }
    return model.finish();
  }

  #newName(operator: string): string {
    this.#count += 1;
    return `${operator.toLowerCase()}_${this.#count}`;
  }
}

function attributeOf(name: string, attribute: Attribute): ProtoWriter {
  const written = new ProtoWriter().text(1, name);
  if ('float' in attribute) return written.float(2, attribute.float).integer(20, FLOAT);
  if ('int' in attribute) return written.integer(3, attribute.int).integer(20, INT);
  for (const one of attribute.ints) written.integer(8, one);
  return written.integer(20, INTS);
}

function valueInfo(name: string, type: OnnxType, shape: readonly number[]): ProtoWriter {
  const extents = new ProtoWriter().message(1, new ProtoWriter().text(2, 'N'));
  for (const extent of shape) extents.message(1, new ProtoWriter().integer(1, extent));
  const tensor = new ProtoWriter().integer(1, ONNX_TYPES[type]).message(2, extents);
  return new ProtoWriter().text(1, name).message(2, new ProtoWriter().message(1, tensor));
}
