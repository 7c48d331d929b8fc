/** Messages to frames and back. What comes from outside is checked in full before anyone else sees it. */
import { Packr } from 'msgpackr';
import * as v from 'valibot';
import { DEFAULT_LIMITS } from './limits.ts';
import {
  type CoordinatorMessage,
  coordinatorMessageSchema,
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
