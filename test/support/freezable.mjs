// Loaded into a process with --import: freezes it from inside when its parent says so, where no signal can (Windows).
process.on('message', (message) => {
  if (typeof message?.freezeMs !== 'number') return;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, message.freezeMs);
});
process.channel?.unref();
