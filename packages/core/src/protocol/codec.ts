/** Messages to frames and back. What comes from outside is checked in full before anyone else sees it. */
import { Packr } from 'msgpackr';
import * as v from 'valibot';
import { DEFAULT_LIMITS } from './limits.ts';
import {
  type CoordinatorMessage,
  coordinatorMessageSchema,
  type ParametersMessage,
  type PartialAnswer,
  type WorkerMessage,
  workerMessageSchema,
} from './messages.ts';
import { excerpt } from './printable.ts';
import { scanMessagePack } from './scan.ts';

const packr = new Packr({ useRecords: false, mapsAsObjects: true, moreTypes: false, variableMapSize: true });

/** A frame that is not a valid message; the message says what is wrong with it. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

export function encodeMessage(message: WorkerMessage | CoordinatorMessage): Uint8Array {
  return packr.pack(message);
}

/** `vector` as a key, and that bytes of a 32-bit length follow. */
const VECTOR_FIELD = Uint8Array.of(0xa6, 0x76, 0x65, 0x63, 0x74, 0x6f, 0x72, 0xc6);
const FIXMAP = 0x80;

/** The frame of a message whose vector stands behind all else, copied once: the packer would copy it into fresh memory. */
export function encodeBefore(
  { vector: _, ...others }: PartialAnswer | ParametersMessage,
  vector: Uint8Array,
  memory: (bytes: number) => Uint8Array,
): Uint8Array {
  const head: Uint8Array = packr.pack(others);
  const lengthAt = head.length + VECTOR_FIELD.length;
  const frame = memory(lengthAt + 4 + vector.length);
  frame.set(head);
  frame[0] = FIXMAP + Object.keys(others).length + 1;
  frame.set(VECTOR_FIELD, head.length);
  new DataView(frame.buffer, frame.byteOffset).setUint32(lengthAt, vector.length);
  frame.set(vector, lengthAt + 4);
  return frame;
}

function decode<T>(frame: Uint8Array, schema: v.GenericSchema<unknown, T>): T {
  const problem = scanMessagePack(frame, DEFAULT_LIMITS);
  if (problem !== null) throw new FrameError(`The frame is not a message: ${problem}.`);
  const result = v.safeParse(schema, packr.unpack(frame), { abortEarly: true });
  if (result.success) return result.output;
  const issue = result.issues[0];
  const path = v.getDotPath(issue) ?? 'message';
  // What was received is quoted in it: that is for people to read, and must fit into a `bye`.
  throw new FrameError(`The message's field "${excerpt(path)}" is wrong: ${excerpt(issue.message)}.`);
}

/** @throws FrameError */
export function decodeWorkerMessage(frame: Uint8Array): WorkerMessage {
  return decode(frame, workerMessageSchema);
}

/** @throws FrameError */
export function decodeCoordinatorMessage(frame: Uint8Array): CoordinatorMessage {
  return decode(frame, coordinatorMessageSchema);
}
