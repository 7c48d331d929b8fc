import { expect, test } from 'vitest';
import { watchBattery } from './battery.ts';

class Battery extends EventTarget {
  charging = true;
  level = 1;

  becomes(level: number, charging: boolean): void {
    this.level = level;
    this.charging = charging;
    this.dispatchEvent(new Event('levelchange'));
  }
}

test('a battery is low at a fifth, unless it is being charged', async () => {
  const battery = new Battery();
  const told: boolean[] = [];
  await new Promise<void>((resolve) => {
    watchBattery({ getBattery: async () => battery }, (low) => {
      told.push(low);
      resolve();
    });
  });
  battery.becomes(0.2, false);
  battery.becomes(0.2, true);
  battery.becomes(0.21, false);
  expect(told).toEqual([false, true, false, false]);
});

test('a browser that says nothing of its battery, or may not, is taken as it is', async () => {
  const told: boolean[] = [];
  watchBattery({}, (low) => told.push(low));
  expect(told).toEqual([]);
  await new Promise<void>((resolve) => {
    watchBattery({ getBattery: () => Promise.reject(new Error('Forbidden.')) }, (low) => {
      told.push(low);
      resolve();
    });
  });
  expect(told).toEqual([false]);
});
