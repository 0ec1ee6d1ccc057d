const UNITS = ["B", "kB", "MB", "GB"] as const;

/** A size in powers of 1000, for sentences: "512 B", "9.4 MB", "785 MB", "1.3 GB". */
export function formatBytes(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  return `${step === 0 || value >= 100 ? Math.round(value) : Number(value.toFixed(1))} ${UNITS[step]}`;
}
