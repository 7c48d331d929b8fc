/** Which versions of NATS forget what they have said to keep. */

/** Older servers of a cluster forget the latest buckets when several are killed (nats-server, pull request 5946, and its issue 6888). */
const KEEPS_SINCE = [2, 10, 23] as const;

/** The version, where several servers of it may forget; null for any other, and for one server alone. */
export function forgetfulVersion(version: string, servers: number): string | null {
  if (servers === 1) return null;
  const parts = version.split('.').map((part) => Number.parseInt(part, 10));
  const at = KEEPS_SINCE.findIndex((part, i) => part !== parts[i]);
  const isOlder = at >= 0 && (parts[at] ?? 0) < (KEEPS_SINCE[at] as number);
  return isOlder ? version : null;
}
