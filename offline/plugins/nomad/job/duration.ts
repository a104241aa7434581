const second = 1_000_000_000;

/** Nanoseconds in Go's notation, e.g. `1m30s`, as the official provider stores durations. */
export function goDuration(nanoseconds: number): string {
  if (nanoseconds === 0) return "0s";
  const sign = nanoseconds < 0 ? "-" : "";
  const total = Math.abs(nanoseconds);
  if (total < second) {
    const [unit, size] =
      total >= 1e6 ? (["ms", 1e6] as const) : total >= 1e3 ? (["µs", 1e3] as const) : (["ns", 1] as const);
    return `${sign}${total / size}${unit}`;
  }
  const hours = Math.floor(total / (3600 * second));
  const minutes = Math.floor((total % (3600 * second)) / (60 * second));
  const seconds = (total % (60 * second)) / second;
  const parts = hours > 0 ? `${hours}h${minutes}m` : minutes > 0 ? `${minutes}m` : "";
  return `${sign}${parts}${seconds}s`;
}
