/** A contestant's side of the conversation: one JSON line in for each measurement, one JSON line out. */
import { createInterface } from 'node:readline';

/** `measure` takes a question and gives an object; what it throws is answered as `problem`. */
export async function answer(measure) {
  for await (const line of createInterface({ input: process.stdin })) {
    const said = await measure(JSON.parse(line)).catch((error) => ({ problem: error.message }));
    process.stdout.write(`${JSON.stringify(said)}\n`);
  }
}

/** Calls `work` for `seconds`, after three calls to warm up; gives calls a second. */
export async function callsPerSecond(seconds, work) {
  for (let i = 0; i < 3; i += 1) await work();
  const start = performance.now();
  let calls = 0;
  let elapsed = 0;
  do {
    await work();
    calls += 1;
    elapsed = performance.now() - start;
  } while (elapsed < seconds * 1000);
  return (calls * 1000) / elapsed;
}
