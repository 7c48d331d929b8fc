/** Whether the battery is low, where the browser says so. */

const LOW = 0.2;

type Battery = EventTarget & { readonly charging: boolean; readonly level: number };
type BatteryHost = { readonly getBattery?: () => Promise<Battery> };

export function watchBattery(host: BatteryHost, onChange: (low: boolean) => void): void {
  const asked = host.getBattery?.();
  asked
    ?.then((battery) => {
      const look = (): void => onChange(!battery.charging && battery.level <= LOW);
      battery.addEventListener('levelchange', look);
      battery.addEventListener('chargingchange', look);
      look();
    })
    // A policy may forbid it although it is there.
    .catch(() => onChange(false));
}
